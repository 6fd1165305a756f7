// Half-precision and integer tensors as float32, the one type the network computes in. Widening is
// exact for 16-bit floats.
import { type Float32Tensor, float32Tensor, type Tensor } from '../tensor/tensor.ts';

/** IEEE 754 half-precision pattern as a number. */
export function numberFromFloat16(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 0x1f;
  const fraction = pattern & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 pattern as a number: the upper half of a float32. */
export const numberFromBfloat16 = (pattern: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, pattern << 16);
  return view.getFloat32(0);
};

/**
 * Any tensor as float32; float64 and 64-bit integers are rounded. A float32 tensor is returned as
 * it is.
 */
export function widenToFloat32(tensor: Tensor): Float32Tensor {
  const { dtype, shape, data } = tensor;
  if (dtype === 'float32') return float32Tensor(shape, data as Float32Array);
  const convert = dtype === 'float16' ? numberFromFloat16 : dtype === 'bfloat16' ? numberFromBfloat16 : Number;
  const wide = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) wide[i] = convert(data[i] as number);
  return float32Tensor(shape, wide);
}
