// From a RECCE checkpoint of any trainer to the network's own state dict: the tensors are looked
// for where trainers put them, prefixes are taken off, and names and shapes must match exactly.
// Sources of the layouts: VISION-SJTU/RECCE (trainer file, bare state dict), torch
// DistributedDataParallel (`module.`), torch.compile (`_orig_mod.`), Lightning (the network is an
// attribute of a module), SCLBD/DeepfakeBench (`model.*` beside an unused `backbone.*`).
import { CHANNELS } from '../recce/architecture.ts';
import type { RecceConfig } from '../recce/config.ts';
import { channels } from '../recce/config.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { recceKeys } from '../recce/keys.ts';
import type { Float32Tensor } from '../tensor/tensor.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { findNetwork, type Refs } from './find-network.ts';
import { isOpaque, type PickleValue, type TensorRef } from './pickle-reader.ts';
import { type Container, type PyTorchFile, readPyTorchFile } from './pytorch-file.ts';
import { widenToFloat32 } from './widen.ts';

/**
 * How the tensors lie in the file. `wrapped`: the network is an attribute of another module, as
 * Lightning's are.
 */
export type Layout = 'bare' | 'trainer' | 'ddp' | 'wrapped' | 'deepfakebench';

/** A RECCE state dict read from a file, and what the file says about itself. */
export type RecceCheckpoint = {
  readonly container: Container;
  readonly layout: Layout;
  readonly width: number;
  readonly numClasses: 1 | 2;
  /**
   * The input size that the file states among its trainer's arguments, in pixels; null where it
   * states none, or several.
   */
  readonly inputPx: number | null;
  /** Tensors of the network by state-dict name, float32. */
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  /** Tensors of the file that the network does not use. */
  readonly dropped: readonly { prefix: string; count: number }[];
  /**
   * Sentences worth showing: where the tensors were, half precision, the trainer's own figures,
   * what was passed over.
   */
  readonly remarks: readonly string[];
};

/** Reads a weights file. Throws CheckpointError; `mismatch` lists every name that does not fit. */
export function readRecceCheckpoint(bytes: Uint8Array): RecceCheckpoint {
  const file = readPyTorchFile(bytes);
  const found = findNetwork(file);
  const { refs, dropped } = found;
  const width = widthFromStem(refs);
  const numClasses = classesFromHead(refs);
  // Shapes before numbers: a tensor that fits is never larger than the network's, whatever its
  // strides say.
  matchExactly(refs, { width, numClasses });
  const read = [...refs].filter(([name]) => !isCounter(name)).map(([name, ref]) => [name, file.tensor(ref)] as const);
  const half = read.some(([, { dtype }]) => dtype === 'float16' || dtype === 'bfloat16');
  return {
    container: file.container,
    layout: found.layout,
    width,
    numClasses,
    inputPx: statedInput(file),
    tensors: new Map(read.map(([name, tensor]) => [name, widenToFloat32(tensor)])),
    dropped,
    remarks: [
      ...found.remarks,
      ...(half ? ['Stored in half precision; widened exactly to float32.'] : []),
      ...remarkOnPassed(file),
    ],
  };
}

const isCounter = (name: string): boolean => name.endsWith('num_batches_tracked');

/**
 * Objects that trainers keep beside their tensors; helpers of the pickle itself say nothing to a
 * reader.
 */
function remarkOnPassed({ passed }: PyTorchFile): string[] {
  const names = [...passed].filter((name) => !/^(builtins|__builtin__|copyreg|copy_reg|_codecs)\./.test(name));
  if (names.length === 0) return [];
  const said = names.slice(0, 8).map((name) => name.slice(0, 80));
  return [
    `Objects beside the tensors were passed over, and nothing in them was run: ${said.join(', ')}${names.length > 8 ? ', …' : ''}.`,
  ];
}

/**
 * Width from the channels of the layers: the stem tells how wide, every other layer must then
 * agree.
 */
