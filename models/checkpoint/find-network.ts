// Where in a file the network's tensors are. Trainers put the state dict under names of their own
// and give it prefixes; what tells it is a tensor that only this network has.
import { CheckpointError } from './checkpoint-error.ts';
import { isOpaque, type PickleDict, type PickleValue, type TensorRef, tensorRefFrom } from './pickle-reader.ts';
import type { PyTorchFile } from './pytorch-file.ts';
import type { Layout } from './recce-checkpoint.ts';

/** Tensors of the file by the network's own names. */
export type Refs = ReadonlyMap<string, TensorRef>;
export type FoundNetwork = {
  readonly refs: Refs;
  readonly layout: Layout;
  /** Tensors of the same dictionary that are not the network's, by how their names begin. */
  readonly dropped: readonly { prefix: string; count: number }[];
  readonly remarks: readonly string[];
};

/** Of the tensors that RECCE alone has, the one that tells its width. */
const ANCHOR = 'encoder.block4.rep.1.pointwise.weight';
/** A state dict lies at most this deep: `{model: {state_dict: {...}}}`. */
const DEEPEST = 3;
/** What wraps a network without being another one: DistributedDataParallel, torch.compile. */
const WRAPPER = /^(module\.|_orig_mod\.)+/;
/** Counters that profilers leave beside every layer. */
const PROFILED = /(^|\.)total_(ops|params)$/;

type Place = { path: readonly string[]; dict: PickleDict; prefix: string };

/**
 * Throws CheckpointError with the names that were found where the network is in no place, or twice
 * in one.
 */
export function findNetwork(file: PyTorchFile): FoundNetwork {
  const places = placesOf(file.root, []);
  const place = preferred(places);
  if (!place) throw new CheckpointError('mismatch', complaint(file.root));
  const same = places.filter(({ dict }) => dict === place.dict);
  if (same.length > 1)
    throw new CheckpointError(
      'mismatch',
      `The file holds the network ${same.length} times side by side, under ${listed(same.map((one) => `${one.prefix}*`))}. Save the one that is meant.`,
    );
  const { refs, rest } = divide(place);
  return {
    refs,
    layout: layoutOf(place, rest),
    dropped: droppedFrom(rest),
    remarks: [...remarksOnPlace(place, places), ...trainersFigures(file.root)],
  };
}

/** Every dictionary that holds the anchor, once for each prefix it stands behind. */
function placesOf(value: PickleValue, path: readonly string[]): Place[] {
  if (!(value instanceof Map)) return [];
  const here = [...value.keys()]
    .filter((key) => (key === ANCHOR || key.endsWith(`.${ANCHOR}`)) && tensorRefFrom(value.get(key)))
    .map((key) => ({ path, dict: value, prefix: key.slice(0, -ANCHOR.length) }));
  if (here.length > 0 || path.length === DEEPEST) return here;
  return [...value].flatMap(([key, inner]) => placesOf(inner, [...path, key]));
}

/** The paper's own name first, then others; averaged weights where there are no others. */
function preferred(places: readonly Place[]): Place | undefined {
  const rank = ({ path }: Place): number => {
    const name = path.join('.').toLowerCase();
    return (
      (/ema|average|swa|teacher/.test(name) ? 4 : 0) + (path[0] === 'model' ? 0 : path[0] === 'state_dict' ? 1 : 2)
    );
  };
  return [...places].sort((a, b) => rank(a) - rank(b))[0];
}

function divide({ dict, prefix }: Place): { refs: Map<string, TensorRef>; rest: string[] } {
  const refs = new Map<string, TensorRef>();
  const rest: string[] = [];
  for (const [key, value] of dict) {
    const ref = tensorRefFrom(value);
    if (!ref) continue;
    if (key.startsWith(prefix) && !PROFILED.test(key)) refs.set(key.slice(prefix.length), ref);
    else rest.push(key);
  }
  return { refs, rest };
}

/**
 * DeepfakeBench's detector holds the network as
 * `model` and beside it the Xception it never uses as `backbone`; a network that is merely an
 * attribute of another module could be anybody's.
 */
function layoutOf({ path, prefix }: Place, rest: readonly string[]): Layout {
  const bare = prefix.replace(WRAPPER, '');
  const outer = prefix.slice(0, prefix.length - bare.length);
  if (bare === 'model.' && rest.some((name) => name.startsWith(`${outer}backbone.`))) return 'deepfakebench';
  if (bare.replace(/_orig_mod\.|module\./g, '') !== '') return 'wrapped';
  if (path.length > 0) return 'trainer';
  return prefix.includes('module.') ? 'ddp' : 'bare';
}

function droppedFrom(rest: readonly string[]): { prefix: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const name of rest) {
    const beginning = PROFILED.test(name)
      ? (name.split('.').at(-1) ?? name)
      : `${name.replace(WRAPPER, '').split('.')[0]}.`;
    counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
  }
  return [...counts].slice(0, 50).map(([prefix, count]) => ({ prefix: prefix.slice(0, 100), count }));
}

function remarksOnPlace({ path, prefix }: Place, places: readonly Place[]): string[] {
  const others = [...new Set(places.map((one) => one.path.join('.')))].filter((name) => name !== path.join('.'));
  const usual = path.length === 0 || (path.length === 1 && path[0] === 'model');
  return [
    ...(usual ? [] : [`The tensors are those under ${short(path.join('.'))}.`]),
    ...(prefix === '' || prefix === 'module.' ? [] : [`The prefix ${short(prefix)} was taken off their names.`]),
    ...(others.length === 0
      ? []
      : [`The file holds other weights of the network too, which were left aside: ${listed(others)}.`]),
  ];
}

const FIGURES = ['step', 'epoch', 'best_step', 'best_metric', 'eval_metric'];

function trainersFigures(root: PickleValue): string[] {
  if (!(root instanceof Map)) return [];
  const said = FIGURES.flatMap((name) => {
    const value = root.get(name);
    return typeof value === 'number' || typeof value === 'string' ? [`${name} ${short(String(value))}`] : [];
  });
  return said.length > 0 ? [`The trainer recorded: ${said.join(', ')}.`] : [];
}

/** What the file holds instead, by name. */
function complaint(root: PickleValue): string {
  const wanted = 'There is no RECCE network in this file';
  if (isOpaque(root))
    return `${wanted}: it is a whole object of ${short(root.name)}. Save the network's state_dict() instead.`;
  if (!(root instanceof Map)) return `${wanted}: it holds a single value, not a dictionary of tensors.`;
  const found = [...root].map(([key, value]) => `${short(key)}${kindOf(value)}`);
  if (found.length === 0) return `${wanted}: its dictionary is empty.`;
  return `${wanted}: no name in it ends in ${ANCHOR}. Found: ${listed(found)}.`;
}

function kindOf(value: PickleValue): string {
  if (tensorRefFrom(value)) return '';
  if (value instanceof Map) {
    const names = [...value.keys()].slice(0, 3).map(short);
    return names.length > 0 ? ` (with ${names.join(', ')}${value.size > 3 ? ', …' : ''})` : ' (empty)';
  }
  return isOpaque(value) ? ` (an object of ${short(value.name)})` : '';
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
const listed = (names: readonly string[]): string =>
  `${names.slice(0, 8).map(short).join(', ')}${names.length > 8 ? ', …' : ''}`;
