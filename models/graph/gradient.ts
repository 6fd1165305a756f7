// Reverse mode: the gradient of a loss as more Values of the same graph. One walk back over the ops
// between the loss and the targets; each op's rule is its row of the op table. Frozen weights are
// simply not among the targets: what only they need is never visited.
//
//   const [dw] = gradient(loss, [w]);
//   graph.output('gradient/conv.weight', dw);
import { neededFor, type Shape, type Value } from './graph.ts';
import type { InputGradients } from './op-row.ts';
import { opTable } from './op-table.ts';
import * as op from './ops.ts';
import { wordsFromShape } from './shapes.ts';

/**
 * Gradients of the scalar `loss` with respect to `targets`, in their order and of their shapes;
 * zeros where the loss does not depend on a target. Throws when the loss is no scalar.
 */
export function gradient(loss: Value, targets: readonly Value[]): Value[] {
  if (loss.shape.length !== 0)
    throw new Error(`gradient: a scalar loss was expected, found ${wordsFromShape(loss.shape)}.`);
  const between = dependingOn(new Set(targets), neededFor([loss]));
  const contributions = new Map<Value, Value[]>([[loss, [loss.graph.scalar(1)]]]);
  const found = new Map<Value, Value>();
  for (const value of [...between].sort((a, b) => b.id - a.id)) {
    const upstream = sumOf(contributions.get(value) ?? [], value.shape);
    contributions.delete(value);
    if (!upstream) continue;
    if (targets.includes(value)) found.set(value, upstream);
    for (const [input, contribution] of contributionsOf(value, upstream, between))
      contributions.set(input, [...(contributions.get(input) ?? []), contribution]);
  }
  return targets.map((target) => found.get(target) ?? zerosOf(target));
}

/** The Values among `candidates` (in order of evaluation) that a target reaches. */
function dependingOn(targets: ReadonlySet<Value>, candidates: readonly Value[]): Set<Value> {
  const found = new Set<Value>();
  for (const value of candidates) {
    const { source } = value;
    if (targets.has(value) || (source.kind === 'op' && source.inputs.some((input) => found.has(input))))
      found.add(value);
  }
  return found;
}

/** What `value` passes back to each of its inputs that a target reaches. */
function contributionsOf(output: Value, upstream: Value, between: ReadonlySet<Value>): [Value, Value][] {
  const { source } = output;
  if (source.kind !== 'op') return [];
  const { inputs, attributes } = source;
  const rules: InputGradients = opTable[source.op].gradient({ inputs, output, attributes, upstream });
  return inputs.flatMap((input, i): [Value, Value][] => {
    const rule = between.has(input) ? rules[i] : null;
    return rule ? [[input, rule()]] : [];
  });
}

/**
 * Sum of contributions, of `shape`. A contribution may be smaller and broadcast to it: the small
 * ones are added first, so that the large arrays are passed over as seldom as can be.
 */
function sumOf(contributions: readonly Value[], shape: Shape): Value | undefined {
  const axes = (value: Value): number => value.shape.filter((dim) => dim !== 1).length;
  const [first, ...rest] = [...contributions].sort((a, b) => axes(a) - axes(b));
  if (!first) return undefined;
  const sum = rest.reduce((total, one) => op.add(total, one), first);
  return sum.shape.join() === shape.join() ? sum : op.expand(sum, shape);
}

const zerosOf = ({ graph, shape }: Value): Value => graph.zeros(shape as number[]);
