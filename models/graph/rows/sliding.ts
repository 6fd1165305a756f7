// How the windows of convolution and pooling slide: shared by their rows, their ONNX spelling and
// ops.ts.
import { type Attributes, numberFrom, numbersFrom } from '../op-row.ts';

/** Step, groups and zero padding in pixels. */
export type Sliding = {
  readonly stride: number;
  readonly groups: number;
  /** [top, left, bottom, right], the order of ONNX. */
  readonly pads: readonly [number, number, number, number];
};

/** A square pooling window. */
export type Pool = { readonly kernel: number; readonly stride: number; readonly pads: readonly number[] };

/** Attributes stride, groups and pads of a row. */
export const slidingFrom = (attributes: Attributes): Sliding => ({
  stride: numberFrom(attributes, 'stride'),
  groups: numberFrom(attributes, 'groups'),
  pads: numbersFrom(attributes, 'pads') as [number, number, number, number],
});
