// Photographs between their bytes and their faces, with the real decoder.
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { Model } from '../../contract/model.ts';
import { createDecoder, type Decoder } from '../media/decoder.ts';
import { pixelsOf } from '../media/photograph.ts';
import { cutStill, decodeEvidence, pixelBytesOf } from './examine-still.ts';

const decoder = createDecoder();
afterAll(() => decoder.close());
const file = { path: 'large.jpg', mediaType: 'image/jpeg' };
const model = { passport: { cropRecipe: 'square-1.3', inputPx: 32 } } as Model;
const jpeg = () =>
  sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#456' } })
    .jpeg()
    .toBuffer();

/** The decoder, counting what is decoded as a whole; `answer` takes its place. */
function watched(answer?: Awaited<ReturnType<Decoder['decode']>>): { decoder: Decoder; wholes: () => number } {
  let wholes = 0;
  const decode: Decoder['decode'] = async (...asked) => {
    wholes += 1;
    return answer ?? decoder.decode(...asked);
  };
  return { decoder: { ...decoder, decode }, wholes: () => wholes };
}

test('a large JPEG is decoded whole when its pixels are asked for, and once; its memory counts from the start', async () => {
  const { decoder: counting, wholes } = watched();
  const still = await decodeEvidence(counting, file, await jpeg());
  expect(still.state).toMatchObject({ kind: 'read', widthPx: 1600, heightPx: 1200 });
  expect(wholes()).toBe(0);
  expect(pixelBytesOf(still)).toBe(1600 * 1200 * 3);
  const [once, again] = [await pixelsOf(still.image!), await pixelsOf(still.image!)];
  expect(once).toBe(again);
  expect(once.data).toHaveLength(1600 * 1200 * 3);
  expect(wholes()).toBe(1);
});

test('an earlier pipeline decodes it whole at once, and looks at all of it', async () => {
  const { decoder: counting, wholes } = watched();
  const still = await decodeEvidence(counting, file, await jpeg(), 2);
  expect(wholes()).toBe(1);
  const looks: unknown[] = [];
  const findFaces = async (_: unknown, look: unknown) => {
    looks.push(look);
    return [];
  };
  await cutStill({ findFaces, model, pipeline: 2 }, still);
  await cutStill({ findFaces, model }, still);
  expect(looks).toEqual([{ by: 'tiles', turned: 'tiles', settlesAt: 0.99 }, { by: 'standing' }]);
});

test('pixels that cannot be had after a look at a smaller picture make the file unreadable, never one without faces', async () => {
  const message = { kind: 'processEnded', process: 'decode', how: 'signal SIGKILL', lastWrote: '' } as const;
  const broken = watched({ kind: 'unreadable', reason: 'decoderCrashed', message });
  const still = await decodeEvidence(broken.decoder, file, await jpeg());
  expect(still.state.kind).toBe('read');
  const findFaces = async (picture: Parameters<typeof pixelsOf>[0]) => {
    await pixelsOf(picture);
    return [];
  };
  const cut = await cutStill({ findFaces, model }, still);
  const unreadable = { kind: 'unreadable', reason: 'decoderCrashed', message };
  expect(cut).toMatchObject({ state: unreadable, outcome: unreadable, faces: [] });
});
