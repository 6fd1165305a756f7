// What of a WebP is not known here (RFC 9649). Further pictures of an animation are named by who decodes it.
// Pure.
import { type RiffChunk, riffChunks } from '../riff-chunks.ts';
import { printable } from './printable.ts';

const CODED = /^VP8[ L]$/;
/** In this order, each once; metadata may stand anywhere behind the picture. */
const ORDER = ['VP8X', 'ICCP', 'ANIM', 'ALPH', 'VP8 ', 'VP8L', 'ANMF', 'EXIF', 'XMP ', 'XMP\0'];
/** A zero in place of a blank is a program's slip. */
const MAY_STAND_AGAIN = /^(ANMF|EXIF|XMP[ \0])$/;
/** Bits of what the file has. */
const FLAGS: readonly (readonly [number, string])[] = [
  [0x20, 'ICCP'],
  [0x10, 'ALPH'],
  [0x02, 'ANIM'],
];
const FRAME_HEAD_BYTES = 16;

/** Names of parts; empty where all is known. */
export function unknownInWebp(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // What lies behind the length of the whole is told of as such.
  const all = [...riffChunks(bytes, 12, Math.min(bytes.length, 8 + view.getUint32(4, true)))];
  const frames = all
    .filter(({ type }) => type === 'ANMF')
    .flatMap(({ from, to }) => unknownInOrder(bytes, [...riffChunks(bytes, from + FRAME_HEAD_BYTES, to)]));
  return [...unknownInOrder(bytes, all), ...unknownFlags(bytes, all), ...frames];
}

function unknownInOrder(bytes: Uint8Array, chunks: readonly RiffChunk[]): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  let reached = 0;
  for (const { type, from, to } of chunks) {
    const place = ORDER.indexOf(type);
    const name = `WebP chunk ${printable(type)}`;
    const isSecondPicture = CODED.test(type) && [...seen].some((one) => CODED.test(one));
    if (place < 0) found.push(name);
    else if (isSecondPicture || (seen.has(type) && !MAY_STAND_AGAIN.test(type))) found.push(`${name}, twice`);
    else if (place < reached && !MAY_STAND_AGAIN.test(type)) found.push(`${name}, out of its place`);
    else if (to > bytes.length) found.push(`${name}, cut short`);
    // How much larger it is to be shown stands in the upper bits of its sides; nobody does so.
    if (type === 'VP8 ' && ((bytes[from + 7] ?? 0) >> 6 || (bytes[from + 9] ?? 0) >> 6))
      found.push('WebP picture to be scaled');
    if (type === 'ALPH' && !seen.has('VP8 ') && chunks.some((one) => one.type === 'VP8L')) found.push(name);
    seen.add(type);
    reached = Math.max(reached, place);
  }
  return found;
}

/** What the head says of the file, and what is there: some programs go by one, some by the other. */
function unknownFlags(bytes: Uint8Array, chunks: readonly RiffChunk[]): string[] {
  const [head] = chunks;
  if (head?.type !== 'VP8X') return chunks.length > 1 ? ['WebP chunks without a head'] : [];
  const flags = bytes[head.from] ?? 0;
  const sides = canvasOf(bytes, head.from);
  const picture = chunks.find(({ type }) => CODED.test(type));
  const own = picture && sidesOf(bytes, picture);
  const cut =
    own && (own[0] !== sides[0] || own[1] !== sides[1]) ? ['WebP picture of other sides than its canvas'] : [];
  const has = (type: string): boolean => chunks.some((one) => one.type === type);
  const stated = FLAGS.flatMap(([bit, type]) => {
    const isStated = (flags & bit) !== 0;
    // The opacity of VP8L, and of frames, lies in them.
    const mayBeInside = type === 'ALPH' && isStated && (has('VP8L') || has('ANMF') || has('VP8 '));
    return isStated === has(type) || mayBeInside ? [] : [`WebP chunk ${type}, otherwise stated`];
  });
  return [...cut, ...stated];
}

const threeBytes = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
const canvasOf = (bytes: Uint8Array, from: number): [number, number] => [
  1 + threeBytes(bytes, from + 4),
  1 + threeBytes(bytes, from + 7),
];

/** As the coded picture has them, in 14 bits each. */
function sidesOf(bytes: Uint8Array, { type, from }: RiffChunk): [number, number] {
  if (type === 'VP8 ') return [threeBytes(bytes, from + 6) & 0x3fff, threeBytes(bytes, from + 8) & 0x3fff];
  return [1 + (threeBytes(bytes, from + 1) & 0x3fff), 1 + ((threeBytes(bytes, from + 2) >> 6) & 0x3fff)];
}
