// Chunks of a RIFF file, as WebP is one.

export type RiffChunk = { type: string; from: number; to: number };

/** From a place on, up to the end; `to` may lie beyond it. */
export function* riffChunks(bytes: Uint8Array, from = 12, end = bytes.length): Generator<RiffChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = from; at + 8 <= end; ) {
    const length = view.getUint32(at + 4, true);
    const type = Buffer.from(bytes.buffer, bytes.byteOffset + at, 4).toString('latin1');
    yield { type, from: at + 8, to: at + 8 + length };
    at += 8 + length + (length & 1);
  }
}
