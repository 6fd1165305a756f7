// What one row of the op table says about an op: its shape, its meaning in float64, its gradient,
// its ONNX spelling and the samples that the tests walk. The rows are in rows/, one family a file;
// op-table.ts is all of them.
import type { Shape, Value } from './graph.ts';
import type { NdArray } from './nd-array.ts';

/** Attributes of an op: numbers, or lists of axes, sizes and paddings. */
export type Attributes = Readonly<Record<string, number | readonly (number | 'n')[]>>;

type NodeAttributes = Readonly<Record<string, number | string | readonly number[]>>;

/** What a row writes ONNX nodes with. Results are names. */
export type Emitter = {
  /**
   * Whether what ONNX Runtime's CPU provider alone has may be used; see [Note: blocked layout] and
   * [Note: winners].
   */
  readonly blockedLayout: boolean;
  /**
   * Adds a node and returns the name of its one output; the same node asked for again is the same
   * node.
   */
  node(opType: string, inputs: readonly string[], attributes?: NodeAttributes, domain?: string): string;
  /** Adds a node with `outputs` outputs and returns their names. */
  nodeWithOutputs(
    outputs: number,
    opType: string,
    inputs: readonly string[],
    attributes?: NodeAttributes,
  ): readonly string[];
  int64s(values: readonly number[]): string;
  float32(value: number): string;
  /** A constant vector. */
  float32s(values: readonly number[]): string;
};

/**
 * The call of an op that a gradient is asked for.
 * `upstream` is the gradient of the loss with respect to `output`.
 */
export type GradientCall = {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: Attributes;
  readonly upstream: Value;
};

/**
 * One function per input, called only for inputs that a target depends on; it returns the gradient
 * with respect to that input, or something that broadcasts to it. `null`: the result is piecewise
 * constant in that input, so there is none.
 */
export type InputGradients = readonly ((() => Value) | null)[];

/**
 * Arrays to call an op with; the tests fill them from a seeded stream with uniform numbers in [low,
 * high).
 */
export type Sample = {
  readonly inputs: readonly { readonly shape: readonly number[]; readonly low?: number; readonly high?: number }[];
  readonly attributes?: Attributes;
};

/** One row of the op table. */
export type OpRow = {
  /** Shape of the result. Throws when the inputs do not fit. */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;
  /**
   * The op's meaning, written as plainly as possible: the oracle for the ONNX spelling and for the
   * gradient.
   */
  evaluate(inputs: readonly NdArray[], attributes: Attributes, shape: readonly number[]): Float64Array;
  gradient(call: GradientCall): InputGradients;
  /**
   * Writes the op as ONNX nodes; given the names and shapes of the inputs, returns the result's
   * name.
   */
  emit(
    emitter: Emitter,
    inputs: readonly string[],
    attributes: Attributes,
    shapes: { inputs: readonly Shape[]; output: Shape },
  ): string;
  readonly samples: readonly Sample[];
};

/** The number under `name`. Throws when there is none: the op was built past ops.ts. */
export const numberFrom = (attributes: Attributes, name: string): number => {
  const value = attributes[name];
  if (typeof value !== 'number') throw new Error(`Attribute ${name} is missing.`);
  return value;
};

/** The list of numbers under `name`. Throws when there is none. */
export const numbersFrom = (attributes: Attributes, name: string): number[] => {
  const value = attributes[name];
  if (value === undefined || typeof value === 'number') throw new Error(`Attribute ${name} is missing.`);
  return value as number[];
};
