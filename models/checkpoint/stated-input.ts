// The input size that a file states among its trainer's arguments. The network is fully
// convolutional, so the weights do not tell it.
import { isOpaque, type PickleValue } from './pickle-reader.ts';
import type { PyTorchFile } from './pytorch-file.ts';

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
export function statedInput({ root, noted }: Pick<PyTorchFile, 'root' | 'noted'>): number | null {
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
