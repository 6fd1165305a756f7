// What a picture looks like as a whole, in 256 bits: few of them differ in a re-encoding or a scaling of
// it, about half of them in another picture. After PDQ (Meta, "The TMK+PDQF Video-Hashing Algorithm and
// the PDQ Image-Hashing Algorithm", 2019): luma at 64 x 64, its 16 x 16 lowest frequencies without the
// constant ones, a bit each for above or below their median. The way to 64 x 64 is ours (by area), so
// that the bits are not PDQ's: hashes of other programs cannot be compared with them.
import { likenessOf, mirrored } from './align-small.ts';
import { resampleFloat } from './resample.ts';
import type { RgbImage } from './rgb-image.ts';
import { shrink } from './shrink.ts';

/** Luma that a hash is made of: side in pixels. */
const SIDE = 64;
const FREQUENCIES = 16;
export const HASH_BITS = FREQUENCIES * FREQUENCIES;
/** Words of 32 bits. */
export const HASH_WORDS = HASH_BITS / 32;
/** The small picture kept beside the hash: side in pixels. */
export const SMALL_SIDE = 32;
/** What is cut off each edge for the hash of the inner part, in parts of the side. */
const CUT = 0.05;
/** Pictures are brought down to about this before anything else, by whole numbers. */
const SHORT_SIDE = 256;

/** Below this there is too little to see in a picture to know it again: PDQ's own advice. */
export const LEAST_DETAIL = 50;
/** Bits that may differ where two are laid over each other at all. */
const MOST_BITS = 80;
/** From this likeness on they are near copies (docs/performance.md). */
const LEAST_LIKENESS = 0.98;
/** What PDQ itself calls a match, and the likeness that is enough for it then. */
const FEW_BITS = 31;
const LEAST_OF_FEW = 0.95;

/**
 * `words`: 8 of the picture, then 8 of what is left of it when a twentieth is cut off each edge. `detail`: 0 to 100, how much there is to see: PDQ's quality. `small`: luma at
 * 32 x 32, row by row, 0 to 255.
 */
export type PictureHash = { words: Uint32Array; detail: number; small: Uint8Array };

/** How two pictures are near copies: bits that differ (of those that differ least), likeness to 1. */
export type NearMatch = { bits: number; likeness: number; isMirrored: boolean };

/** Row k: the cosine of frequency k + 1 at each of the pixels. */
const COSINES = Float64Array.from({ length: FREQUENCIES * SIDE }, (_, i) =>
  Math.cos((Math.PI / 2 / SIDE) * (Math.floor(i / SIDE) + 1) * (2 * (i % SIDE) + 1)),
);

export function pictureHash(picture: RgbImage): PictureHash {
  const factor = Math.max(1, Math.floor(Math.min(picture.widthPx, picture.heightPx) / SHORT_SIDE));
  const image = shrink(picture, factor);
  const luma = lumaOf(image, 0);
  const words = new Uint32Array(2 * HASH_WORDS);
  words.set(hashOf(frequenciesOf(luma)));
  words.set(hashOf(frequenciesOf(lumaOf(image, CUT))), HASH_WORDS);
  return { words, detail: detailOf(luma), small: smallOf(luma) };
}

/** 64 x 64, 0 to 255, unrounded; of the part that is left without `cut` at each edge. */
function lumaOf(image: RgbImage, cut: number): Float64Array {
  const { widthPx: w, heightPx: h } = image;
  const part = { x: w * cut, y: h * cut, width: w * (1 - 2 * cut), height: h * (1 - 2 * cut) };
  const rgb = resampleFloat(image, part, SIDE, SIDE, 'reflect');
  return Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => 0.299 * rgb[i * 3]! + 0.587 * rgb[i * 3 + 1]! + 0.114 * rgb[i * 3 + 2]!,
  );
}

/** 16 x 16 of the two-dimensional cosine transform, [vertical, horizontal], without the constant ones. */
function frequenciesOf(luma: Float64Array): Float64Array {
  const across = new Float64Array(SIDE * FREQUENCIES);
  for (let y = 0; y < SIDE; y++)
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += luma[y * SIDE + x]! * COSINES[u * SIDE + x]!;
      across[y * FREQUENCIES + u] = sum;
    }
  const out = new Float64Array(HASH_BITS);
  for (let v = 0; v < FREQUENCIES; v++)
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += across[y * FREQUENCIES + u]! * COSINES[v * SIDE + y]!;
      out[v * FREQUENCIES + u] = sum;
    }
  return out;
}

