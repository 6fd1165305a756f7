// The plain meaning of a graph in float64, op by op: the oracle for gradients and for the ONNX
// spelling. Tests only; a network is run by ONNX Runtime.
import { neededFor, type Value } from './graph.ts';
import type { NdArray } from './nd-array.ts';
import type { OpRow } from './op-row.ts';
import { type OpName, opTable } from './op-table.ts';

/** Other spellings of what ops mean, for graphs that are too large for the plain one. */
export type Meanings = Partial<Record<OpName, OpRow['evaluate']>>;

/** Values of `results`, given the inputs by name; a free axis is as long as that of the inputs. */
export function evaluate(
  results: readonly Value[],
  inputs: ReadonlyMap<string, NdArray>,
  quick: Meanings = {},
): NdArray[] {
  const known = new Map<Value, NdArray>();
  for (const value of neededFor(results)) known.set(value, arrayOf(value, inputs, known, quick));
  return results.map((result) => known.get(result)!);
}

const freeLength = (inputs: ReadonlyMap<string, NdArray>): number => inputs.values().next().value!.shape[0]!;

function arrayOf(
  { source, shape }: Value,
  inputs: ReadonlyMap<string, NdArray>,
  known: ReadonlyMap<Value, NdArray>,
  quick: Meanings,
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
      const sizes = shape.map((dim) => (dim === 'n' ? freeLength(inputs) : dim));
      return {
        shape: sizes,
        data: (quick[source.op] ?? opTable[source.op].evaluate)(arrays, source.attributes, sizes),
      };
    }
  }
}
