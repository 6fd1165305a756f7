// Windows icons and cursors: several pictures of one thing in a file, of which the largest is
// looked at. Each is a PNG, or a bitmap without its file header whose lower half is a mask of one
// bit. Pure.
import { rowBytes } from './coded-end.ts';

/**
 * The largest picture as a file of its own, and how many there are. `opacity`: 0 or 255 for each
 * pixel, from the top on, where the bitmap has no other.
 */
export type IconPicture = {
  file: Uint8Array;
  mediaType: 'image/png' | 'image/bmp';
  pictures: number;
  widthPx: number;
  opacity?: Uint8Array;
};

/** Undefined where the bytes are no icon, or its directory names what is not there. */
export function largestOfIcon(bytes: Uint8Array): IconPicture | undefined {
  if (bytes.length < 22) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [reserved, kind, count] = [view.getUint16(0, true), view.getUint16(2, true), view.getUint16(4, true)];
  if (reserved !== 0 || (kind !== 1 && kind !== 2) || count === 0 || 6 + count * 16 > bytes.length) return undefined;
  const entries = Array.from({ length: count }, (_, i) => {
    const at = 6 + i * 16;
    const [length, from] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
    return { widthPx: bytes[at]! || 256, bits: view.getUint16(at + 6, true), length, from };
  });
  const [best] = entries.sort((a, b) => b.widthPx - a.widthPx || b.bits - a.bits || b.length - a.length);
  if (!best || best.from + best.length > bytes.length || best.length < 40) return undefined;
  const picture = bytes.subarray(best.from, best.from + best.length);
  const own = { pictures: count, widthPx: best.widthPx };
  if (picture[0] === 0x89 && picture[1] === 0x50) return { ...own, file: picture, mediaType: 'image/png' };
  const opacity = opacityOfMask(picture);
  return { ...own, file: bitmapFile(picture), mediaType: 'image/bmp', ...(opacity ? { opacity } : {}) };
}

/** The bitmap with a file header, and with the height of the picture alone. */
function bitmapFile(picture: Uint8Array): Uint8Array {
  const body = Buffer.from(picture);
  const headerSize = body.readUInt32LE(0);
  const bits = body.readUInt16LE(14);
  body.writeInt32LE(Math.trunc(body.readInt32LE(8) / 2), 8);
  const header = Buffer.alloc(14);
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(14 + body.length, 2);
  header.writeUInt32LE(14 + headerSize + paletteBytes(bits, body.readUInt32LE(32)), 10);
  return Buffer.concat([header, body]);
}

/** Four bytes a colour; of none stated as many as so many bits can tell apart. */
const paletteBytes = (bits: number, stated: number): number => (bits <= 8 ? 4 * (stated || 2 ** bits) : 0);

/** Undefined where the bitmap has opacity of its own, or its mask is not there. */
function opacityOfMask(picture: Uint8Array): Uint8Array | undefined {
  const view = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  const [headerSize, widthPx, heightPx] = [
    view.getUint32(0, true),
    view.getInt32(4, true),
    view.getInt32(8, true) >> 1,
  ];
  const [bits, coding] = [view.getUint16(14, true), view.getUint32(16, true)];
  if (bits >= 32 || coding !== 0 || widthPx < 1 || heightPx < 1 || widthPx > 1024 || heightPx > 1024) return undefined;
  const maskRow = rowBytes(widthPx, 1);
  const from = headerSize + paletteBytes(bits, view.getUint32(32, true)) + rowBytes(widthPx, bits) * heightPx;
  if (from + maskRow * heightPx > picture.length) return undefined;
  return Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    const byte = picture[from + (heightPx - 1 - y) * maskRow + (x >> 3)]!;
    return (byte >> (7 - (x & 7))) & 1 ? 0 : 255;
  });
}
