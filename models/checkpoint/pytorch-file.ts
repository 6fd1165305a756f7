// A file of tensors as plain values and tensors: PyTorch's own (torch.save), zip or legacy format,
// or safetensors. Nothing in it is executed.
import {
  BYTES_PER_ELEMENT,
  type DType,
  sizeFromShape,
  stridesFromShape,
  type Tensor,
  type TensorData,
} from '../tensor/tensor.ts';
import { ByteReader, textFromUtf8 } from './byte-reader.ts';
import { CheckpointError } from './checkpoint-error.ts';
import {
  noNotes,
  type PickleValue,
  readPickle,
  STORAGE_TYPES,
  type StorageRef,
  type TensorRef,
} from './pickle-reader.ts';
import { looksLikeSafetensors, readSafetensors } from './safetensors-file.ts';
import { looksLikeZip, readZip } from './zip-reader.ts';

/** PyTorch's two containers, and safetensors. */
export type Container = 'zip' | 'legacy' | 'safetensors';

/** A file as read: its object, and a function that makes a tensor of a reference in it. */
export type PyTorchFile = {
  readonly container: Container;
  readonly root: PickleValue;
  /** What the writer noted beside the tensors, where the format has a place for it. */
  readonly noted?: PickleValue;
  /** Classes and functions that were named and passed over, each once. */
  readonly passed: ReadonlySet<string>;
  readonly tensor: (ref: TensorRef) => Tensor;
};

/** torch.save's legacy files begin with a pickle of this number. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/**
 * Reads a whole file. Throws CheckpointError; the bytes must stay unchanged while tensors are in
 * use (they are views).
 */
export function readPyTorchFile(bytes: Uint8Array): PyTorchFile {
  if (looksLikeZip(bytes)) return readZipFile(bytes);
  if (looksLikeSafetensors(bytes)) return readSafetensorsFile(bytes);
  if (bytes[0] === 0x80) return readLegacyFile(bytes);
  throw new CheckpointError(
    'notPyTorch',
    `This is not a PyTorch file${likelyKind(bytes)}. Expected a file written by torch.save, or safetensors.`,
  );
}

function likelyKind(bytes: Uint8Array): string {
  const start = textFromUtf8(bytes.subarray(0, 256));
  if (bytes.length === 0) return ': it is empty';
  if (/^\s*<(!doctype|html)/i.test(start)) return ': it is a web page, perhaps a download that asked for a log-in';
  if (start.startsWith('version https://git-lfs'))
    return ': it is a Git LFS pointer; fetch the real file with "git lfs pull"';
  if (bytes[0] === 8 && /onnx|pytorch|tf2onnx/i.test(start)) return ': it looks like an ONNX model';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return ': it is gzip-compressed; unpack it first';
  if (textFromUtf8(bytes.subarray(257, 262)) === 'ustar')
    return ': it is a tar archive (PyTorch before 0.1.10, or a packed folder)';
  return '';
}

function readSafetensorsFile(bytes: Uint8Array): PyTorchFile {
  const { tensors, noted, storage } = readSafetensors(bytes);
  return {
    container: 'safetensors',
    root: tensors,
    noted,
    passed: new Set(),
    tensor: (ref) => tensorFromStorage(ref, storage(ref.storage.key) ?? missingStorage(ref.storage.key)),
  };
}

function missingStorage(key: string): never {
  throw new CheckpointError('badStructure', `Storage ${key} is not in the file.`);
}

function readZipFile(bytes: Uint8Array): PyTorchFile {
  const entries = readZip(bytes);
  const pickleName = [...entries.keys()].find((name) => name.endsWith('/data.pkl') || name === 'data.pkl');
  if (!pickleName)
    throw new CheckpointError(
      'notPyTorch',
      'This zip file has no data.pkl: it was not written by torch.save. A TorchScript or other archive cannot be used.',
    );
  const prefix = pickleName.slice(0, -'data.pkl'.length);
  const order = entries.get(`${prefix}byteorder`);
  if (order && textFromUtf8(order.subarray(0, 20)).trim() !== 'little')
    throw new CheckpointError(
      'unsupported',
      `The file is ${textFromUtf8(order.subarray(0, 20)).trim()}-endian; only little-endian files are read.`,
    );
  const notes = noNotes();
  const root = readPickle(new ByteReader(entries.get(pickleName)!), notes);
  return {
    container: 'zip',
    root,
    passed: notes.passed,
    tensor: (ref) => {
      const { key } = ref.storage;
      return tensorFromStorage(ref, entries.get(`${prefix}data/${key}`) ?? missingStorage(key));
    },
  };
}

