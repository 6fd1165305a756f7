// MP4 files made box by box, whose sample tables say what a test wants. Tests only.

/** Samples that each table announces; it is left out where none are named. */
export type Tables = { stsz?: number; stts?: number; ctts?: number };

const u32 = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * i);
  return bytes;
};
const box = (type: string, ...content: Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(8 + body.length), Buffer.from(type, 'latin1'), body]);
};

const FTYP = box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2', 'latin1'));
const mvhd = box('mvhd', u32(0, 0, 0, 1000, 1000, 0x10000), Buffer.alloc(76));

const avc1 = box(
  'avc1',
  Buffer.alloc(6),
  Buffer.from([0, 1]),
  Buffer.alloc(16),
  Buffer.from([0, 64, 0, 48]),
  Buffer.alloc(50),
);

function track(n: number, { stsz, stts, ctts }: Tables): Buffer {
  const stbl = box(
    'stbl',
    box('stsd', u32(0, 1), avc1),
    ...(stts === undefined ? [] : [box('stts', u32(0, 1, stts, 1))]),
    ...(ctts === undefined ? [] : [box('ctts', u32(0, 1, ctts, 1))]),
    box('stsc', u32(0, 1, 1, stsz ?? 1, 1)),
    ...(stsz === undefined ? [] : [box('stsz', u32(0, 1, stsz))]),
    box('stco', u32(0, 1, 48)),
  );
  const hdlr = box('hdlr', u32(0, 0), Buffer.from('vide'), Buffer.alloc(13));
  const mdhd = box('mdhd', u32(0, 0, 0, 1000, 1000, 0));
  const tkhd = box('tkhd', u32(3, 0, 0, n, 0, 1000), Buffer.alloc(60));
  return box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', box('vmhd', Buffer.alloc(12)), stbl)));
}

/** A film with these tracks, and a kilobyte of media that is none. */
export const tabledFilm = (tables: readonly Tables[]): Buffer =>
  Buffer.concat([
    FTYP,
    box('mdat', Buffer.alloc(1024)),
    box('moov', mvhd, ...tables.map((one, n) => track(n + 1, one))),
  ]);

/** A film in fragments, each announcing so many samples of a size that is stated once. */
export const fragmentedFilm = (samples: readonly number[]): Buffer =>
  Buffer.concat([
    FTYP,
    box('moov', mvhd, track(1, { stsz: 0, stts: 0 }), box('mvex', box('trex', u32(0, 1, 1, 1, 1, 0)))),
    ...samples.flatMap((count, n) => [
      box('moof', box('mfhd', u32(0, n + 1)), box('traf', box('tfhd', u32(0x20000, 1)), box('trun', u32(0, count)))),
      box('mdat', Buffer.alloc(16)),
    ]),
  ]);
