// Whether a picture shows something in another rendering that is not seen in the one that is looked
// at: laid on a light ground, without its transparency, without its colour profile. Programs differ
// in these, and a photograph can be written so that each shows another picture. Pure.
import type { Remark } from '../../../contract/remark.ts';
import { hiddenPart, layOnBlack, withOpacity } from './hidden-part.ts';

/** A picture's light in small, row by row, 0..255. `blockPx`: pixels of a side that are one. */
export type Shades = { widthPx: number; heightPx: number; blockPx: number; values: Float32Array };

/**
 * Pixels of a side that are one in small: by the longer side of the picture, but no fewer than soft
 * edges of letters have, and no more than an eighth of the smallest face that is looked for.
 */
const [CELLS, LEAST_BLOCK, MOST_BLOCK] = [512, 4, 8];
/** Between neighbours in small: what is seen as a step, and the part of it that is not seen any more. */
const [SEEN_STEP, UNSEEN_PART] = [8, 1 / 3];
/** So many steps make a face as small as is looked for. */
const STEPS_OF_A_FACE = 20;

/** `addLights` adds the light of a pixel to its cell, once for each rendering. */
export const inSmall = (
  size: { widthPx: number; heightPx: number },
  renderings: number,
  addLights: (pixel: number, into: Float32Array, at: number) => void,
): Shades[] =>
  inSmallByRuns(size, renderings, (from, to, into, at) => {
    for (let pixel = from; pixel < to; pixel++) addLights(pixel, into, at);
  });

/** As inSmall; `addRun` adds the light of the pixels beside each other that lie in one cell. */
export function inSmallByRuns(
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  renderings: number,
  addRun: (from: number, to: number, into: Float32Array, at: number) => void,
): Shades[] {
  const block = Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, Math.ceil(Math.max(widthPx, heightPx) / CELLS)));
  const [columns, rows] = [Math.ceil(widthPx / block), Math.ceil(heightPx / block)];
  const sums = new Float32Array(columns * rows * renderings);
  for (let y = 0; y < heightPx; y++)
    for (let column = 0; column < columns; column++) {
      const from = y * widthPx + column * block;
      const to = y * widthPx + Math.min(widthPx, (column + 1) * block);
      addRun(from, to, sums, (Math.floor(y / block) * columns + column) * renderings);
    }
  return Array.from({ length: renderings }, (_, which) => ({
    widthPx: columns,
    heightPx: rows,
    blockPx: block,
    values: Float32Array.from({ length: columns * rows }, (__, cell) => {
      const [x, y] = [cell % columns, Math.floor(cell / columns)];
      const pixels = Math.min(block, widthPx - x * block) * Math.min(block, heightPx - y * block);
      return sums[cell * renderings + which]! / pixels;
    }),
  }));
}

/** Of 8-bit grey or R G B. */
export const shadesOf = (samples: Uint8Array, channels: number, size: { widthPx: number; heightPx: number }): Shades =>
  inSmall(size, 1, (pixel, into, at) => {
    into[at]! += channels < 3 ? samples[channels * pixel]! : lightAt(samples, channels * pixel);
  })[0]!;

const lightAt = (samples: Uint8Array, at: number): number =>
  0.299 * samples[at]! + 0.587 * samples[at + 1]! + 0.114 * samples[at + 2]!;

/** Does `other` show what is not seen in `looked`? Both of one size. */
export function showsMore(other: Shades, looked: Shades): boolean {
  const { widthPx, heightPx } = looked;
  const isUnseen = (at: number, next: number): boolean => {
    const step = Math.abs(other.values[at]! - other.values[next]!);
    return step > SEEN_STEP && Math.abs(looked.values[at]! - looked.values[next]!) < UNSEEN_PART * step;
  };
  let steps = 0;
  for (let y = 0, at = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++, at++)
      if ((x + 1 < widthPx && isUnseen(at, at + 1)) || (y + 1 < heightPx && isUnseen(at, at + widthPx))) steps++;
  return steps >= STEPS_OF_A_FACE;
}

/** Cells of a side in which one rendering is held against another, and what is left of it that is seen. */
export const [PATCH, SEEN_REST] = [3, 6];
/** So many of nine patches beside each other are a face; along an edge there are three, at a corner five. */
const PATCHES_OF_A_FACE = 6;

