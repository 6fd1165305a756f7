// From any published RECCE checkpoint to the network's own state dict: the layout is recognised, prefixes are taken off,
// and names and shapes must match exactly. Sources of the layouts: VISION-SJTU/RECCE (trainer file, bare state dict),
// torch DistributedDataParallel (`module.`), SCLBD/DeepfakeBench (`model.*` beside an unused `backbone.*`).

import { CHANNELS } from '../recce/architecture.ts';
import type { RecceConfig } from '../recce/config.ts';
import { channels } from '../recce/config.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { recceKeys } from '../recce/keys.ts';
import type { Float32Tensor, Tensor } from '../tensor/tensor.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { type PickleDict, type PickleValue, tensorRefFrom } from './pickle-reader.ts';
import { type Container, type PyTorchFile, readPyTorchFile } from './pytorch-file.ts';
import { widenToFloat32 } from './widen.ts';

/** Where the tensors were found. */
export type Layout = 'bare' | 'trainer' | 'ddp' | 'deepfakebench';

/** A RECCE state dict read from a file, and what the file says about itself. */
export type RecceCheckpoint = {
  readonly container: Container;
  readonly layout: Layout;
  readonly width: number;
  readonly numClasses: 1 | 2;
  /** Tensors of the network by state-dict name, float32. */
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  /** Tensors of the file that the network does not use. */
  readonly dropped: readonly { prefix: string; count: number }[];
  /** Sentences worth showing: half precision, DDP prefix, the trainer's own figures. */
  readonly remarks: readonly string[];
};

/** Reads a weights file. Throws CheckpointError; `mismatch` lists every name that does not fit. */
export function readRecceCheckpoint(bytes: Uint8Array): RecceCheckpoint {
  const file = readPyTorchFile(bytes);
  const { dict, layout, remarks } = findStateDict(file);
  const { names, layout: finalLayout, dropped } = normaliseNames(dict, layout);
  const tensors = new Map([...names].map(([name, key]) => [name, tensorAt(file, dict, key)]));
  const width = widthFromStem(tensors);
  const numClasses = classesFromHead(tensors);
  const half = [...tensors.values()].some((t) => t.dtype === 'float16' || t.dtype === 'bfloat16');
  matchExactly(tensors, { width, numClasses });
  const floats = [...tensors].filter(([name]) => !name.endsWith('num_batches_tracked'));
  return {
    container: file.container,
    layout: finalLayout,
    width,
    numClasses,
    tensors: new Map(floats.map(([name, tensor]) => [name, widenToFloat32(tensor)])),
    dropped,
    remarks: half ? [...remarks, 'Stored in half precision; widened exactly to float32.'] : remarks,
  };
}

function findStateDict(file: PyTorchFile): { dict: PickleDict; layout: Layout; remarks: string[] } {
  const { root } = file;
  if (!(root instanceof Map))
    throw new CheckpointError('badStructure', 'The file holds a single object, not a dictionary of tensors.');
  const model = root.get('model') ?? root.get('state_dict');
  if (!(model instanceof Map)) return { dict: root, layout: 'bare', remarks: [] };
  const said = ['step', 'best_step', 'best_metric', 'eval_metric']
    .filter((name) => isPlain(root.get(name)))
    .map((name) => `${name} ${String(root.get(name))}`);
  return {
    dict: model,
    layout: 'trainer',
    remarks: said.length > 0 ? [`The trainer recorded: ${said.join(', ')}.`] : [],
  };
}

const isPlain = (value: PickleValue | undefined): boolean => typeof value === 'number' || typeof value === 'string';

type Names = { names: Map<string, string>; layout: Layout; dropped: { prefix: string; count: number }[] };

