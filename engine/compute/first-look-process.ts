// Entry of the process in which a network from elsewhere is run for the first time: with a bound on
// its memory, and nothing else to lose. It is ended after the look.
import { answerRequests } from '../process/answer-requests.ts';
import { limitMemory } from '../process/limit-memory.ts';
import type { FirstLookRequest, FirstLookResponse } from './first-look.ts';
import { Sessions } from './sessions.ts';

const sessions = new Sessions();

answerRequests<FirstLookRequest, FirstLookResponse>(async (request) => {
  if (request.kind !== 'limit') return sessions.handle(request);
  limitMemory(request.bytes);
  return { kind: 'limited' };
});