/**
 * Is `other` another picture than `looked`, also where a pattern is in both? In each patch what is no
 * darker, lighter or fainter copy of it is left over: the rest of a straight line through both.
 */
export const isAnother = (other: Shades, looked: Shades): boolean =>
  hasPatches(looked, (at) => restOf(other, looked, at) > SEEN_REST);

/** Are so many patches beside each other such? Asked of the offset of each. */
export function hasPatches({ widthPx, heightPx }: Shades, isSuch: (at: number) => boolean): boolean {
  const [columns, rows] = [Math.floor(widthPx / PATCH), Math.floor(heightPx / PATCH)];
  const such = Array.from({ length: columns * rows }, (_, i) =>
    isSuch(Math.floor(i / columns) * PATCH * widthPx + (i % columns) * PATCH),
  );
  for (let y = 0; y + 3 <= rows; y++)
    for (let x = 0; x + 3 <= columns; x++) {
      let patches = 0;
      for (let row = y; row < y + 3; row++)
        for (let column = x; column < x + 3; column++) if (such[row * columns + column]) patches += 1;
      if (patches >= PATCHES_OF_A_FACE) return true;
    }
  return false;
}

/** Is `other` the negative of `looked` somewhere? */
export const isNegative = (other: Shades, looked: Shades): boolean =>
  hasPatches(looked, (at) => correlationOf(other, looked, at) < -0.5);

/** Below 0 where one darkens as the other lightens; 0 where one of them has no step that is seen. */
function correlationOf(other: Shades, looked: Shades, at: number): number {
  const { inA, inB, inBoth, n } = spreadsOf(other, looked, at);
  const least = n * SEEN_REST ** 2;
  return inA < least || inB < least ? 0 : inBoth / Math.sqrt(inA * inB);
}

/** Standard deviation of what the best line leaves of the patch at an offset. */
function restOf(other: Shades, looked: Shades, at: number): number {
  const { inA, inB, inBoth, n } = spreadsOf(other, looked, at);
  // A falling line is a negative: nobody sees a face in that.
  return Math.sqrt(Math.max(0, inB - (inA > 1e-6 && inBoth > 0 ? inBoth ** 2 / inA : 0)) / n);
}

/** Sums of squares about the means of a patch: of the one that is looked at, the other, and both. */
export function spreadsOf(other: Shades, looked: Shades, at: number) {
  let [n, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < PATCH; row++)
    for (let column = 0; column < PATCH; column++) {
      const cell = at + row * looked.widthPx + column;
      const [a, b] = [looked.values[cell]!, other.values[cell]!];
      n += 1;
      sumA += a;
      sumB += b;
      sumAA += a * a;
      sumBB += b * b;
      sumAB += a * b;
    }
  return { n, inA: sumAA - sumA ** 2 / n, inB: sumBB - sumB ** 2 / n, inBoth: sumAB - (sumA * sumB) / n };
}

/**
 * What the transparency of a picture keeps from being seen, laid on black; empty where that is
 * nothing. 8-bit R G B A.
 */
export function hiddenByOpacity(rgba: Uint8Array, size: { widthPx: number; heightPx: number }): Remark[] {
  const [onBlack, onWhite, without] = inSmall(size, 3, (pixel, into, at) => {
    const light = lightAt(rgba, 4 * pixel);
    const opacity = rgba[4 * pixel + 3]!;
    const onNothing = (light * opacity) / 255;
    into[at]! += onNothing;
    into[at + 1]! += onNothing + 255 - opacity;
    into[at + 2]! += light;
  }) as [Shades, Shades, Shades];
  const hidden = hiddenPart(rgba);
  const shows = (other: Shades): boolean => showsMore(other, onBlack) || isAnother(other, onBlack);
  return [
    ...hidden,
    ...(shows(onWhite) ? [{ kind: 'otherOnLightGround' } as const] : []),
    ...(hidden.length === 0 && shows(without) ? [{ kind: 'otherWithoutTransparency' } as const] : []),
  ];
}

/** A picture with its opacity laid on black, and what that keeps from being seen. 8-bit R G B. */
export function laidOnBlack(
  rgb: Uint8Array,
  opacity: Uint8Array,
  size: { widthPx: number; heightPx: number },
): { data: Uint8Array; hidden: Remark[] } {
  const rgba = withOpacity(rgb, opacity);
  const hidden = hiddenByOpacity(rgba, size);
  return { data: layOnBlack(rgba), hidden };
}
