// Whether one small picture is another one, as it is or cut to a part of it: the two are laid over each
// other, shifted and stretched a little, and compared where both are. By least squares, step by step
// from where they lie edge on edge (B. D. Lucas, T. Kanade, "An Iterative Image Registration Technique
// with an Application to Stereo Vision", 1981), brightness and contrast being left free.

/** Steps at most. */
const STEPS = 12;
/** Below these after none, one, two and three steps nothing comes of it: most pairs end here. */
const HOPELESS = [0.4, 0.8, 0.9, 0.95];
/** Parts of the side by which an edge may lie elsewhere. */
const MOST_MOVED = 0.16;
/** Where each pixel lies: one number for each way, and one for how far it is stretched; gain, offset. */
const UNKNOWNS = 6;

/** Where the pixel (x, y) of one lies in the other: x0 + x · sx, y0 + y · sy. */
type Placement = readonly [x0: number, sx: number, y0: number, sy: number];
type Held = { likeness: number; normal: Float64Array; right: Float64Array };

/**
 * Correlation of two pictures of luma, `side` x `side` each, where both are, at best: 1 for the same
 * whatever its brightness and contrast, near 0 for two that have nothing in common.
 */
export function likenessOf(one: Uint8Array, other: Uint8Array, side: number): number {
  const [a, b] = [smooth(one, side), smooth(other, side)];
  const samples = new Float64Array(side * side * 6);
  let placement: Placement = [0, 1, 0, 1];
  let best = hold(a, b, samples, placement);
  for (let i = 0; i < STEPS && best.likeness >= (HOPELESS[i] ?? 0); i++) {
    const step = solve(best.normal, best.right);
    if (!step) break;
    const next = placement.map((value, k) => value + step[k]!) as unknown as Placement;
    if (!isNear(next, side)) break;
    const found = hold(a, b, samples, next);
    const gained = found.likeness - best.likeness;
    if (!(gained > 0)) break;
    [placement, best] = [next, found];
    if (gained < 1e-5) break;
  }
  return best.likeness;
}

/** The picture from right to left. */
export const mirrored = (picture: Uint8Array, side: number): Uint8Array =>
  Uint8Array.from(picture, (_, i) => picture[i - 2 * (i % side) + side - 1]!);

/** By 1 2 1 both ways: slopes say more of it than those of single pixels. */
function smooth(picture: Uint8Array, side: number): Float64Array {
  const across = new Float64Array(side * side);
  const out = new Float64Array(side * side);
  const last = side - 1;
  for (let i = 0; i < side * side; i++) {
    const x = i % side;
    across[i] = picture[x > 0 ? i - 1 : i]! + 2 * picture[i]! + picture[x < last ? i + 1 : i]!;
  }
  for (let i = 0; i < side * side; i++)
    out[i] = (across[i >= side ? i - side : i]! + 2 * across[i]! + across[i < side * last ? i + side : i]!) / 16;
  return out;
}

/** Whether all four edges lie near where they were. */
function isNear([x0, sx, y0, sy]: Placement, side: number): boolean {
  const end = side - 1;
  return [x0, x0 + (sx - 1) * end, y0, y0 + (sy - 1) * end].every((moved) => Math.abs(moved) <= MOST_MOVED * side);
}

/** How alike they are so placed, and the equations of the next step. */
function hold(a: Float64Array, b: Float64Array, samples: Float64Array, [x0, sx, y0, sy]: Placement): Held {
  const side = Math.sqrt(a.length);
  let n = 0;
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  const end = side - 1;
  for (let y = 0; y < side; y++) {
    const v = y0 + y * sy;
    if (v < 0 || v > end) continue;
    const row = Math.min(end - 1, Math.floor(v));
    const down = v - row;
    for (let x = 0; x < side; x++) {
      const u = x0 + x * sx;
      if (u < 0 || u > end) continue;
      const column = Math.min(end - 1, Math.floor(u));
      const along = u - column;
      const at = row * side + column;
      const [p, q, r, s] = [b[at]!, b[at + 1]!, b[at + side]!, b[at + side + 1]!];
      const top = p + (q - p) * along;
      const slopeDown = r + (s - r) * along - top;
      const slopeAlong = (q - p) * (1 - down) + (s - r) * down;
      const [own, value] = [a[y * side + x]!, top + slopeDown * down];
      const to = n * 6;
      samples[to] = slopeAlong;
      samples[to + 1] = slopeAlong * x;
      samples[to + 2] = slopeDown;
      samples[to + 3] = slopeDown * y;
      samples[to + 4] = value;
      samples[to + 5] = own;
      n += 1;
      sumA += own;
      sumB += value;
      sumAA += own * own;
      sumBB += value * value;
      sumAB += own * value;
    }
  }
  const [spreadA, spreadB] = [sumAA - (sumA * sumA) / n, sumBB - (sumB * sumB) / n];
  const together = sumAB - (sumA * sumB) / n;
  const hasBoth = spreadA > 0 && spreadB > 0;
  const gain = hasBoth ? together / spreadB : 0;
  const offset = (sumA - gain * sumB) / n;
  const likeness = hasBoth ? together / Math.sqrt(spreadA * spreadB) : 0;
  return { likeness, ...equations(samples, n, gain, offset) };
}

function equations(samples: Float64Array, n: number, gain: number, offset: number): Omit<Held, 'likeness'> {
  const normal = new Float64Array(UNKNOWNS * UNKNOWNS);
  const right = new Float64Array(UNKNOWNS);
  const row = new Float64Array(UNKNOWNS);
  row[5] = 1;
  for (let k = 0; k < n * 6; k += 6) {
    for (let j = 0; j < 4; j++) row[j] = gain * samples[k + j]!;
    row[4] = samples[k + 4]!;
    const left = samples[k + 5]! - gain * row[4]! - offset;
    for (let j = 0; j < UNKNOWNS; j++) {
      const own = row[j]!;
      right[j]! += own * left;
      for (let l = j; l < UNKNOWNS; l++) normal[j * UNKNOWNS + l]! += own * row[l]!;
    }
  }
  for (let j = 0; j < UNKNOWNS; j++) for (let l = 0; l < j; l++) normal[j * UNKNOWNS + l] = normal[l * UNKNOWNS + j]!;
  return { normal, right };
}

/** Elimination with the largest pivot; undefined where there is no one answer. Writes over its input. */
function solve(m: Float64Array, x: Float64Array): Float64Array | undefined {
  const n = UNKNOWNS;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(m[r * n + i]!) > Math.abs(m[pivot * n + i]!)) pivot = r;
    if (Math.abs(m[pivot * n + i]!) < 1e-9) return undefined;
    for (let c = 0; c < n; c++) [m[i * n + c], m[pivot * n + c]] = [m[pivot * n + c]!, m[i * n + c]!];
    [x[i], x[pivot]] = [x[pivot]!, x[i]!];
    for (let r = i + 1; r < n; r++) {
      const factor = m[r * n + i]! / m[i * n + i]!;
      for (let c = i; c < n; c++) m[r * n + c]! -= factor * m[i * n + c]!;
      x[r]! -= factor * x[i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = i + 1; c < n; c++) x[i]! -= m[i * n + c]! * x[c]!;
    x[i]! /= m[i * n + i]!;
  }
  return x;
}
