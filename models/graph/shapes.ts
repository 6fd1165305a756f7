// Shape arithmetic with a free batch axis. The shape rules of the op table are made of these.
import type { Dim, Shape } from './graph.ts';

/** `[n, 3, 8, 8]` */
export const wordsFromShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** The length of an axis that must be known; throws when it is the batch axis. */
export function lengthFrom(dim: Dim | undefined, what: string): number {
  if (typeof dim !== 'number') throw new Error(`${what}: a known length was expected, found ${dim ?? 'no such axis'}.`);
  return dim;
}

/** Shape of an element-wise op under NumPy's broadcasting. Throws when the shapes do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new Error(`Shapes ${wordsFromShape(a)} and ${wordsFromShape(b)} do not broadcast.`);
  });
}

/** An axis counted from the end when negative, as 0..rank-1. */
export function axisFrom(axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (found < 0 || found >= rank) throw new Error(`Axis ${axis} is outside a shape of rank ${rank}.`);
  return found;
}

/** Output length of a sliding window: floor((size + padding - kernel) / stride) + 1. */
export function windowLength(size: number, kernel: number, stride: number, before: number, after: number): number {
  const length = Math.floor((size + before + after - kernel) / stride) + 1;
  if (length < 1) throw new Error(`A window of ${kernel} does not fit into ${size} + ${before + after}.`);
  return length;
}

/**
 * `shape` with one `-1` free: that axis takes what is left of the elements of `from`. The batch
 * axis must stay.
 */
export function resolveReshape(from: Shape, to: readonly (Dim | -1)[]): Shape {
  const count = (shape: readonly (Dim | -1)[]) =>
    shape.reduce<number>((size, dim) => (typeof dim === 'number' && dim >= 0 ? size * dim : size), 1);
  const known = count(to);
  const total = count(from);
  const resolved = to.map((dim) => (dim === -1 ? total / known : dim));
  const batches = (shape: Shape) => shape.filter((dim) => dim === 'n').length;
  if (batches(from) !== batches(resolved as Shape) || count(resolved) !== total)
    throw new Error(`${wordsFromShape(from)} cannot be reshaped to ${wordsFromShape(to as Shape)}.`);
  return resolved as Shape;
}
