// Masks that look like those of real forgeries: bent by a smooth random field and blurred at the edge. Pure; chance is given.
import type { RandomStream } from '../../../models/tensor/random.ts';

/** Box blur of radius r, three times: close to a Gaussian of sigma r. Edges repeat. */
export function blurMask(mask: Float64Array, width: number, height: number, radius: number): Float64Array {
  if (radius < 1) return mask;
  let current = mask;
  for (let pass = 0; pass < 3; pass++) {
    current = blurLines(current, width, height, radius, 1, width);
    current = blurLines(current, height, width, radius, width, 1);
  }
  return current;
}

function blurLines(
  values: Float64Array,
  length: number,
  lines: number,
  radius: number,
  step: number,
  stride: number,
): Float64Array {
  const out = new Float64Array(values.length);
  const size = 2 * radius + 1;
  for (let line = 0; line < lines; line++) {
    const at = (i: number) => line * stride + Math.min(length - 1, Math.max(0, i)) * step;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += values[at(i)]!;
    for (let i = 0; i < length; i++) {
      out[line * stride + i * step] = sum / size;
      sum += values[at(i + radius + 1)]! - values[at(i - radius)]!;
    }
  }
  return out;
}

/** The mask bent by a smooth displacement of up to `amount` pixels (elastic deformation on a 5 x 5 grid). */
export function bendMask(
  mask: Float64Array,
  width: number,
  height: number,
  amount: number,
  random: RandomStream,
): Float64Array {
  const grid = 5;
  const field = Float64Array.from({ length: grid * grid * 2 }, () => random.uniform(-amount, amount));
  const shift = (x: number, y: number, axis: number): number => {
    const [gx, gy] = [(x / Math.max(1, width - 1)) * (grid - 1), (y / Math.max(1, height - 1)) * (grid - 1)];
    const [ix, iy] = [Math.min(grid - 2, Math.floor(gx)), Math.min(grid - 2, Math.floor(gy))];
    const [fx, fy] = [gx - ix, gy - iy];
    const value = (dx: number, dy: number) => field[((iy + dy) * grid + ix + dx) * 2 + axis]!;
    return (1 - fy) * ((1 - fx) * value(0, 0) + fx * value(1, 0)) + fy * ((1 - fx) * value(0, 1) + fx * value(1, 1));
  };
  const out = new Float64Array(mask.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const fromX = Math.round(x + shift(x, y, 0));
      const fromY = Math.round(y + shift(x, y, 1));
      if (fromX >= 0 && fromY >= 0 && fromX < width && fromY < height)
        out[y * width + x] = mask[fromY * width + fromX]!;
    }
  return out;
}
