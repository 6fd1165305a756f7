// Reading the network's outputs: score, and the pictures an examiner looks at. Pure; the numbers
// are stored as made here.

/** sigmoid(logit), 0..1, in float64. */
export const scoreFromLogit = (logit: number): number => 1 / (1 + Math.exp(-logit));

/**
 * Picture n of a batch [n, 3, s, s] in -1..1 as 8-bit RGB, interleaved; rounded to the nearest,
 * clamped.
 */
export function pixelsFromBatch(batch: Float32Array, n: number, side: number): Uint8Array {
  const plane = side * side;
  const pixels = new Uint8Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const at = (n * 3 + channel) * plane;
    for (let i = 0; i < plane; i++) pixels[i * 3 + channel] = byteFromUnit((batch[at + i]! + 1) / 2);
  }
  return pixels;
}

/** Map n of a batch [n, h, w]. */
export const mapFromBatch = (batch: Float32Array, n: number, size: number): Float32Array =>
  batch.subarray(n * size, (n + 1) * size);

/** 0..1 as 0..255, rounded to the nearest, clamped. */
export const byteFromUnit = (value: number): number => Math.min(255, Math.max(0, Math.round(value * 255)));

/** Mean of a map, in float64. */
export const meanOfMap = (map: Float32Array): number => map.reduce((sum, value) => sum + value, 0) / map.length;
