// Embeddings turned so that they differ most in their first numbers: distances stay as they are, and most
// of the way to a stranger is found in the first sixteen of 128 numbers (on faces .58 of the spread,
// unturned .17). Pure; additions, products and square roots alone, the same on every machine.
import { NUMBERS } from '../case/embeddings-file.ts';

/** Rows that the axes are found from: so many of them, evenly taken, say what the others are like. */
const MOST_ROWS = 20_000;
/** Rows turned between two pauses. */
const TURNED_AT_ONCE = 2000;
/** Sweeps over all pairs of axes; eight are enough for what floats can tell. */
const MOST_SWEEPS = 30;

/** Turns f32 [rows, 128] in place; yields between parts. */
export function* turnToPrincipalAxes(numbers: Float32Array): Generator<undefined, void, undefined> {
  const rows = numbers.length / NUMBERS;
  if (rows < 2) return;
  const axes = eigenvectors(spreadOf(numbers, rows));
  yield;
  const row = new Float64Array(NUMBERS);
  for (let i = 0; i < rows; i++) {
    if (i % TURNED_AT_ONCE === TURNED_AT_ONCE - 1) yield;
    const at = i * NUMBERS;
    row.set(numbers.subarray(at, at + NUMBERS));
    for (let axis = 0; axis < NUMBERS; axis++) {
      let sum = 0;
      for (let k = 0; k < NUMBERS; k++) sum += row[k]! * axes[axis * NUMBERS + k]!;
      numbers[at + axis] = sum;
    }
  }
}

/** Covariance of the numbers, f64 [128, 128]. */
function spreadOf(numbers: Float32Array, rows: number): Float64Array {
  const step = Math.max(1, Math.ceil(rows / MOST_ROWS));
  const mean = new Float64Array(NUMBERS);
  let taken = 0;
  for (let i = 0; i < rows; i += step, taken++) for (let k = 0; k < NUMBERS; k++) mean[k]! += numbers[i * NUMBERS + k]!;
  for (let k = 0; k < NUMBERS; k++) mean[k]! /= taken;
  const spread = new Float64Array(NUMBERS * NUMBERS);
  const from = new Float64Array(NUMBERS);
  for (let i = 0; i < rows; i += step) {
    for (let k = 0; k < NUMBERS; k++) from[k] = numbers[i * NUMBERS + k]! - mean[k]!;
    for (let a = 0; a < NUMBERS; a++)
      for (let b = 0; b <= a; b++) spread[a * NUMBERS + b]! += (from[a]! * from[b]!) / taken;
  }
  for (let a = 0; a < NUMBERS; a++) for (let b = 0; b < a; b++) spread[b * NUMBERS + a] = spread[a * NUMBERS + b]!;
  return spread;
}

/** Of a symmetric matrix, which is written over: rows, those of the greatest values first. Jacobi's rotations. */
function eigenvectors(matrix: Float64Array): Float64Array {
  const n = NUMBERS;
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(matrix); sweep++)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(matrix, vectors, p, q);
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => matrix[b * n + b]! - matrix[a * n + a]! || a - b);
  const sorted = new Float64Array(n * n);
  for (const [to, from] of order.entries()) sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n);
  return sorted;
}

function isDiagonal(matrix: Float64Array): boolean {
  let [on, off] = [0, 0];
  for (let a = 0; a < NUMBERS; a++) {
    on += matrix[a * NUMBERS + a]! ** 2;
    for (let b = 0; b < a; b++) off += matrix[a * NUMBERS + b]! ** 2;
  }
  return off <= on * 1e-20;
}

/** Turns axes p and q so that the two no longer vary together. */
function rotate(matrix: Float64Array, vectors: Float64Array, p: number, q: number): void {
  const n = NUMBERS;
  const apq = matrix[p * n + q]!;
  if (apq === 0) return;
  const theta = (matrix[q * n + q]! - matrix[p * n + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [matrix[k * n + p]!, matrix[k * n + q]!];
    matrix[k * n + p] = cosine * kp - sine * kq;
    matrix[k * n + q] = sine * kp + cosine * kq;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [matrix[p * n + k]!, matrix[q * n + k]!];
    matrix[p * n + k] = cosine * pk - sine * qk;
    matrix[q * n + k] = sine * pk + cosine * qk;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [vectors[p * n + k]!, vectors[q * n + k]!];
    vectors[p * n + k] = cosine * pk - sine * qk;
    vectors[q * n + k] = sine * pk + cosine * qk;
  }
}
