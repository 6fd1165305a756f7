// One log likelihood ratio of several logits: linear logistic regression (Brümmer et al. 2007, as in
// the FoCal tools), both classes weighing the same, a source with many faces no more than another.
// Pure; natural logarithms.

/** A labelled face's logits by each part, with its weight. */
export type FusionPoint = { logits: readonly number[]; label: 0 | 1; weight: number };
/** See `fusedLogit`. */
export type Fusion = { intercept: number; parts: { weight: number }[] };

/** Pull towards nought: it matters only where the classes part without a single error. */
const RIDGE = 1e-4;

/**
 * Newton's method on the parts' logits, each brought to mean 0 and deviation 1 first, so that the
 * pull is the same whatever scale a network answers in. Throws RangeError where a class is missing,
 * or a part answers every face the same.
 */
export function fitFusion(points: readonly FusionPoint[]): Fusion {
  const total = [0, 1].map((label) => points.reduce((sum, p) => sum + (p.label === label ? p.weight : 0), 0));
  if (!total[0] || !total[1]) throw new RangeError('A fusion needs genuine and forged faces.');
  const shares = points.map(({ label, weight }) => weight / (2 * total[label]!));
  const scales = points[0]!.logits.map((_, k) =>
    scaleOf(
      points.map(({ logits }) => logits[k]!),
      shares,
    ),
  );
  const rows = points.map(({ logits }) => [1, ...logits.map((one, k) => (one - scales[k]!.mean) / scales[k]!.std)]);
  const size = rows[0]!.length;
  const at = new Float64Array(size);
  for (let step = 0; step < 100; step++) {
    const gradient = Float64Array.from(at, (value) => RIDGE * value);
    const hessian = Array.from({ length: size }, (_, i) => Float64Array.from(at, (_, j) => (i === j ? RIDGE : 0)));
    rows.forEach((row, n) => {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, x, i) => sum + x * at[i]!, 0)));
      const [residual, curvature] = [shares[n]! * (p - points[n]!.label), shares[n]! * p * (1 - p)];
      for (let i = 0; i < size; i++) {
        gradient[i]! += residual * row[i]!;
        for (let j = 0; j < size; j++) hessian[i]![j]! += curvature * row[i]! * row[j]!;
      }
    });
    const move = solve(hessian, gradient);
    const longest = move.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    // Half a step at most 4 units long: the first steps of Newton's method can overshoot.
    const damp = Math.min(1, 4 / Math.max(longest, 1e-12));
    for (let i = 0; i < size; i++) at[i]! -= damp * move[i]!;
    if (longest < 1e-10) break;
  }
  const weights = scales.map(({ std }, k) => at[k + 1]! / std);
  const intercept = weights.reduce((sum, weight, k) => sum - weight * scales[k]!.mean, at[0]!);
  return { intercept, parts: weights.map((weight) => ({ weight })) };
}

/** `shares` add up to 1. */
function scaleOf(values: readonly number[], shares: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value, n) => sum + shares[n]! * value, 0);
  const std = Math.sqrt(values.reduce((sum, value, n) => sum + shares[n]! * (value - mean) ** 2, 0));
  if (values.every((value) => value === values[0]))
    throw new RangeError('A part answers every face the same: there is nothing to fuse.');
  return { mean, std };
}

/** Gaussian elimination with pivots; `a` is symmetric and positive definite, and is used up. */
function solve(a: Float64Array[], b: Float64Array): Float64Array {
  const size = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let j = i + 1; j < size; j++) if (Math.abs(a[j]![i]!) > Math.abs(a[pivot]![i]!)) pivot = j;
    [a[i], a[pivot]] = [a[pivot]!, a[i]!];
    [x[i], x[pivot]] = [x[pivot]!, x[i]!];
    for (let j = i + 1; j < size; j++) {
      const factor = a[j]![i]! / a[i]![i]!;
      for (let k = i; k < size; k++) a[j]![k]! -= factor * a[i]![k]!;
      x[j]! -= factor * x[i]!;
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= a[i]![k]! * x[k]!;
    x[i]! /= a[i]![i]!;
  }
  return x;
}
