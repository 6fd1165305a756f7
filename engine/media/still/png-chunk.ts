// Chunks of a PNG that stand before its picture.

/**
 * The data of the first chunk of a type before the picture's own; undefined where there is none.
 */
export function pngChunk(bytes: Uint8Array, wanted: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === wanted) return bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IDAT') return undefined;
    at += 12 + length;
  }
  return undefined;
}
