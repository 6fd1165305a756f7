// Entry of a finder process: the whole search of a picture, resampling and networks, on one thread.
// As many of them as there are cores search side by side (finder-pool.ts).

import type { RgbImage } from '../../models/image/rgb-image.ts';
import { Sessions } from '../compute/sessions.ts';
import type { Photograph } from '../media/photograph.ts';
import { answerRequests } from '../process/answer-requests.ts';
import { createFaceFinder } from './face-finder.ts';
import { type FinderRequest, type FinderResponse, NO_SEARCH } from './finder-messages.ts';

const sessions = new Sessions();
const finder = createFaceFinder({
  load: async (key, onnx) => {
    await sessions.handle({ kind: 'load', key, onnx, session: { provider: 'cpu', threads: 1, memoryPattern: true } });
  },
  run: async (key, feeds, fetches) => {
    const answer = await sessions.handle({ kind: 'run', key, feeds, fetches: fetches ?? null });
    if (answer.kind !== 'ran') throw new Error(`A run was answered with ${answer.kind}.`);
    return answer.outputs;
  },
});

/** The search that waits for all pixels of its photograph. */
let waiting: { give(image: RgbImage): void; answer: Promise<FinderResponse> } | undefined;

function search({ picture, look }: Extract<FinderRequest, { kind: 'find' }>): Promise<FinderResponse> {
  const found = (photograph: RgbImage | Photograph): Promise<FinderResponse> =>
    finder.find(photograph, look).then((faces) => ({ kind: 'found', faces }));
  if (!('reduced' in picture)) return found(picture);
  const { widthPx, heightPx, reduced } = picture;
  const whole = Promise.withResolvers<RgbImage>();
  const wanted = Promise.withResolvers<FinderResponse>();
  const pixels = (): Promise<RgbImage> => {
    wanted.resolve({ kind: 'pixelsWanted' });
    return whole.promise;
  };
  const answer = found({ widthPx, heightPx, reduced: async () => reduced, pixels });
  // Where the pixels are never given, nobody waits for it.
  answer.catch(() => {});
  waiting = { give: whole.resolve, answer };
  return Promise.race([answer, wanted.promise]);
}

answerRequests<FinderRequest, FinderResponse>(async (request) => {
  switch (request.kind) {
    case 'load':
      await finder.model();
      return { kind: 'loaded' };
    case 'find':
      return search(request);
    case 'pixels': {
      if (!waiting) throw Object.assign(new Error('No search waits for pixels.'), { code: NO_SEARCH });
      const { give, answer } = waiting;
      waiting = undefined;
      give(request.image);
      return answer;
    }
  }
});
