// Box blurs in plain loops, for masks and for pictures of a few hundred pixels. Three passes of a
// box are close to a Gaussian.

/** Values in planes or interleaved: `channels` per pixel, row by row. */
export type Field = { width: number; height: number; channels: number; data: Float32Array };

/**
 * One line of a box blur of radius r, edges repeated. `at` and `step` address the line in
 * `from` and `to`.
 */
function blurLine(from: Float32Array, to: Float32Array, at: number, step: number, length: number, r: number): void {
  const weight = 1 / (2 * r + 1);
  const last = at + (length - 1) * step;
  let sum = from[at]! * (r + 1);
  for (let i = 1; i <= r; i++) sum += from[at + Math.min(i, length - 1) * step]!;
  let [leaving, entering] = [at - r * step, at + (r + 1) * step];
  for (let i = 0, out = at; i < length; i++, out += step, leaving += step, entering += step) {
    to[out] = sum * weight;
    sum += from[Math.min(entering, last)]! - from[Math.max(leaving, at)]!;
  }
}

function blurRows(from: Float32Array, to: Float32Array, { width, height, channels }: Field, r: number): void {
  for (let y = 0; y < height; y++)
    for (let c = 0; c < channels; c++) blurLine(from, to, y * width * channels + c, channels, width, r);
}

function blurColumns(from: Float32Array, to: Float32Array, { width, height, channels }: Field, r: number): void {
  for (let x = 0; x < width * channels; x++) blurLine(from, to, x, width * channels, height, r);
}

/** `passes` box blurs of `radius` pixels. The input stays as it is; radius below 1 returns it. */
export function boxBlur(field: Field, radius: number, passes: number): Field {
  const r = Math.min(Math.round(radius), Math.max(field.width, field.height));
  if (r < 1) return field;
  const [a, b] = [Float32Array.from(field.data), new Float32Array(field.data.length)];
  for (let pass = 0; pass < passes; pass++) {
    blurRows(a, b, field, r);
    blurColumns(b, a, field, r);
  }
  return { ...field, data: a };
}
