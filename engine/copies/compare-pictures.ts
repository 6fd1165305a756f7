// Pictures by what they look like: as they are kept, as they are compared, and which of many are near
// copies of one. All of them are compared, in parts between which others get their turn.
import { setImmediate } from 'node:timers/promises';
import type { Nearness } from '../../contract/copies.ts';
import {
  areFar,
  HASH_WORDS,
  LEAST_DETAIL,
  type NearMatch,
  nearMatch,
  type PictureHash,
} from '../../models/image/picture-hash.ts';
import type { KeptPicture } from '../case/hashes-file.ts';

/** Compared between two turns of others. */
const PART = 65_536;
/** Words of one picture. */
const WORDS = 2 * HASH_WORDS;

/** A kept picture, ready to be compared; `hash` is absent where there is too little in it. */
export type Comparable = Pick<KeptPicture, 'of' | 'frame'> & { hash: PictureHash | undefined };

const wordsText = (words: Uint32Array): string =>
  Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
const wordsFrom = (text: string): Uint32Array =>
  Uint32Array.from({ length: WORDS }, (_, i) => Number.parseInt(text.slice(i * 8, i * 8 + 8), 16));

/** What of a hash is kept. */
export const keptHash = ({ words, detail, small }: PictureHash): Pick<KeptPicture, 'detail' | 'hash'> =>
  detail < LEAST_DETAIL
    ? { detail }
    : {
        detail,
        hash: {
          whole: wordsText(words.subarray(0, HASH_WORDS)),
          inner: wordsText(words.subarray(HASH_WORDS)),
          small: Buffer.from(small).toString('base64'),
        },
      };

const comparable = ({ of, frame, detail, hash }: KeptPicture): Comparable => ({
  ...{ of, frame },
  hash: hash && {
    words: wordsFrom(`${hash.whole}${hash.inner}`),
    detail,
    small: new Uint8Array(Buffer.from(hash.small, 'base64')),
  },
});

/** Pictures to be compared with: their words lie in one row, which is gone through from end to end. */
export type PictureSet = { pictures: Comparable[]; words: Uint32Array };

export function pictureSet(kept: readonly KeptPicture[]): PictureSet {
  const set: PictureSet = { pictures: [], words: new Uint32Array(WORDS * Math.max(1024, kept.length)) };
  for (const one of kept) addTo(set, one);
  return set;
}

export function addTo(set: PictureSet, kept: KeptPicture): void {
  const one = comparable(kept);
  const at = set.pictures.length * WORDS;
  if (at + WORDS > set.words.length) {
    const larger = new Uint32Array(set.words.length * 2);
    larger.set(set.words);
    set.words = larger;
  }
  if (one.hash) set.words.set(one.hash.words, at);
  set.pictures.push(one);
}

/** A file that has a near copy of a picture: by its nearest picture, and how many of it are near. */
export type NearFile = Nearness & { at: number; frames: number };

const isNearer = (a: NearMatch, b: NearMatch): boolean =>
  a.bits < b.bits || (a.bits === b.bits && a.likeness > b.likeness);

/**
 * Files that have a near copy of `wanted`, nearest first; none of the file `but`. `at` is the number of
 * the picture in `all`; `compared` pictures were looked at.
 */
export async function filesNear(
  wanted: PictureHash,
  { pictures, words }: PictureSet,
  but: string | undefined,
): Promise<{ compared: number; near: NearFile[] }> {
  const byFile = new Map<string, NearFile>();
  let compared = 0;
  for (let at = 0; at < pictures.length; at++) {
    if (at % PART === PART - 1) await setImmediate();
    const { of, hash } = pictures[at]!;
    if (!hash || of === but) continue;
    compared += 1;
    const match = areFar(wanted.words, words, at * WORDS) ? undefined : nearMatch(wanted, hash);
    if (!match) continue;
    const known = byFile.get(of);
    const frames = (known?.frames ?? 0) + 1;
    byFile.set(of, known && !isNearer(match, known) ? { ...known, frames } : { ...match, at, frames });
  }
  const near = [...byFile.values()].sort((a, b) => a.bits - b.bits || b.likeness - a.likeness || a.at - b.at);
  return { compared, near };
}
