// The plain meaning of a graph in float64, op by op: the oracle for gradients and for the ONNX
// spelling. Tests only; a network is run by ONNX Runtime.
import { neededFor, type Value } from './graph.ts';
import type { NdArray } from './nd-array.ts';
import { opTable } from './op-table.ts';

/** Values of `results`, given the inputs by name. Shapes must have no free axis. */
export function evaluate(results: readonly Value[], inputs: ReadonlyMap<string, NdArray>): NdArray[] {
  const known = new Map<Value, NdArray>();
  for (const value of neededFor(results)) known.set(value, arrayOf(value, inputs, known));
  return results.map((result) => known.get(result)!);
}

function arrayOf(
  { source, shape }: Value,
  inputs: ReadonlyMap<string, NdArray>,
  known: ReadonlyMap<Value, NdArray>,
): NdArray {
  switch (source.kind) {
    case 'input': {
      const given = inputs.get(source.name);
      if (!given) throw new Error(`Input ${source.name} was not given.`);
      return given;
    }
    case 'parameter':
    case 'constant':
      return { shape: source.tensor.shape, data: Float64Array.from(source.tensor.data) };
    case 'op': {
      const arrays = source.inputs.map((input) => known.get(input)!);
      const sizes = shape as readonly number[];
      return { shape: sizes, data: opTable[source.op].evaluate(arrays, source.attributes, sizes) };
    }
  }
}
