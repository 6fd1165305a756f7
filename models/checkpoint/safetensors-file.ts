// A safetensors file as tensors: eight bytes of length, a JSON header, then the numbers. The
// format's own rules are held to: names once, sizes as the shape says, the numbers without gaps or
// overlaps, nothing behind them. Source: the specification in the README of
// huggingface/safetensors.
import { BYTES_PER_ELEMENT, sizeFromShape, stridesFromShape } from '../tensor/tensor.ts';
import { ByteReader, textFromUtf8 } from './byte-reader.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { type PickleValue, STORAGE_TYPES, type TensorRef } from './pickle-reader.ts';

/** What PyTorch calls the storage of each element type. */
const STORAGES: Readonly<Record<string, keyof typeof STORAGE_TYPES>> = {
  F32: 'FloatStorage',
  F64: 'DoubleStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
  I64: 'LongStorage',
  I32: 'IntStorage',
  I16: 'ShortStorage',
  I8: 'CharStorage',
  U8: 'ByteStorage',
  BOOL: 'BoolStorage',
};
/** As the format's own reader. */
const HEADER_LIMIT_BYTES = 100_000_000;
/** Behind the length, which fits into 32 bits, stands a brace. */
export const looksLikeSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length > 9 && bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);

/** References by name, the numbers of each, and what the writer noted of the file. */
export type SafetensorsFile = {
  readonly tensors: Map<string, PickleValue>;
  readonly noted: Map<string, PickleValue>;
  readonly storage: (key: string) => Uint8Array | undefined;
};

type Entry = { name: string; ref: TensorRef; from: number; to: number };

/** Throws CheckpointError. */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const reader = new ByteReader(bytes);
  const size = reader.u64();
  if (size > HEADER_LIMIT_BYTES) throw refuse(`its header of ${size} bytes is longer than the format allows`);
  const header = headerFrom(reader.take(size));
  const numbers = bytes.subarray(reader.at);
  const { __metadata__: noted, ...described } = header;
  const entries = Object.entries(described).map(([name, value]) => entryFrom(name, value));
  expectSeamless(entries, numbers.length);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    tensors: new Map(entries.map(({ name, ref }) => [name, ref])),
    noted: new Map(isRecord(noted) ? Object.entries(noted).filter(isText) : []),
    storage(key) {
      const entry = byName.get(key);
      return entry && numbers.subarray(entry.from, entry.to);
    },
  };
}

const refuse = (why: string): CheckpointError =>
  new CheckpointError('badStructure', `This safetensors file cannot be used: ${why}.`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function headerFrom(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(textFromUtf8(bytes));
  } catch (error) {
    throw refuse(`its header is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(header)) throw refuse('its header describes no tensors');
  return header;
}

function entryFrom(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const type = typeof dtype === 'string' && Object.hasOwn(STORAGES, dtype) ? STORAGES[dtype] : undefined;
  if (!type) throw refuse(`${name} is of type ${String(dtype).slice(0, 40)}, which is not read here`);
  if (!Array.isArray(shape) || !shape.every(isCount) || !Array.isArray(offsets) || offsets.length !== 2)
    throw refuse(`${name} has no shape or no place`);
  const [from, to] = offsets as unknown[];
  const size = sizeFromShape(shape);
  const length = size * BYTES_PER_ELEMENT[STORAGE_TYPES[type]];
  if (!isCount(from) || !isCount(to) || !Number.isSafeInteger(length) || to - from !== length)
    throw refuse(`${name} has ${length} bytes by its shape and lies from ${String(from)} to ${String(to)}`);
  return { name, from, to, ref: refFrom(name, type, shape, size) };
}

const refFrom = (name: string, type: string, shape: readonly number[], size: number): TensorRef => ({
  kind: 'tensor',
  storage: { kind: 'storage', type, key: name, size },
  offset: 0,
  shape,
  strides: stridesFromShape(shape),
});

/** A name that stands twice leaves a gap: JSON keeps the second. */
function expectSeamless(entries: readonly Entry[], length: number): void {
  let at = 0;
  for (const { name, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== at) throw refuse(`${name} begins at ${from}, and what is before it ends at ${at}`);
    at = to;
  }
  if (at === length) return;
  if (at > length)
    throw new CheckpointError(
      'truncated',
      `The file ends too early: its tensors take ${at} bytes, ${length} are there. Copy it again.`,
    );
  throw refuse(`${length - at} bytes behind its tensors belong to none of them`);
}
