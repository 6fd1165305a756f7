// NdArray: float64 numbers with a shape, for the plain meaning of every op (the `evaluate` column).
// Slow and simple on purpose: it is what the fast spellings are checked against.
import { sizeFromShape, stridesFromShape } from '../tensor/tensor.ts';

/** A dense array; the last axis runs fastest. */
export type NdArray = { readonly shape: readonly number[]; readonly data: Float64Array };

/**
 * Array of `shape` whose element at each place is `element(place)`. The place is reused between
 * calls.
 */
export function fillArray(shape: readonly number[], element: (place: readonly number[]) => number): Float64Array {
  const data = new Float64Array(sizeFromShape(shape));
  forEachPlace(shape, (place, at) => {
    data[at] = element(place);
  });
  return data;
}

/**
 * Calls `visit` for every place of `shape` in order, with its position in the data. The place is
 * reused between calls.
 */
export function forEachPlace(shape: readonly number[], visit: (place: readonly number[], at: number) => void): void {
  const place = new Array<number>(shape.length).fill(0);
  const size = sizeFromShape(shape);
  for (let at = 0; at < size; at++) {
    visit(place, at);
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis]! === shape[axis]; axis--) place[axis] = 0;
  }
}

/** Reads an array at places of its own rank. */
export function readerOf({ shape, data }: NdArray): (place: readonly number[]) => number {
  const strides = stridesFromShape(shape);
  return (place) => data[strides.reduce((at, stride, axis) => at + stride * place[axis]!, 0)]!;
}

/**
 * Reads an array at places of a shape it broadcasts to: axes of length 1 are repeated, leading axes
 * ignored.
 */
export function broadcastReaderOf(array: NdArray, rank: number): (place: readonly number[]) => number {
  const skipped = rank - array.shape.length;
  const strides = stridesFromShape(array.shape).map((stride, axis) => (array.shape[axis] === 1 ? 0 : stride));
  return (place) => array.data[strides.reduce((at, stride, axis) => at + stride * place[axis + skipped]!, 0)]!;
}
