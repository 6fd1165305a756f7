// Entry of the training process: one run with its weights, apart from the compute process so that a
// scan is not held up by training steps and a run that dies takes no scan with it.
import { answerRequests } from '../process/answer-requests.ts';
import type { TrainingRequest, TrainingResponse } from './training-messages.ts';
import { answerTraining } from './training-requests.ts';

answerRequests<TrainingRequest, TrainingResponse>(answerTraining);
