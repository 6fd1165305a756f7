// Tensor: an element type, a shape and the numbers, row by row (the last axis runs fastest, as in
// PyTorch and NumPy). Used everywhere in models/; holds no references to files, devices or
// runtimes.

/**
 * Element types, with the names of NumPy. float16 and bfloat16 are kept as their 16-bit patterns.
 */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** The typed array that holds each element type. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** A dense array. `data.length` is the product of `shape` (1 for a scalar, shape []). */
export type Tensor = { readonly dtype: DType; readonly shape: readonly number[]; readonly data: TensorData };

/** A tensor of 32-bit floats, the type of every weight and activation. */
export type Float32Tensor = {
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  readonly data: Float32Array;
};

/** Bytes of one element. */
export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = {
  float64: 8,
  int64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  bfloat16: 2,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** Number of elements of a shape; 1 for a scalar. */
export const sizeFromShape = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);

/** A float32 tensor over `data`. Throws RangeError when the length is not that of the shape. */
export function float32Tensor(shape: readonly number[], data: Float32Array): Float32Tensor {
  if (data.length !== sizeFromShape(shape))
    throw new RangeError(
      `Shape [${shape.join(', ')}] holds ${sizeFromShape(shape)} elements, the data ${data.length}.`,
    );
  return { dtype: 'float32', shape, data };
}

/**
 * A float32 tensor whose numbers are made whenever they are asked for, and kept by nobody: for
 * weights of a gigabyte that are each looked at once. `make` gives as many as the shape holds.
 */
export const lazyTensor = (shape: readonly number[], make: () => Float32Array): Float32Tensor => ({
  dtype: 'float32',
  shape,
  get data() {
    return float32Tensor(shape, make()).data;
  },
});

/** Distance in elements between neighbours along each axis of a dense tensor. */
export function stridesFromShape(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}
