// How much arithmetic a graph is: what its convolutions and matrix products multiply and add, from
// their shapes.
import { type Graph, neededFor, type Value } from '../models/graph/graph.ts';

const size = (dims: readonly unknown[]): number => dims.reduce<number>((product, dim) => product * Number(dim), 1);
const fixed = (value: Value): number[] => value.shape.map((dim) => (dim === 'n' ? 1 : dim));

/** Multiply-adds of one op times two; 0 for everything that is not a product. */
function flopOf(value: Value): number {
  const { source } = value;
  if (source.kind !== 'op') return 0;
  const out = size(fixed(value));
  if (source.op === 'conv2d') return 2 * out * size(fixed(source.inputs[1]!).slice(1));
  if (source.op === 'matmul') return 2 * out * fixed(source.inputs[0]!).at(-1)!;
  return 0;
}

/** Floating-point operations of one picture. */
export const flopPerPicture = (graph: Graph): number =>
  neededFor(graph.outputs.values()).reduce((sum, value) => sum + flopOf(value), 0);
