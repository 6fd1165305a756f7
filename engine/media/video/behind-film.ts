// What lies in a film's file behind what is played: a second film joined to the first, or bytes of
// something else. Reads boxes and tags alone, in the video process.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { PlainRemark } from '../../../contract/remark.ts';

/**
 * For the formats that do not say it by themselves: MP4 and QuickTime (ISO/IEC 14496-12), and FLV.
 * Empty for any other container.
 */
export function behindFilm(path: string, container: string): PlainRemark[] {
  const read = /^mov,mp4/.test(container) ? behindBoxes : /^flv$/.test(container) ? behindTags : undefined;
  if (!read) return [];
  const file = openSync(path, 'r');
  try {
    return read(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

/** `inPieces`: of a film in fragments FFmpeg may read those of a second one as its own. */
const second = (bytes: number, inPieces = false): PlainRemark[] => [{ kind: 'secondFilm', bytes, inPieces }];
const other = (bytes: number): PlainRemark[] => [{ kind: 'bytesBehindFilm', bytes }];

/** Boxes whose length may go beyond a file that was cut short. */
const OF_A_FILM = new Set(['ftyp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'uuid', 'sidx', 'styp']);
/** Outermost boxes looked at: a film of a day in fragments has some hundred thousand. */
const MOST_PIECES = 2_000_000;

function behindBoxes(file: number, size: number): PlainRemark[] {
  const head = Buffer.alloc(16);
  let [at, films, inPieces] = [0, 0, false];
  for (let n = 0; n < MOST_PIECES && at + 8 <= size; n++) {
    head.fill(0);
    readSync(file, head, 0, 16, at);
    const type = head.toString('latin1', 4, 8);
    const short = head.readUInt32BE(0);
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short;
    if (type === 'ftyp' && ++films > 1) return second(size - at, inPieces);
    inPieces ||= type === 'moof';
    if (length < 8 || (at + length > size && !OF_A_FILM.has(type)) || !/^[\x20-\x7e\xa9]{4}$/.test(type))
      return isFilling(file, at, size) ? [] : other(size - at);
    at += length;
  }
  return [];
}

const FLV_HEAD_BYTES = 13;
const FLV_TAGS = new Set([8, 9, 18]);

function behindTags(file: number, size: number): PlainRemark[] {
  const head = Buffer.alloc(4);
  let at = FLV_HEAD_BYTES;
  for (let n = 0; n < MOST_PIECES && at + 15 <= size; n++) {
    readSync(file, head, 0, 4, at);
    if (head.toString('latin1', 0, 3) === 'FLV') return second(size - at);
    if (!FLV_TAGS.has(head[0]! & 0x1f)) return isFilling(file, at, size) ? [] : other(size - at);
    at += 15 + head.readUIntBE(1, 3);
  }
  return [];
}

/** Zeros are what a recorder fills its blocks with. */
function isFilling(file: number, from: number, size: number): boolean {
  const portion = Buffer.alloc(2 ** 16);
  for (let at = from; at < size; ) {
    const read = readSync(file, portion, 0, portion.length, at);
    if (read === 0 || portion.subarray(0, read).some((byte) => byte !== 0)) return false;
    at += read;
  }
  return true;
}
