// Entry of the thread in which faces are linked to groups: minutes of reckoning for a large case, in
// pieces between which it says how far it is.
import { answerRequests } from '../process/answer-requests.ts';
import { type LinkProgress, linkFaces } from './link-faces.ts';

/** First what is to be linked, then again and again to go on. */
export type LinkRequest = { numbers: Float32Array; within: number } | 'goOn';
export type LinkResponse = { progress: LinkProgress } | { groups: number[][] };

/** Time of one piece, ms. */
const PIECE_MS = 200;

let linking: Generator<LinkProgress, number[][], undefined> | undefined;

answerRequests<LinkRequest, LinkResponse>(async (request) => {
  if (request !== 'goOn') linking = linkFaces(request.numbers, request.within);
  if (!linking) throw new Error('There is nothing to link.');
  const until = performance.now() + PIECE_MS;
  for (;;) {
    const { done, value } = linking.next();
    if (done) return { groups: value };
    if (performance.now() >= until) return { progress: value };
  }
});
