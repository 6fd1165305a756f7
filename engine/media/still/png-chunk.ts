// Chunks of a PNG.
import { crc32 } from 'node:zlib';

/** `isWhole`: its check sum is right, which programs ask of it before they take it. */
export type PngChunk = { data: Uint8Array; isWhole: boolean };

/** Every chunk of a type before the picture's own, also those that programs may pass over. */
export function pngChunks(bytes: Uint8Array, wanted: string): PngChunk[] {
  const found: PngChunk[] = [];
  for (const place of chunkPlaces(bytes)) {
    if (place.type === 'IDAT') break;
    if (place.type !== wanted) continue;
    found.push({ data: bytes.subarray(place.from, place.to), isWhole: isWholeChunk(bytes, place) });
  }
  return found;
}

/** Is the check sum of a chunk right, whose data lie there? */
export function isWholeChunk(bytes: Uint8Array, { from, to }: { from: number; to: number }): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return to + 4 <= bytes.length && view.getUint32(to) === crc32(bytes.subarray(from - 4, to));
}

/** Types of all chunks and where their data lie, in the file's order. */
export function* chunkPlaces(bytes: Uint8Array): Generator<{ type: string; from: number; to: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const from = at + 8;
    const to = from + view.getUint32(at);
    yield { type: String.fromCharCode(...bytes.subarray(at + 4, from)), from, to };
    at = to + 4;
  }
}
