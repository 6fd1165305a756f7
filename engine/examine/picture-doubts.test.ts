// A picture reduced to a palette is not what any model was validated on, in whatever file it lies.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { decodeStill } from '../media/decode-still.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { createFaceCutter, STILL_FRAME } from './judge-faces.ts';
import { pictureDoubts } from './picture-doubts.ts';

const photograph = () => sharp(samplePhotograph(3)).resize(480);
/** On a circle: nothing here looks at what they show. */
const LANDMARKS = Array.from({ length: 68 }, (_, i) => ({ x: 140 + 30 * Math.cos(i), y: 80 + 30 * Math.sin(i) }));
const pixels = async (bytes: Uint8Array) => {
  const decoded = await decodeStill(bytes);
  if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
  return decoded;
};

test('a GIF and an indexed PNG are outside, whatever their palette; a photograph is not, nor a grey one', async () => {
  const kept = [await photograph().jpeg().toBuffer(), await photograph().greyscale().png().toBuffer()];
  for (const bytes of kept) expect(pictureDoubts(await pixels(bytes))).toEqual([]);
  const reduced = [
    await photograph().gif().toBuffer(),
    await photograph().png({ palette: true, colours: 64 }).toBuffer(),
    await photograph().greyscale().png({ palette: true, colours: 8 }).toBuffer(),
  ];
  for (const bytes of reduced) expect(pictureDoubts(await pixels(bytes))).toMatchObject([{ kind: 'fewColours' }]);
});

test('its faces are cut with that reason, and as an earlier pipeline did without', async () => {
  const image = await pixels(await photograph().gif().toBuffer());
  const box = { x: 100, y: 40, width: 80, height: 80 };
  const found = [{ box, finderScore: 0.99, landmarks: LANDMARKS, foundAtRotation: 0 as const }];
  const reasonsBy = (pipeline: number) =>
    createFaceCutter({ cropRecipe: 'square-1.3', inputPx: 128, pipeline }, { image, found }, STILL_FRAME)(0)
      .beyondDomain;
  expect(reasonsBy(4)).toMatchObject([{ kind: 'fewColours' }]);
  expect(reasonsBy(3)).toEqual([]);
});

test('a grey picture with one colour in its last pixel is one of a palette; it is counted as any other', () => {
  const greys = (count: number) => Array.from({ length: 600 }, (_, i) => [i % count, i % count, i % count]);
  const colours = (count: number) => Array.from({ length: 600 }, (_, i) => [i % count, 7, i >> 8]);
  const told = (pixels: number[][]): unknown =>
    pictureDoubts({ widthPx: pixels.length, heightPx: 1, data: Uint8Array.from(pixels.flat()) })[0];
  const few = (count: number) => ({ kind: 'fewColours', colours: count });
  expect(told(greys(16))).toEqual(few(16));
  expect(told(greys(17))).toBeUndefined();
  expect(told(greys(256))).toBeUndefined();
  expect(told([...greys(17), [9, 9, 8]])).toEqual(few(18));
  expect(told([...greys(255), [9, 9, 8]])).toEqual(few(256));
  expect(told([...greys(256), [9, 9, 8]])).toBeUndefined();
  expect(told(colours(80))).toEqual(few(new Set(colours(80).map(String)).size));
  expect(told(colours(120))).toBeUndefined();
});
