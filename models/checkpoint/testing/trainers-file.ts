// Checkpoints as trainers write them, of the smallest network there is: the state dict at any place
// under any prefix, and beside it what the test says, as the body of a pickle.
import { generatedTensor } from '../../recce/generated-weights.ts';
import { recceKeys } from '../../recce/keys.ts';
import { float32Tensor, type Tensor } from '../../tensor/tensor.ts';
import { type PyValue, writePickle } from '../pickle-writer.ts';
import { PyTorchFileWriter } from '../write-pytorch-file.ts';
import { readZip } from '../zip-reader.ts';
import { writeZip } from '../zip-writer.ts';

/**
 * Every tensor of the network at width 1/32, by its name; without the counters where `counters` is
 * false.
 */
export function smallStateDict(numClasses: 1 | 2 = 1, counters = true): Map<string, Tensor> {
  const keys = recceKeys({ width: 1 / 32, numClasses }, false);
  return new Map(
    keys
      .filter(({ dtype }) => counters || dtype !== 'int64')
      .map((key) => [
        key.name,
        key.dtype === 'int64' ? { dtype: 'int64', shape: [], data: BigInt64Array.of(3n) } : generatedTensor(key),
      ]),
  );
}

export const zeros = (size: number): Tensor => float32Tensor([size], new Float32Array(size));

export type TrainersFile = {
  tensors?: ReadonlyMap<string, Tensor>;
  prefix?: string;
  /** Keys that lead to the state dict; none for a bare one. */
  at?: readonly string[];
  /** Tensors in the same dictionary, by their whole names. */
  more?: Readonly<Record<string, Tensor>>;
  /** Entries of the outermost dictionary: bodies of pickles. */
  beside?: Readonly<Record<string, Uint8Array>>;
};

/** Bytes of a zip as torch.save writes it. */
export function trainersFile({
  tensors = smallStateDict(),
  prefix = '',
  at = [],
  more = {},
  beside = {},
}: TrainersFile) {
  const file = new PyTorchFileWriter();
  const stored = [...tensors].map(([name, tensor]): [string, PyValue] => [prefix + name, file.tensor(tensor)]);
  for (const [name, tensor] of Object.entries(more)) stored.push([name, file.tensor(tensor)]);
  const dict: PyValue = { kind: 'orderedDict', entries: new Map(stored) };
  const nested = at.slice(1).reduceRight<PyValue>((inner, key) => new Map([[key, inner]]), dict);
  const entries = readZip(file.write(at.length === 0 ? dict : nested));
  if (at.length > 0) {
    const pairs: [string, Uint8Array][] = [[at[0]!, bodyOf(nested)], ...Object.entries(beside)];
    entries.set('archive/data.pkl', pickleOf(dictBody(pairs)));
  }
  return writeZip(entries);
}

/** A pickle's bytes between PROTO and STOP. */
export const bodyOf = (value: PyValue): Uint8Array => writePickle(value).slice(2, -1);
export const pickleOf = (...parts: Uint8Array[]): Uint8Array =>
  joined(Uint8Array.of(0x80, 2), ...parts, Uint8Array.of(0x2e));

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const dictBody = (pairs: readonly (readonly [string, Uint8Array])[]): Uint8Array =>
  joined(ascii('}('), ...pairs.flatMap(([key, body]) => [bodyOf(key), body]), ascii('u'));

const globalBody = (module: string, name: string): Uint8Array => ascii(`c${module}\n${name}\n`);

/** `module.name(*args)`, then its state where there is one: how Python writes an object. */
export const objectBody = (
  module: string,
  name: string,
  args: readonly Uint8Array[] = [],
  state?: Uint8Array,
): Uint8Array =>
  joined(globalBody(module, name), ascii('('), ...args, ascii('tR'), ...(state ? [state, ascii('b')] : []));

/** `cls.__new__(cls)` with a dictionary as its state: argparse.Namespace and the like. */
export const instanceBody = (module: string, name: string, state: Readonly<Record<string, PyValue>>): Uint8Array =>
  joined(globalBody(module, name), ascii(')'), Uint8Array.of(0x81), bodyOf(new Map(Object.entries(state))), ascii('b'));

const LEGACY_MAGIC = Uint8Array.of(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);

/**
 * The same dictionary in torch.save's format before 1.6: pickles one after the other, then each
 * storage with its length.
 */
export function legacyTrainersFile(beside: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const file = new PyTorchFileWriter();
  const tensors = [...smallStateDict()];
  const dict = new Map(tensors.map(([name, tensor]): [string, PyValue] => [name, file.tensor(tensor)]));
  const storages = tensors.flatMap(([, { data }]) => {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
    return [length, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
  });
  const pairs: [string, Uint8Array][] = [['model', bodyOf(dict)], ...Object.entries(beside)];
  const keys = tensors.map((_, n) => String(n));
  return joined(
    pickleOf(LEGACY_MAGIC),
    ...[bodyOf(1001), bodyOf(new Map([['little_endian', true]])), dictBody(pairs), bodyOf(keys)].map((one) =>
      pickleOf(one),
    ),
    ...storages,
  );
}