function widthFromStem(tensors: Refs): number {
  const found = tensors.get('encoder.block4.rep.1.pointwise.weight')?.shape[0];
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

function classesFromHead(tensors: Refs): 1 | 2 {
  const rows = tensors.get('fc.weight')?.shape[0];
  if (rows === 1 || rows === 2) return rows;
  throw new CheckpointError(
    'mismatch',
    `fc.weight has ${rows ?? 'no'} rows; 1 (the paper) or 2 (DeepfakeBench) were expected.`,
  );
}

/**
 * Throws unless names and shapes are exactly those of the network; nothing is left at random. What
 * BatchNorm counted is used nowhere, and older files lack it.
 */
function matchExactly(tensors: Refs, config: Pick<RecceConfig, 'width' | 'numClasses'>): void {
  const expected = recceKeys(config, tensors.has('encoder.fc.weight'));
  const missing = expected.filter((key) => !tensors.has(key.name) && !isCounter(key.name)).map((key) => key.name);
  const known = new Set(expected.map((key) => key.name));
  const unexpected = [...tensors.keys()].filter((name) => !known.has(name));
  const wrong = expected
    .filter((key) => !fits(key, tensors.get(key.name)))
    .map((key) => shapeComplaint(key, tensors.get(key.name)!));
  if (missing.length + unexpected.length + wrong.length === 0) return;
  const list = (title: string, names: readonly string[]) =>
    names.length === 0
      ? ''
      : ` ${title} (${names.length}): ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', ...' : ''}`;
  throw new CheckpointError(
    'mismatch',
    `The tensors are not those of RECCE at width ${config.width}.${list('missing', missing)}${list('unexpected', unexpected)}${list('wrong shape', wrong)}`,
  );
}

const fits = (key: KeyShape, tensor: TensorRef | undefined): boolean =>
  !tensor || tensor.shape.join() === key.shape.join();

const shapeComplaint = (key: KeyShape, tensor: TensorRef): string =>
  `${key.name} [${tensor.shape}] instead of [${key.shape}]`;

// The input size that a file states among its trainer's arguments. The network is fully
// convolutional, so the weights do not tell it.

/** What trainers call their arguments. */
const ARGUMENTS = [
  'args',
  'hyper_parameters',
  'hparams',
  'config',
  'cfg',
  'opt',
  'opts',
  'options',
  'params',
  'data',
  'model',
  'dataset',
];
/** What they call the side of the square they feed. */
const NAMES = /^(input|image|img|crop|train)_?(size|resolution|px)$|^(resolution|imgsz)$/i;
/** Arguments lie at most this deep. */
const DEEPEST = 3;
const [LOWEST, HIGHEST] = [64, 1024];

/** Pixels; null where the file states none, or several. */
function statedInput({ root, noted }: Pick<PyTorchFile, 'root' | 'noted'>): number | null {
  const found = new Set([...sizesIn(root, 0), ...sizesIn(noted ?? null, 0)]);
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

function sizesIn(value: PickleValue, depth: number): number[] {
  const inner = isOpaque(value) ? (value.state ?? null) : value;
  if (!(inner instanceof Map) || depth > DEEPEST) return [];
  return [...inner].flatMap(([key, one]) => {
    const px = NAMES.test(key) ? pixelsFrom(one) : undefined;
    if (px !== undefined) return [px];
    return ARGUMENTS.includes(key) ? sizesIn(one, depth + 1) : [];
  });
}

/** A whole number, as text in safetensors, or two that are the same. */
function pixelsFrom(value: PickleValue): number | undefined {
  const one = Array.isArray(value) && value.length === 2 && value[0] === value[1] ? value[0] : value;
  const px = typeof one === 'string' && /^\d{1,4}$/.test(one) ? Number(one) : one;
  return typeof px === 'number' && Number.isInteger(px) && px >= LOWEST && px <= HIGHEST ? px : undefined;
}
