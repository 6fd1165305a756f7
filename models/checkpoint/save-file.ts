// Our own save format, for a training run's state: plain data and float32 tensors, whole or not at
// all.
//
//   0   `RECCESAV`, 8 bytes
//   8   format version, u32 little-endian
//   12  CRC-32 of everything from byte 16 on, u32
//   16  length of the header, u32
// 20 header: JSON in ASCII { meta, tensors: [{ name, shape, at }] }, `at` counted from the end of
//   the padding
//   ..  zeros up to a multiple of 64, then each tensor's little-endian bytes at a multiple of 64
import { type Float32Tensor, float32Tensor, sizeFromShape } from '../tensor/tensor.ts';
import { ByteReader, textFromUtf8 } from './byte-reader.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { crc32 } from './crc32.ts';

/** Plain data and named tensors. */
export type SaveFile = { readonly meta: unknown; readonly tensors: ReadonlyMap<string, Float32Tensor> };

const MAGIC = 'RECCESAV';
const VERSION = 1;
const CHECKED_FROM = 16;
const ALIGNMENT = 64;

const aligned = (at: number): number => Math.ceil(at / ALIGNMENT) * ALIGNMENT;
const asciiBytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

type Entry = { name: string; shape: readonly number[]; at: number };

/** Bytes of a save file. */
export function encodeSaveFile({ meta, tensors }: SaveFile): Uint8Array {
  let size = 0;
  const entries: Entry[] = [...tensors].map(([name, { shape, data }]) => {
    const entry = { name, shape, at: size };
    size = aligned(size + data.byteLength);
    return entry;
  });
  const header = asciiBytes(asciiJson({ meta, tensors: entries }));
  const start = aligned(20 + header.length);
  const bytes = new Uint8Array(start + size);
  bytes.set(asciiBytes(MAGIC));
  bytes.set(header, 20);
  for (const { name, at } of entries) {
    const { data } = tensors.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + at);
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(16, header.length, true);
  view.setUint32(12, crc32(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

/**
 * Reads a save file; the tensors are copies. Throws CheckpointError when it is none, newer, or not
 * whole.
 */
export function decodeSaveFile(bytes: Uint8Array): SaveFile {
  const reader = new ByteReader(bytes);
  if (bytes.length < 20 || textFromUtf8(reader.take(8)) !== MAGIC)
    throw new CheckpointError('badStructure', `This is not a save file: ${MAGIC} was expected at its beginning.`);
  const version = reader.u32();
  if (version !== VERSION)
    throw new CheckpointError(
      'unsupported',
      `Save format ${version}; this version of the workstation reads ${VERSION}.`,
    );
  const expected = reader.u32();
  const found = crc32(bytes.subarray(CHECKED_FROM));
  if (found !== expected)
    throw new CheckpointError('truncated', `The save file is not whole: CRC-32 ${found}, ${expected} was written.`);
  const header = reader.take(reader.u32());
  const { meta, tensors } = JSON.parse(textFromUtf8(header)) as { meta: unknown; tensors: Entry[] };
  const start = aligned(reader.at);
  return {
    meta,
    tensors: new Map(
      tensors.map(({ name, shape, at }) => {
        const part = new ByteReader(bytes, start + at).take(4 * sizeFromShape(shape));
        const copy = new Uint8Array(part);
        return [name, float32Tensor(shape, new Float32Array(copy.buffer, 0, copy.length / 4))];
      }),
    ),
  };
}
