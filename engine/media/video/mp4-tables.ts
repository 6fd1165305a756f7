// Do the sample tables of an MP4 or QuickTime file fit the file? FFmpeg makes an entry in memory of
// every sample a table announces, and a few bytes can announce billions. Looks at the boxes alone
// (ISO/IEC 14496-12, 8.6 to 8.8), before FFmpeg opens the file.
import type { WhyUnreadable } from '../../../contract/unreadable.ts';
import { type FilmBytes, type FilmPlace, openFilm } from './film-bytes.ts';

/**
 * Boxes in which FFmpeg looks for others, whatever the standard puts there (`parse_table` of its
 * libavformat/mov.c); `meta` and `stsd` below have other bytes before them.
 */
const CONTAINERS = new Set(
  'moov trak mdia minf stbl moof traf mvex edts dinf tref udta wave sinf schi ilst iprp ipco'.split(' '),
);
/** Bytes of a box of descriptions that are looked through; those of a film have a few hundred. */
const MOST_DESCRIBED = 2 ** 20;
/**
 * Boxes looked at: a film of a day in fragments of two seconds has some 300,000. What is beyond is
 * left to the process's own limit.
 */
const MOST_BOXES = 400_000;
/** The outermost boxes begin such a file. */
const FIRST_BOXES = new Set(['ftyp', 'styp', 'moov', 'moof', 'mdat', 'wide', 'free', 'skip', 'pnot', 'uuid']);
/** Bytes of a table read at a time. */
const PORTION = 2 ** 16;

/** Tables, and how many samples one announces. Sizes are of the box's content. */
const COUNTS: Readonly<Record<string, (table: Table) => number>> = {
  stsz: (table) => table.u32(8),
  stz2: (table) => table.u32(8),
  stts: (table) => sumOfRuns(table),
  ctts: (table) => sumOfRuns(table),
  trun: (table) => table.u32(4),
  saiz: (table) => table.u32(table.u8(3) & 1 ? 13 : 5),
};

type Table = { u8(at: number): number; u32(at: number): number; readonly size: number };

/**
 * What is wrong, undefined where the tables fit or the file is of another kind; and whether samples
 * lie in fragments, which the tables of the whole film do not count.
 * Every sample takes a byte of the file at the least, so that no table, nor all tables of one kind
 * together, may announce more of them than the file has bytes.
 */
export function lookAtTables(film: FilmPlace): { impossible?: WhyUnreadable; isInFragments: boolean } {
  const file = openFilm(film);
  try {
    const { size } = file;
    let isInFragments = false;
    const announced = new Map<string, number>();
    for (const { type, from, to } of boxesOf(file, size)) {
      if (type === 'cmov') return { impossible: { kind: 'packedIndex' }, isInFragments };
      isInFragments ||= type === 'moof';
      const count = COUNTS[type]?.(tableOf(file, from, to)) ?? 0;
      const sum = (announced.get(type) ?? 0) + count;
      announced.set(type, sum);
      if (sum > size)
        return { impossible: { kind: 'impossibleIndex', table: type, samples: sum, bytes: size }, isInFragments };
    }
    return { isInFragments };
  } finally {
    file.close();
  }
}

type Box = { type: string; from: number; to: number };

/** Every box down to the tables, in file order. */
function* boxesOf(file: FilmBytes, size: number): Generator<Box> {
  const head = Buffer.alloc(16);
  const open: number[] = [size];
  let at = 0;
  for (let n = 0; n < MOST_BOXES && open.length > 0; n++) {
    while (open.length > 0 && at + 8 > open.at(-1)!) at = Math.max(at, open.pop()!);
    const end = open.at(-1);
    if (end === undefined) return;
    head.fill(0);
    file.read(head, 16, at);
    const type = head.toString('latin1', 4, 8);
    if (n === 0 && !FIRST_BOXES.has(type)) return;
    const [length, header] = lengthOf(head, end - at);
    if (length < header) {
      // FFmpeg passes over a broken box inside another and reads on behind it: so does this look.
      if (open.length === 1) return;
      at = open.pop()!;
      continue;
    }
    const to = Math.min(at + length, end);
    yield { type, from: at + header, to };
    const inner = type === 'meta' ? firstOfMeta(file, at + header, to) : at + header;
    if (CONTAINERS.has(type) || type === 'meta') {
      open.push(to);
      at = inner;
      continue;
    }
    if (type === 'stsd') yield* tablesWithin(file, at + header, to);
    at = to;
  }
}

function bytesOf(file: FilmBytes, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.min(to - from, MOST_DESCRIBED));
  return bytes.subarray(0, file.read(bytes, bytes.length, from));
}

/** Where the boxes of a `meta` begin: with or without a version before them, at its `hdlr`. */
function firstOfMeta(file: FilmBytes, from: number, to: number): number {
  const bytes = bytesOf(file, from, to);
  for (let at = 4; at + 4 <= bytes.length; at += 4)
    if (bytes.toString('latin1', at, at + 4) === 'hdlr') return from + at - 4;
  return to;
}

/**
 * Tables in the descriptions of samples: boxes lie behind fields of a length that hangs on the
 * codec, so that a table's name anywhere counts as one.
 */
function* tablesWithin(file: FilmBytes, from: number, to: number): Generator<Box> {
  const bytes = bytesOf(file, from, to);
  for (const type of Object.keys(COUNTS))
    for (let at = bytes.indexOf(type, 0, 'latin1'); at >= 0; at = bytes.indexOf(type, at + 4, 'latin1'))
      yield { type, from: from + at + 4, to };
}

/** A length of 1 stands for 64 bits behind the type, 0 for the rest. */
function lengthOf(head: Buffer, rest: number): [length: number, header: number] {
  const short = head.readUInt32BE(0);
  if (short === 0) return [rest, 8];
  return short === 1 ? [Number(head.readBigUInt64BE(8)), 16] : [short, 8];
}

/** Numbers of a box's content, read in portions; 0 beyond its end. */
function tableOf(file: FilmBytes, from: number, to: number): Table {
  const portion = Buffer.alloc(PORTION);
  let [begins, ends] = [0, 0];
  const place = (at: number, length: number): number | undefined => {
    if (at + length > to - from) return undefined;
    if (at < begins || at + length > ends) {
      begins = at;
      ends = at + file.read(portion, Math.min(PORTION, to - from - at), from + at);
    }
    return at + length > ends ? undefined : at - begins;
  };
  return {
    size: to - from,
    u8: (at) => numberAt(place(at, 1), (i) => portion.readUInt8(i)),
    u32: (at) => numberAt(place(at, 4), (i) => portion.readUInt32BE(i)),
  };
}

const numberAt = (place: number | undefined, read: (place: number) => number): number =>
  place === undefined ? 0 : read(place);

/** Runs of (count, value), behind version and flags and the number of runs. */
function sumOfRuns(table: Table): number {
  const runs = Math.min(table.u32(4), Math.floor((table.size - 8) / 8));
  let sum = 0;
  for (let run = 0; run < runs; run++) sum += table.u32(8 + 8 * run);
  return sum;
}
