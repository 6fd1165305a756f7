// Graph: a network as data. A Value is the result of one op of the op table; shapes are known while
// building, so a wrong layer fails where it is written. The graph is lowered to ONNX by models/onnx
// and differentiated by gradient.ts.
//
//   const graph = new Graph();
//   const x = graph.input('x', ['n', 3, 8, 8]);           // 'n' is the free batch axis
// const w = graph.parameter('conv.weight', weight); // a named tensor that gradients can be taken
//   for
//   const y = relu(conv2d(x, w, { stride: 2 }));           // ops are functions of Values (ops.ts)
//   graph.output('y', y);
import { type Float32Tensor, sizeFromShape } from '../tensor/tensor.ts';
import type { Attributes } from './op-row.ts';
import { type OpName, opTable } from './op-table.ts';

/** One axis: a length, or `'n'`, the batch axis left free. */
export type Dim = number | 'n';
export type Shape = readonly Dim[];

/** What a Value comes from. */
export type Source =
  | { readonly kind: 'input'; readonly name: string; readonly bytes: boolean }
  | { readonly kind: 'parameter'; readonly name: string; readonly tensor: Float32Tensor }
  | { readonly kind: 'constant'; readonly tensor: Float32Tensor }
  | { readonly kind: 'op'; readonly op: OpName; readonly inputs: readonly Value[]; readonly attributes: Attributes };

/** A float32 array that the graph computes or is given. */
export type Value = {
  readonly graph: Graph;
  /**
   * Position in the graph: every input of a Value has a smaller one, so ids are an order of
   * evaluation.
   */
  readonly id: number;
  readonly shape: Shape;
  readonly source: Source;
};

/** A network under construction. Values of different graphs do not mix. */
export class Graph {
  readonly values: Value[] = [];
  readonly inputs = new Map<string, Value>();
  readonly parameters = new Map<string, Value>();
  readonly outputs = new Map<string, Value>();

  /** An array given at each run. `bytes`: it is given as uint8, and is its numbers as float32. */
  input(name: string, shape: Shape, { bytes = false } = {}): Value {
    if (this.inputs.has(name)) throw new Error(`The graph already has an input ${name}.`);
    const value = this.#add(shape, { kind: 'input', name, bytes });
    this.inputs.set(name, value);
    return value;
  }

  /** A named weight. Asking again for the same name gives the same Value. */
  parameter(name: string, tensor: Float32Tensor): Value {
    const known = this.parameters.get(name);
    if (known) return known;
    const value = this.#add(tensor.shape, { kind: 'parameter', name, tensor });
    this.parameters.set(name, value);
    return value;
  }

  /** A tensor that is part of the network itself. */
  constant(tensor: Float32Tensor): Value {
    return this.#add(tensor.shape, { kind: 'constant', tensor });
  }

  /** A scalar constant, shape []. */
  scalar(value: number): Value {
    return this.constant({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
  }

  /** A constant of zeros. */
  zeros(shape: readonly number[]): Value {
    return this.constant({ dtype: 'float32', shape, data: new Float32Array(sizeFromShape(shape)) });
  }

  /** Applies one op of the table; its shape rule throws when the inputs do not fit. */
  apply(op: OpName, inputs: readonly Value[], attributes: Attributes = {}): Value {
    if (inputs.some((input) => input.graph !== this)) throw new Error(`${op}: an input belongs to another graph.`);
    const shape = opTable[op].shape(
      inputs.map((input) => input.shape),
      attributes,
    );
    return this.#add(shape, { kind: 'op', op, inputs, attributes });
  }

  /** Names a result that runs can fetch. */
  output(name: string, value: Value): Value {
    if (this.outputs.has(name)) throw new Error(`The graph already has an output ${name}.`);
    this.outputs.set(name, value);
    return value;
  }

  #add(shape: Shape, source: Source): Value {
    const value = { graph: this, id: this.values.length, shape, source };
    this.values.push(value);
    return value;
  }
}

/** The Values that `results` need, in order of evaluation. */
export function neededFor(results: Iterable<Value>): Value[] {
  const needed = new Set<Value>();
  const stack = [...results];
  for (let value = stack.pop(); value; value = stack.pop()) {
    if (needed.has(value)) continue;
    needed.add(value);
    if (value.source.kind === 'op') stack.push(...value.source.inputs);
  }
  return [...needed].sort((a, b) => a.id - b.id);
}
