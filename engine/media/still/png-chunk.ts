// Chunks of a PNG that stand before its picture.
import { crc32 } from 'node:zlib';

/** `isWhole`: its check sum is right, which programs ask of it before they take it. */
export type PngChunk = { data: Uint8Array; isWhole: boolean };

/** Every chunk of a type before the picture's own, also those that programs may pass over. */
export function pngChunks(bytes: Uint8Array, wanted: string): PngChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: PngChunk[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IDAT') break;
    const end = at + 8 + length;
    if (type === wanted)
      found.push({
        data: bytes.subarray(at + 8, end),
        isWhole: end + 4 <= bytes.length && view.getUint32(end) === crc32(bytes.subarray(at + 4, end)),
      });
    at = end + 4;
  }
  return found;
}
