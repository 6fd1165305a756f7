// Bytes of an MP4 or QuickTime file that nothing plays: in boxes that are to be passed over (`free`,
// `skip`, `wide`), and in `mdat` where no table of samples speaks of them (ISO/IEC 14496-12, 8.1 and
// 8.7). A whole film can lie there. Reads boxes alone, in the video process.
import type { FilmBytes } from './film-bytes.ts';

/** Less is what programs write there of themselves, and what alignment leaves. */
const LEAST_BYTES = 4096;
/** Outermost boxes looked at, as behind-film.ts does. */
const MOST_BOXES = 2_000_000;
/** Of a film of a day in small chunks some hundred thousand; beyond this nothing is said. */
const MOST_CHUNKS = 4_000_000;

type Box = { type: string; from: number; to: number };
type Span = { from: number; to: number };

/** Boxes side by side between two places. */
function* boxesIn(file: FilmBytes, { from, to }: Span): Generator<Box, void, undefined> {
  const head = Buffer.alloc(16);
  let at = from;
  for (let n = 0; n < MOST_BOXES && at + 8 <= to; n++) {
    head.fill(0);
    file.read(head, 16, at);
    const short = head.readUInt32BE(0);
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? to - at : short;
    const headBytes = short === 1 ? 16 : 8;
    if (length < headBytes) return;
    yield { type: head.toString('latin1', 4, 8), from: at + headBytes, to: Math.min(at + length, to) };
    at += length;
  }
}

/**
 * How many bytes that are not zeros nothing speaks of; 0 where they are few. Of a film in fragments,
 * and of one with items beside its tracks, `mdat` is not asked.
 */
export function unspokenBytes(file: FilmBytes, size: number): number {
  const outer = [...boxesIn(file, { from: 0, to: size })];
  const passedOver = outer.filter(({ type }) => type === 'free' || type === 'skip' || type === 'wide');
  const isAsked = !outer.some(({ type }) => type === 'moof' || type === 'meta');
  const spoken = isAsked ? spokenOf(file, outer) : undefined;
  const unspoken = spoken ? outer.flatMap((box) => (box.type === 'mdat' ? gapsIn(box, spoken) : [])) : [];
  const bytes = [...passedOver, ...unspoken].reduce((sum, span) => sum + written(file, span), 0);
  return bytes < LEAST_BYTES ? 0 : bytes;
}

/** Of a span, from its first byte that is not zero to its last. */
function written(file: FilmBytes, { from, to }: Span): number {
  let [first, last] = [-1, -1];
  const portion = Buffer.alloc(2 ** 16);
  for (let at = from; at < to; ) {
    const read = portion.subarray(0, file.read(portion, Math.min(portion.length, to - at), at));
    if (read.length === 0) break;
    const begins = read.findIndex((byte) => byte !== 0);
    if (begins >= 0) {
      if (first < 0) first = at + begins;
      last = at + read.findLastIndex((byte) => byte !== 0);
    }
    at += read.length;
  }
  return first < 0 ? 0 : last - first + 1;
}

/** What of a box none of the spans, which are in order, covers. */
function gapsIn({ from, to }: Span, spoken: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let at = from;
  for (const span of spoken) {
    if (span.to <= at) continue;
    if (span.from >= to) break;
    if (span.from > at) gaps.push({ from: at, to: span.from });
    at = Math.max(at, span.to);
  }
  if (at < to) gaps.push({ from: at, to });
  return gaps;
}

/** Where the chunks of all tracks lie, in order; undefined where there is none, or too much of it. */
function spokenOf(file: FilmBytes, outer: readonly Box[]): Span[] | undefined {
  const spans: Span[] = [];
  for (const tables of tablesOf(file, outer)) {
    const chunks = chunksOf(file, tables);
    if (!chunks || spans.length + chunks.length > MOST_CHUNKS) return undefined;
    for (const chunk of chunks) spans.push(chunk);
  }
  return spans.length === 0 ? undefined : spans.sort((a, b) => a.from - b.from);
}

/** The tables of each track, by name. */
function* tablesOf(file: FilmBytes, outer: readonly Box[]): Generator<Map<string, Box>, void, undefined> {
  const within = (boxes: Iterable<Box>, type: string): Box[] =>
    [...boxes].filter((box) => box.type === type).flatMap((box) => [...boxesIn(file, box)]);
  for (const track of within(outer, 'moov').filter(({ type }) => type === 'trak')) {
    const media = within(within(boxesIn(file, track), 'mdia'), 'minf');
    yield new Map(within(media, 'stbl').map((box) => [box.type, box]));
  }
}

const contentOf = (file: FilmBytes, { from, to }: Span): Buffer => {
  const bytes = Buffer.alloc(to - from);
  return bytes.subarray(0, file.read(bytes, bytes.length, from));
};

/** The chunks of one track; undefined where its tables do not say where they end. */
function chunksOf(file: FilmBytes, tables: ReadonlyMap<string, Box>): Span[] | undefined {
  const [stsc, stsz, stz2] = ['stsc', 'stsz', 'stz2'].map((name) => tables.get(name));
  const places = tables.get('stco') ?? tables.get('co64');
  if (!places || !stsc || !(stsz ?? stz2)) return undefined;
  const sizes = sizesOf(contentOf(file, (stsz ?? stz2)!), stsz !== undefined);
  const [offsets, runs] = [contentOf(file, places), contentOf(file, stsc)];
  const bytes = places.type === 'co64' ? 8 : 4;
  const count = Math.min(offsets.readUInt32BE(4), Math.floor((offsets.length - 8) / bytes));
  const lines = Math.min(runs.readUInt32BE(4), Math.floor((runs.length - 8) / 12));
  if (count > MOST_CHUNKS) return undefined;
  const chunks: Span[] = [];
  let [line, sample] = [0, 0];
  for (let i = 0; i < count; i++) {
    while (line + 1 < lines && runs.readUInt32BE(8 + (line + 1) * 12) <= i + 1) line += 1;
    const samples = lines === 0 ? 0 : runs.readUInt32BE(8 + line * 12 + 4);
    const from = bytes === 8 ? Number(offsets.readBigUInt64BE(8 + i * 8)) : offsets.readUInt32BE(8 + i * 4);
    chunks.push({ from, to: from + sizes(sample, samples) });
    sample += samples;
  }
  return chunks;
}

/** Of sound: sixteen channels of 32 bits. */
const MOST_FRAME_BYTES = 64;

/** Gives the bytes of `count` samples from the first on. */
function sizesOf(table: Buffer, isWhole: boolean): (first: number, count: number) => number {
  const each = isWhole ? table.readUInt32BE(4) : 0;
  // Of sound as QuickTime wrote it a sample of one byte stands for a frame of some.
  if (each > 0) return (_, count) => (each === 1 ? MOST_FRAME_BYTES : each) * count;
  const bits = isWhole ? 32 : table[7]!;
  const most = Math.floor(((table.length - 12) * 8) / Math.max(1, bits));
  const one = (i: number): number => {
    if (bits === 32) return table.readUInt32BE(12 + i * 4);
    if (bits === 16) return table.readUInt16BE(12 + i * 2);
    return bits === 8 ? table[12 + i]! : i % 2 === 0 ? table[12 + (i >> 1)]! >> 4 : table[12 + (i >> 1)]! & 15;
  };
  return (first, count) => {
    let sum = 0;
    for (let i = first; i < Math.min(most, first + count); i++) sum += one(i);
    return sum;
  };
}
