// What lies in a photograph's file behind the end of its picture: bytes that no viewer shows and
// that are not examined. Decodes nothing. Pure.

/** First pipeline that says it: verdicts of earlier ones are made again without. */
export const BEHIND_END_SINCE_PIPELINE = 4;

/**
 * In words, for the formats that say where they end: PNG, GIF and RIFF's WebP. Zeros are filling.
 * A JPEG's own ending is read by jpeg-ending.ts.
 */
export function behindEnd(bytes: Uint8Array, mediaType: string): string[] {
  const end = ENDS[mediaType]?.(bytes);
  return end === undefined ? [] : behindWords(bytes.subarray(end));
}

const ENDS: Readonly<Record<string, (bytes: Uint8Array) => number | undefined>> = {
  'image/png': endOfPng,
  'image/gif': endOfGif,
  'image/webp': endOfRiff,
};

/** How a picture or a film begins, wherever in the bytes it does. */
const BEGINNINGS: readonly (readonly [what: string, begin: string, before: number])[] = [
  ['A JPEG picture', '\xff\xd8\xff', 0],
  ['A PNG picture', '\x89PNG\r\n\x1a\n', 0],
  ['A GIF', 'GIF8', 0],
  ['A WebP picture', 'WEBPVP8', 8],
  ['A film', 'ftyp', 4],
];

/** What is said of bytes behind the end of a file's picture or film. */
export function behindWords(rest: Uint8Array): string[] {
  const from = rest.findIndex((byte) => byte !== 0);
  if (from < 0) return [];
  const all = Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength);
  const follows = BEGINNINGS.filter(([, begin, before]) => all.indexOf(begin, before, 'latin1') >= 0);
  const size = `${rest.length - from} bytes`;
  return follows.length === 0
    ? [`${size} follow the end of the picture; they are not examined`]
    : follows.map(([what]) => `${what} lies behind the end of the picture (${size}); it is not examined`);
}

const PNG_HEAD_BYTES = 8;

/** Behind the chunk that ends it (PNG specification, 5.3); undefined where there is none. */
function endOfPng(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG_HEAD_BYTES; at + 12 <= bytes.length; at += 12 + view.getUint32(at))
    if (view.getUint32(at + 4) === 0x49454e44) return at + 12 + view.getUint32(at);
  return undefined;
}

const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b] as const;
/** Bytes of a colour table whose size the last three bits of `packed` tell. */
const tableBytes = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);

/** Behind the trailer (GIF89a, 27); undefined where the blocks do not lead to it. */
function endOfGif(bytes: Uint8Array): number | undefined {
  let at = 13 + tableBytes(bytes[10] ?? 0);
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === TRAILER) return at + 1;
    if (kind === EXTENSION) at += 2;
    else if (kind === IMAGE) at += 11 + tableBytes(bytes[at + 9] ?? 0);
    else return undefined;
    while ((bytes[at] ?? 0) > 0) at += 1 + bytes[at]!;
    at += 1;
  }
  return undefined;
}

/** Of the length that its head states, filled to an even one. */
function endOfRiff(bytes: Uint8Array): number | undefined {
  if (bytes.length < 12) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const end = 8 + length + (length & 1);
  return end <= bytes.length ? end : undefined;
}
