// A pickle writer that knows what tensor files need: plain values, dictionaries and references to
// storages. Protocol 2, as torch.save writes; the opcodes are those that pickle-reader.ts reads.
import type { DType } from '../tensor/tensor.ts';
import { STORAGE_TYPES } from './pickle-reader.ts';

/** A tensor whose numbers are in the storage `key` of the file. */
export type StoredTensor = {
  readonly kind: 'storedTensor';
  readonly key: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly size: number;
};

/** Python values. Whole numbers are ints; wrap one in `float` to have a float. */
export type PyValue =
  | null
  | boolean
  | number
  | string
  | readonly PyValue[]
  | ReadonlyMap<string | number, PyValue>
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'tuple'; readonly items: readonly PyValue[] }
  | { readonly kind: 'orderedDict'; readonly entries: ReadonlyMap<string, PyValue> }
  | StoredTensor;

const OP = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  none: 0x4e,
  true: 0x88,
  false: 0x89,
  binint: 0x4a,
  long1: 0x8a,
  binfloat: 0x47,
  binunicode: 0x58,
  emptyList: 0x5d,
  emptyDict: 0x7d,
  tuple: 0x74,
  global: 0x63,
  reduce: 0x52,
  binpersid: 0x51,
  appends: 0x65,
  setitems: 0x75,
} as const;

/** Bytes of one pickle. Text must be ASCII, as the names of a state dict are. */
export function writePickle(value: PyValue): Uint8Array {
  const writer = new PickleWriter();
  writer.bytes.push(OP.proto, 2);
  writer.value(value);
  writer.bytes.push(OP.stop);
  return Uint8Array.from(writer.bytes);
}

const storageClass = (dtype: DType): string => Object.entries(STORAGE_TYPES).find(([, type]) => type === dtype)![0];

class PickleWriter {
  readonly bytes: number[] = [];

  value(value: PyValue): void {
    if (value === null) this.bytes.push(OP.none);
    else if (typeof value === 'boolean') this.bytes.push(value ? OP.true : OP.false);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof Map) this.#dict(value);
    else if (Array.isArray(value)) this.#list(value);
    else this.#special(value as Extract<PyValue, { kind: string }>);
  }

  #special(value: Extract<PyValue, { kind: string }>): void {
    switch (value.kind) {
      case 'float':
        this.#float(value.value);
        break;
      case 'tuple':
        this.#tuple(() => {
          for (const item of value.items) this.value(item);
        });
        break;
      case 'orderedDict':
        this.#global('collections', 'OrderedDict');
        this.#tuple(() => {});
        this.bytes.push(OP.reduce);
        this.#items(value.entries);
        break;
      case 'storedTensor':
        this.#tensor(value);
    }
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) this.#float(value);
    else if (Math.abs(value) < 2 ** 31) this.bytes.push(OP.binint, ...littleEndian(value, 4));
    else this.bytes.push(OP.long1, 8, ...littleEndian(value, 8));
  }

  #float(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, false);
    this.bytes.push(OP.binfloat, ...new Uint8Array(view.buffer));
  }

  #text(text: string): void {
    const codes = Array.from(text, (character) => character.codePointAt(0)!);
    if (codes.some((code) => code > 0x7f)) throw new Error(`${text} is not ASCII.`);
    this.bytes.push(OP.binunicode, ...littleEndian(codes.length, 4));
    for (const code of codes) this.bytes.push(code);
  }

  #global(module: string, name: string): void {
    this.bytes.push(OP.global);
    for (const character of `${module}\n${name}\n`) this.bytes.push(character.charCodeAt(0));
  }

  #tuple(items: () => void): void {
    this.bytes.push(OP.mark);
    items();
    this.bytes.push(OP.tuple);
  }

  #list(items: readonly PyValue[]): void {
    this.bytes.push(OP.emptyList, OP.mark);
    for (const item of items) this.value(item);
    this.bytes.push(OP.appends);
  }

  #dict(entries: ReadonlyMap<string | number, PyValue>): void {
    this.bytes.push(OP.emptyDict);
    this.#items(entries);
  }

  #items(entries: ReadonlyMap<string | number, PyValue>): void {
    this.bytes.push(OP.mark);
    for (const [key, item] of entries) {
      this.value(key);
      this.value(item);
    }
    this.bytes.push(OP.setitems);
  }

  /** torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks) */
  #tensor({ key, dtype, shape, strides, size }: StoredTensor): void {
    this.#global('torch._utils', '_rebuild_tensor_v2');
    this.#tuple(() => {
      this.#tuple(() => {
        this.#text('storage');
        this.#global('torch', storageClass(dtype));
        this.#text(key);
        this.#text('cpu');
        this.#number(size);
      });
      this.bytes.push(OP.binpersid);
      this.#number(0);
      this.value({ kind: 'tuple', items: shape });
      this.value({ kind: 'tuple', items: strides });
      this.bytes.push(OP.false);
      this.value({ kind: 'orderedDict', entries: new Map() });
    });
    this.bytes.push(OP.reduce);
  }
}

/** Two's complement. */
function littleEndian(value: number, size: 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 4) view.setInt32(0, value, true);
  else view.setBigInt64(0, BigInt(value), true);
  return new Uint8Array(view.buffer);
}
