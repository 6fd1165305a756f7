// From a family's facts (names, shapes, where its trainer puts them, how its head is read) to what
// the workstation asks of a family. Strict: every tensor of the state dict is known by name and
// shape, or the file is refused with the names that are not. Nothing is loaded "as far as it fits".
import { CheckpointError } from '../checkpoint/checkpoint-error.ts';
import { type PickleValue, type TensorRef, tensorRefFrom } from '../checkpoint/pickle-reader.ts';
import type { PyTorchFile } from '../checkpoint/pytorch-file.ts';
import { widenToFloat32 } from '../checkpoint/widen.ts';
import { Graph, type Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { Weights } from '../nn/layers.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { type Float32Tensor, float32Tensor, lazyTensor, type Tensor } from '../tensor/tensor.ts';
import { type DetectorFamily, FAMILY_INPUT, FAMILY_OUTPUTS, type FamilyWeights } from './family.ts';

/** Tensors of published files that the network does not read, said to whoever imports one. */
export type Unused = { readonly prefix: string; readonly matches: RegExp };

/** What is known of a family from its authors' code. */
export type FamilyFacts = Omit<DetectorFamily, 'read' | 'graph'> & {
  /** A name that this family alone has: by it the state dict is found in a file. */
  anchor: string;
  /** Every tensor that the network reads, as the file names it. */
  keys: readonly KeyShape[];
  unused: readonly Unused[];
  /** Under which name the trainer keeps the state dict; '' is the file itself. */
  places: readonly string[];
  /** The trainer used DataParallel at times: one `module.` may stand before every name. */
  parallel: boolean;
  /** Turns the file's tensors into the network's, where they differ. */
  fold?: (tensors: ReadonlyMap<string, Float32Tensor>) => ReadonlyMap<string, Float32Tensor>;
  /** The network up to its classifier: what it sees [n, f], and the prefix of the Linear itself. */
  features: (graph: Graph, weights: Weights, x: Value) => { features: Value; head: string };
};

export function publishedFamily(facts: FamilyFacts): DetectorFamily {
  const { id, name, geometry, forged, licence } = facts;
  return {
    ...{ id, name, geometry, forged, licence },
    read: (file) => readFamily(facts, file),
    graph: ({ tensors }, fed) => familyGraph(facts, tensors, fed),
  };
}

type Place = { dict: ReadonlyMap<string, PickleValue>; at: string; prefix: string };

function readFamily(facts: FamilyFacts, file: PyTorchFile): FamilyWeights | undefined {
  const place = placeOf(facts, file.root);
  if (!place) return undefined;
  expectKnownPlace(facts, place);
  const { refs, dropped } = divide(facts, place);
  matchExactly(facts, refs);
  const tensors = new Map([...refs].map(([name, ref]) => [name, lazilyRead(file, ref)]));
  const head = facts.keys.find(({ shape, name }) => shape.length === 2 && name.endsWith('.weight') && shape[0]! <= 2)!;
  return {
    numClasses: head.shape[0] as 1 | 2,
    tensors: facts.fold ? facts.fold(tensors) : tensors,
    dropped,
    remarks: remarksOn(place, refs),
  };
}

/** Where the anchor stands behind any prefix, at most two dictionaries deep. */
function placeOf({ anchor }: FamilyFacts, root: PickleValue): Place | undefined {
  if (!(root instanceof Map)) return undefined;
  const inside = [...root].filter((entry): entry is [string, Map<string, PickleValue>] => entry[1] instanceof Map);
  for (const [at, dict] of [['', root] as const, ...inside]) {
    const key = [...dict.keys()].find((one) => one === anchor || one.endsWith(`.${anchor}`));
    if (key && tensorRefFrom(dict.get(key))) return { dict, at, prefix: key.slice(0, -anchor.length) };
  }
  return undefined;
}

function expectKnownPlace({ name, places, parallel }: FamilyFacts, { at, prefix }: Place): void {
  if (!places.includes(at))
    throw new CheckpointError(
      'mismatch',
      `The tensors of ${name} lie under "${at}" in this file; in those of its authors they lie ${places.map((one) => (one === '' ? 'in the file itself' : `under "${one}"`)).join(' or ')}.`,
    );
  if (prefix === '' || (parallel && prefix === 'module.')) return;
  throw new CheckpointError(
    'mismatch',
    `The tensors of ${name} stand behind the prefix "${prefix}" in this file. ${parallel ? 'Only one "module." is known before them' : 'Nothing stands before them in the published file'}: whatever wrapped them is not known here.`,
  );
}

function divide({ unused }: FamilyFacts, { dict, prefix }: Place) {
  const refs = new Map<string, TensorRef>();
  const counts = new Map<string, number>();
  for (const [key, value] of dict) {
    const ref = tensorRefFrom(value);
    if (!ref) continue;
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : `(without ${prefix}) ${key}`;
    const known = unused.find(({ matches }) => matches.test(name));
    if (known) counts.set(known.prefix, (counts.get(known.prefix) ?? 0) + 1);
    else refs.set(name, ref);
  }
  return { refs, dropped: [...counts].map(([one, count]) => ({ prefix: one, count })) };
}

/** What BatchNorm counted is used nowhere, and older files lack it. */
const isCounter = (name: string): boolean => name.endsWith('.num_batches_tracked');

function matchExactly({ name, keys }: FamilyFacts, refs: ReadonlyMap<string, TensorRef>): void {
  const known = new Map(keys.map((key) => [key.name, key]));
  const missing = keys.filter((key) => !refs.has(key.name) && !isCounter(key.name)).map((key) => key.name);
  const unexpected = [...refs.keys()].filter((one) => !known.has(one));
  const wrong = [...refs].flatMap(([one, { shape }]) => {
    const expected = known.get(one)?.shape;
    return expected && expected.join() !== shape.join() ? [`${one} [${shape}] instead of [${expected}]`] : [];
  });
  if (missing.length + unexpected.length + wrong.length === 0) return;
  const said = [list('missing', missing), list('unexpected', unexpected), list('wrong shape', wrong)].join('');
  throw new CheckpointError('mismatch', `The tensors are not exactly those of ${name}.${said}`);
}

const list = (title: string, names: readonly string[]): string =>
  names.length === 0
    ? ''
    : ` ${title} (${names.length}): ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', ...' : ''}`;

/** Read when it is looked at: a view of the file, or half precision widened. */
const lazilyRead = (file: PyTorchFile, ref: TensorRef): Float32Tensor =>
  lazyTensor(ref.shape, () => widenToFloat32(file.tensor(ref) as Tensor).data);

function remarksOn({ at, prefix }: Place, refs: ReadonlyMap<string, TensorRef>): string[] {
  const half = [...refs.values()].some(({ storage }) => /^(Half|BFloat16)Storage$/.test(storage.type));
  return [
    ...(at === '' ? [] : [`The tensors are those under ${at}.`]),
    ...(prefix === '' ? [] : [`The prefix ${prefix} was taken off their names.`]),
    ...(half ? ['Stored in half precision; widened exactly to float32.'] : []),
  ];
}

function familyGraph(
  facts: FamilyFacts,
  tensors: ReadonlyMap<string, Float32Tensor>,
  { inputPx, forged }: { inputPx: number; forged: 0 | 1 },
): Graph {
  if (inputPx !== facts.geometry.inputPx)
    throw new CheckpointError('mismatch', `${facts.name} is built for ${facts.geometry.inputPx} px, not ${inputPx}.`);
  const graph = new Graph();
  const weights: Weights = (name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The network asks for ${name}, which the strict match let pass as absent.`);
    return tensor;
  };
  const x = graph.input(FAMILY_INPUT, ['n', 3, inputPx, inputPx]);
  const { features, head } = facts.features(graph, weights, x);
  const row = forgedRow(weights(`${head}.weight`), weights(`${head}.bias`), forged);
  const logit = op.add(op.matmul(features, graph.constant(row.weight)), graph.constant(row.bias));
  graph.output(FAMILY_OUTPUTS.logit, op.reshape(logit, ['n']));
  graph.output(FAMILY_OUTPUTS.features, features);
  return graph;
}

/**
 * A classifier of one or two rows as the one row that speaks for forged. Two fold exactly:
 * softmax(l)[forged] = sigmoid(l[forged] - l[genuine]).
 */
function forgedRow({ shape, data }: Float32Tensor, bias: Float32Tensor, forged: 0 | 1) {
  const [classes, size] = shape as [number, number];
  const offsets = bias.data;
  const sign = forged === 1 ? 1 : -1;
  const weightAt = (i: number): number => (classes === 1 ? data[i]! : data[size + i]! - data[i]!);
  const offset = classes === 1 ? offsets[0]! : offsets[1]! - offsets[0]!;
  return {
    weight: float32Tensor(
      [size, 1],
      Float32Array.from({ length: size }, (_, i) => sign * weightAt(i)),
    ),
    bias: float32Tensor([1], Float32Array.of(sign * offset)),
  };
}