function hashOf(frequencies: Float64Array): Uint32Array {
  const middle = frequencies.toSorted()[HASH_BITS / 2]!;
  const hash = new Uint32Array(HASH_WORDS);
  for (const [i, value] of frequencies.entries()) if (value >= middle) hash[i >> 5]! |= 1 << (i & 31);
  return hash;
}

/** Steps between neighbours in whole hundredths of the range, their sum over 90, at most 100. */
function detailOf(luma: Float64Array): number {
  let sum = 0;
  const step = (from: number, to: number): number => Math.trunc(Math.abs((luma[from]! - luma[to]!) * 100) / 255);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const at = y * SIDE + x;
      if (x + 1 < SIDE) sum += step(at, at + 1);
      if (y + 1 < SIDE) sum += step(at, at + SIDE);
    }
  return Math.min(100, Math.trunc(sum / 90));
}

function smallOf(luma: Float64Array): Uint8Array {
  return Uint8Array.from({ length: SMALL_SIDE * SMALL_SIDE }, (_, i) => {
    const at = Math.floor(i / SMALL_SIDE) * 2 * SIDE + (i % SMALL_SIDE) * 2;
    return Math.round((luma[at]! + luma[at + 1]! + luma[at + SIDE]! + luma[at + SIDE + 1]!) / 4);
  });
}

/**
 * Bits of a word whose frequencies change their sign from right to left: the odd ones across, which
 * are the first, third and so on of each row.
 */
const TURNED = 0x5555_5555;

function onesOf(word: number): number {
  let n = word - ((word >>> 1) & 0x5555_5555);
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Bits in which two hashes differ, each from its place on; counted on only while there are at most MOST_BITS. */
function bitsApart(a: Uint32Array, atA: number, b: Uint32Array, atB: number, turned: number): number {
  let n = 0;
  for (let i = 0; i < HASH_WORDS && n <= MOST_BITS; i++) n += onesOf(a[atA + i]! ^ b[atB + i]! ^ turned);
  return n;
}

/**
 * Whether the words of a picture and those from `at` on differ so much that the two cannot be near
 * copies. Most of a case is passed over by it: words of many pictures are best held in one row.
 */
export const areFar = (words: Uint32Array, all: Uint32Array, at: number): boolean =>
  bitsApart(words, 0, all, at, 0) > MOST_BITS &&
  bitsApart(words, HASH_WORDS, all, at, 0) > MOST_BITS &&
  bitsApart(words, 0, all, at + HASH_WORDS, 0) > MOST_BITS &&
  bitsApart(words, 0, all, at, TURNED) > MOST_BITS;

/**
 * How one picture is a near copy of the other, mirrored or not; undefined where it is none. Both must
 * have detail enough.
 */
export function nearMatch(a: PictureHash, b: PictureHash): NearMatch | undefined {
  const straight = Math.min(
    bitsApart(a.words, 0, b.words, 0, 0),
    bitsApart(a.words, HASH_WORDS, b.words, 0, 0),
    bitsApart(a.words, 0, b.words, HASH_WORDS, 0),
  );
  const straightly = straight <= MOST_BITS ? likenessIfNear(a.small, b.small, straight) : undefined;
  if (straightly !== undefined) return { bits: straight, likeness: straightly, isMirrored: false };
  const turned = bitsApart(a.words, 0, b.words, 0, TURNED);
  if (turned > MOST_BITS) return undefined;
  const likeness = likenessIfNear(a.small, mirrored(b.small, SMALL_SIDE), turned);
  return likeness === undefined ? undefined : { bits: turned, likeness, isMirrored: true };
}

/** Undefined where it is too little. Which of them is laid over which counts where an edge was cut off. */
function likenessIfNear(a: Uint8Array, b: Uint8Array, bits: number): number | undefined {
  const likeness = likenessOf(a, b, SMALL_SIDE);
  if (likeness >= LEAST_LIKENESS) return likeness;
  if (bits > FEW_BITS) return undefined;
  const most = Math.max(likeness, likenessOf(b, a, SMALL_SIDE));
  return most >= LEAST_OF_FEW ? most : undefined;
}