function readLegacyFile(bytes: Uint8Array): PyTorchFile {
  const reader = new ByteReader(bytes);
  const magic = readPickle(reader);
  if (magic !== LEGACY_MAGIC)
    throw new CheckpointError(
      'notPyTorch',
      'This is a Python pickle, but not one written by torch.save. Only tensor files are read.',
    );
  const protocol = readPickle(reader);
  if (protocol !== LEGACY_PROTOCOL)
    throw new CheckpointError(
      'unsupported',
      `The legacy format is of a version other than ${LEGACY_PROTOCOL}, which was expected.`,
    );
  const system = readPickle(reader);
  if (system instanceof Map && system.get('little_endian') === false)
    throw new CheckpointError('unsupported', 'The file is big-endian; only little-endian files are read.');
  const notes = noNotes();
  const root = readPickle(reader, notes);
  const keys = readPickle(reader);
  if (!isListOfNames(keys)) throw new CheckpointError('badStructure', 'The list of storages is missing.');
  // The size of an element is not written beside the storages: the references to them tell it.
  const storages = new Map(
    keys.map((key) => {
      const dtype = dtypeFrom(notes.storages.get(key) ?? unknownStorage(key));
      return [key, reader.take(reader.u64() * BYTES_PER_ELEMENT[dtype])];
    }),
  );
  return {
    container: 'legacy',
    root,
    passed: notes.passed,
    tensor: (ref) => tensorFromStorage(ref, storages.get(ref.storage.key) ?? missingStorage(ref.storage.key)),
  };
}

const isListOfNames = (value: PickleValue): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function unknownStorage(key: string): never {
  throw new CheckpointError('badStructure', `Storage ${key} is in the file but no tensor refers to it.`);
}

const dtypeFrom = (storage: StorageRef): DType => STORAGE_TYPES[storage.type as keyof typeof STORAGE_TYPES];

const ARRAYS: Readonly<Record<DType, new (buffer: ArrayBufferLike, offset: number, length: number) => TensorData>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Typed view of a storage; copied only where its bytes are not aligned to the element. */
function elements(bytes: Uint8Array, dtype: DType): TensorData {
  const size = BYTES_PER_ELEMENT[dtype];
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new ARRAYS[dtype](aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / size));
}

function tensorFromStorage(ref: TensorRef, bytes: Uint8Array): Tensor {
  const dtype = dtypeFrom(ref.storage);
  const { shape, strides, offset } = ref;
  const size = sizeFromShape(shape);
  const last = size === 0 ? -1 : shape.reduce((at, dim, axis) => at + (dim - 1) * strides[axis]!, offset);
  const held = Math.floor(bytes.length / BYTES_PER_ELEMENT[dtype]);
  if (last >= held || size > Math.max(held, 1) * 64)
    throw new CheckpointError(
      'truncated',
      `Storage ${ref.storage.key} holds ${held} elements; a tensor of it needs ${last + 1}.`,
    );
  const data = elements(bytes, dtype);
  const dense = stridesFromShape(shape);
  if (size === 0 || shape.every((dim, axis) => dim === 1 || strides[axis] === dense[axis]))
    return { dtype, shape, data: data.subarray(size === 0 ? 0 : offset, (size === 0 ? 0 : offset) + size) };
  return { dtype, shape, data: gather(data, ref, dense, size) };
}

/** A strided view copied into row-major order. */
function gather(
  data: TensorData,
  { storage, offset, shape, strides }: TensorRef,
  dense: readonly number[],
  size: number,
): TensorData {
  const dtype = dtypeFrom(storage);
  const copy = elements(new Uint8Array(size * BYTES_PER_ELEMENT[dtype]), dtype);
  for (let i = 0; i < size; i++) {
    let at = offset;
    for (let axis = 0; axis < shape.length; axis++)
      at += (Math.floor(i / dense[axis]!) % shape[axis]!) * strides[axis]!;
    copy[i] = data[at]!;
  }
  return copy;
}
