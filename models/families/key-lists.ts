// Parts of the families' lists of tensors.
import type { KeyShape } from '../recce/key-shape.ts';
import { batchNorm } from '../recce/keys.ts';

/** One tensor of floats under its whole name. */
export const tensor = (name: string, ...shape: number[]): KeyShape => ({ name, shape, dtype: 'float32' });

/** Weight and bias of a layer from `from` to `to` channels, with what follows the channels. */
export const layer = (name: string, to: number, ...from: number[]): KeyShape[] => [
  tensor(`${name}.weight`, to, ...from),
  tensor(`${name}.bias`, to),
];

/** Weight and bias of a LayerNorm. */
export const norm = (name: string, width: number): KeyShape[] => [
  tensor(`${name}.weight`, width),
  tensor(`${name}.bias`, width),
];

/** A convolution without bias and the BatchNorm2d behind it. */
export const convNorm = (name: string, bnName: string, to: number, ...from: number[]): KeyShape[] => [
  tensor(`${name}.weight`, to, ...from),
  ...batchNorm(bnName, to),
];