/** State-dict name -> key in the file. DDP's prefix goes first, then DeepfakeBench's two trees are told apart. */
function normaliseNames(dict: PickleDict, layout: Layout): Names {
  const keys = [...dict.keys()].filter((key) => tensorRefFrom(dict.get(key)));
  if (keys.length === 0) throw new CheckpointError('badStructure', 'The dictionary holds no tensors.');
  const ddp = keys.every((key) => key.startsWith('module.'));
  const plain = new Map(keys.map((key) => [ddp ? key.slice('module.'.length) : key, key]));
  if (![...plain.keys()].some((name) => name.startsWith('model.encoder.')))
    return { names: plain, layout: ddp && layout === 'bare' ? 'ddp' : layout, dropped: [] };
  const kept = [...plain].filter(([name]) => name.startsWith('model.'));
  const rest = [...plain.keys()].filter((name) => !name.startsWith('model.'));
  const prefixes = new Set(rest.map((name) => `${name.split('.')[0]}.`));
  return {
    names: new Map(kept.map(([name, key]) => [name.slice('model.'.length), key])),
    layout: 'deepfakebench',
    dropped: [...prefixes].map((prefix) => ({ prefix, count: rest.filter((name) => name.startsWith(prefix)).length })),
  };
}

function tensorAt(file: PyTorchFile, dict: PickleDict, key: string): Tensor {
  return file.tensor(tensorRefFrom(dict.get(key))!);
}

/** Width from the channels of the layers: the stem tells how wide, every other layer must then agree. */
function widthFromStem(tensors: ReadonlyMap<string, Tensor>): number {
  const found = tensors.get('encoder.block4.rep.1.pointwise.weight')?.shape[0];
  if (found === undefined)
    throw new CheckpointError(
      'mismatch',
      'There is no encoder.block4 in this file: it is not a RECCE network. Its first names are: ' +
        [...tensors.keys()].slice(0, 5).join(', '),
    );
  const widths = [1, ...Array.from({ length: 64 }, (_, i) => (i + 1) / 32)];
  const stem = tensors.get('encoder.conv1.weight')?.shape[0];
  const width = widths.find((w) => channels(CHANNELS.embedding, w) === found && channels(CHANNELS.stem1, w) === stem);
  if (width === undefined)
    throw new CheckpointError(
      'mismatch',
      `${found} channels in encoder.block4 and ${stem} in encoder.conv1 are no width of RECCE (728 and 32 at width 1).`,
    );
  return width;
}

function classesFromHead(tensors: ReadonlyMap<string, Tensor>): 1 | 2 {
  const rows = tensors.get('fc.weight')?.shape[0];
  if (rows === 1 || rows === 2) return rows;
  throw new CheckpointError(
    'mismatch',
    `fc.weight has ${rows ?? 'no'} rows; 1 (the paper) or 2 (DeepfakeBench) were expected.`,
  );
}

/** Throws unless names and shapes are exactly those of the network; nothing is forgiven and nothing is left at random. */
function matchExactly(tensors: ReadonlyMap<string, Tensor>, config: Pick<RecceConfig, 'width' | 'numClasses'>): void {
  const expected = recceKeys(config, tensors.has('encoder.fc.weight'));
  const missing = expected.filter((key) => !tensors.has(key.name)).map((key) => key.name);
  const known = new Set(expected.map((key) => key.name));
  const unexpected = [...tensors.keys()].filter((name) => !known.has(name));
  const wrong = expected
    .filter((key) => !fits(key, tensors.get(key.name)))
    .map((key) => shapeComplaint(key, tensors.get(key.name)!));
  if (missing.length + unexpected.length + wrong.length === 0) return;
  const list = (title: string, names: readonly string[]) =>
    names.length === 0
      ? ''
      : `\n${title} (${names.length}): ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', ...' : ''}`;
  throw new CheckpointError(
    'mismatch',
    `The tensors are not those of RECCE at width ${config.width}.${list('missing', missing)}${list('unexpected', unexpected)}${list('wrong shape', wrong)}`,
  );
}

const fits = (key: KeyShape, tensor: Tensor | undefined): boolean =>
  !tensor || tensor.shape.join() === key.shape.join();

const shapeComplaint = (key: KeyShape, tensor: Tensor): string =>
  `${key.name} [${tensor.shape}] instead of [${key.shape}]`;
