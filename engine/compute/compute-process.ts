// Entry of the compute process: ONNX Runtime and nothing else. If it dies, the engine starts
// another and repeats the batch once. [Note: compute is its own process] session.run blocks its
// thread for the whole run (a 291 ms run leaves a 294 ms hole in the event loop), so it shares a
// thread with neither the database nor the window.
import { answerRequests } from '../process/answer-requests.ts';
import type { ComputeRequest, ComputeResponse } from './messages.ts';
import { Sessions } from './sessions.ts';

const sessions = new Sessions();
answerRequests<ComputeRequest, ComputeResponse>((request) => sessions.handle(request));
