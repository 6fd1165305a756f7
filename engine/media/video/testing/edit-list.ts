// Edit lists of MP4 films written anew (ISO/IEC 14496-12, 8.6.6). Tests only.

type Edit = { fromMs: number; lengthMs: number };
type Box = { from: number; to: number };

/** The first box along a path. */
function boxAt(bytes: Buffer, path: readonly string[], { from, to }: Box = { from: 0, to: bytes.length }): Box {
  for (let at = from; at + 8 <= to; at += bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) !== path[0]) continue;
    const own = { from: at, to: at + bytes.readUInt32BE(at) };
    return path.length === 1 ? own : boxAt(bytes, path.slice(1), { from: at + 8, to: own.to });
  }
  throw new Error(`There is no ${path[0]} box.`);
}

const box = (type: string, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};

/** A film of one track, shown by these edits in place of its own. */
export function withEdits(film: Buffer, edits: readonly Edit[]): Buffer {
  const unitsOf = (path: readonly string[]): number => film.readUInt32BE(boxAt(film, path).from + 20);
  const [whole, media] = [unitsOf(['moov', 'mvhd']), unitsOf(['moov', 'trak', 'mdia', 'mdhd'])];
  const list = Buffer.alloc(8 + 12 * edits.length);
  list.writeUInt32BE(edits.length, 4);
  for (const [i, { fromMs, lengthMs }] of edits.entries()) {
    list.writeUInt32BE((lengthMs * whole) / 1000, 8 + 12 * i);
    list.writeInt32BE((fromMs * media) / 1000, 12 + 12 * i);
    list.writeUInt32BE(0x10000, 16 + 12 * i);
  }
  const [moov, trak, tkhd] = [['moov'], ['moov', 'trak'], ['moov', 'trak', 'tkhd']].map((path) => boxAt(film, path));
  const rest: Buffer[] = [];
  for (let at = trak!.from + 8; at < trak!.to; at += film.readUInt32BE(at)) {
    const type = film.toString('latin1', at + 4, at + 8);
    if (type !== 'edts') rest.push(film.subarray(at, at + film.readUInt32BE(at)));
    if (at === tkhd!.from) rest.push(box('edts', box('elst', list)));
  }
  const index = box(
    'moov',
    film.subarray(moov!.from + 8, trak!.from),
    box('trak', ...rest),
    film.subarray(trak!.to, moov!.to),
  );
  // What lies behind the index has moved.
  const places = boxAt(index, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stco']);
  for (let at = places.from + 16; at < places.to; at += 4) {
    const place = index.readUInt32BE(at);
    if (place >= moov!.to) index.writeUInt32BE(place + index.length - (moov!.to - moov!.from), at);
  }
  return Buffer.concat([film.subarray(0, moov!.from), index, film.subarray(moov!.to)]);
}
