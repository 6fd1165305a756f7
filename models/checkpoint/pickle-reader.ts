// A pickle reader that knows only what tensors need. A pickle is a program; this machine has no way
// to run one: globals are names looked up in a closed list. What a trainer keeps beside its tensors
// (its arguments, a path, a date) is passed over as an opaque object; what could run something
// elsewhere is refused by name; nothing is imported or called.
import { type ByteReader, textFromUtf8 } from './byte-reader.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { isRefusedGlobal } from './refused-globals.ts';

/** A name from the closed list, as met on the pickle's stack. */
export type PickleGlobal = { readonly kind: 'global'; readonly name: string };
/** A tensor that refers to a storage of the file; numbers in elements. */
export type TensorRef = {
  readonly kind: 'tensor';
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
};
/** A storage by its key; `type` is PyTorch's class, e.g. FloatStorage. */
export type StorageRef = {
  readonly kind: 'storage';
  readonly type: string;
  readonly key: string;
  readonly size: number;
};
/**
 * Something that is no tensor and no plain value: the name of its class or maker, and what it was
 * built from.
 */
export type OpaqueObject = { readonly kind: 'opaque'; readonly name: string; state?: PickleValue };
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleGlobal
  | TensorRef
  | StorageRef
  | OpaqueObject
  | PickleValue[]
  | PickleDict;
/** Python's dict (and OrderedDict): keys as text, numbers written in decimal. */
export type PickleDict = Map<string, PickleValue>;

/** Storage classes by name; the value is the element type they hold. */
export const STORAGE_TYPES = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
} as const;

/** `take` counts bytes that a call makes, and refuses when there are too many of them. */
type Rebuild = (args: PickleValue[], name: string, take: (bytes: number) => void) => PickleValue;

const refuseCall: Rebuild = (_, name) => {
  throw new CheckpointError('badStructure', `The file calls ${name}, which is only a name here.`);
};

/**
 * `bits`: behind the hooks, what PyTorch from 1.10 on keeps of a tensor beside its numbers, as that they
 * are to be taken negated or conjugated. Without that the file would mean other numbers here than
 * there, under one hash.
 */
const tensorFromArguments: Rebuild = ([storage, offset, shape, strides, , , bits = null], name) => {
  const numbers = (value: PickleValue | undefined): value is number[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isInteger(one) && one >= 0);
  if (isKind(storage, 'opaque')) return storage;
  if (
    !isKind(storage, 'storage') ||
    typeof offset !== 'number' ||
    offset < 0 ||
    !numbers(shape) ||
    !numbers(strides) ||
    shape.length !== strides.length
  )
    throw new CheckpointError('badStructure', `${name} was given arguments that make no tensor.`);
  if (bits !== null && !(bits instanceof Map && bits.size === 0))
    throw new CheckpointError(
      'badStructure',
      `${name} was given bits beside the numbers (${bits instanceof Map ? [...bits.keys()].map(String).join(', ').slice(0, 100) : 'of no known form'}), as PyTorch keeps a tensor to be negated or conjugated. Save it with its numbers resolved (resolve_neg, resolve_conj).`,
    );
  return { kind: 'tensor', storage, offset, shape, strides };
};

/** A NumPy scalar (trainers store their best metric as one): dtype and little-endian bytes. */
const numpyScalar: Rebuild = ([dtype, bytes]) => {
  const type = dtype instanceof Map ? dtype.get('numpy.dtype') : undefined;
  if (!(bytes instanceof Uint8Array) || typeof type !== 'string') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'f8' && bytes.length === 8) return view.getFloat64(0, true);
  if (type === 'f4' && bytes.length === 4) return view.getFloat32(0, true);
  if (type === 'i8' && bytes.length === 8) return Number(view.getBigInt64(0, true));
  return null;
};

/** Text that carries bytes: each character is one. */
const bytesFromLatin1: Rebuild = ([text], _, take) => {
  if (typeof text !== 'string') return null;
  take(text.length);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
};

/** A tensor of a subclass (a Parameter): made by the function named, as the plain one it is. */
const tensorOfType: Rebuild = ([make, , args], name, take) =>
  isKind(make, 'global') && Array.isArray(args) ? KNOWN.get(make.name)!(args, name, take) : { kind: 'opaque', name };

/**
 * [Note: the closed list] Every global a tensor file needs. Calling one means what is written here
 * and nothing else.
 */
const KNOWN: ReadonlyMap<string, Rebuild> = new Map<string, Rebuild>([
  ['collections.OrderedDict', () => new Map<string, PickleValue>()],
  ['collections.defaultdict', () => new Map<string, PickleValue>()],
  ['torch._utils._rebuild_tensor', tensorFromArguments],
  ['torch._utils._rebuild_tensor_v2', tensorFromArguments],
  ['torch._utils._rebuild_parameter', ([tensor]) => tensor ?? null],
  ['torch._utils._rebuild_parameter_with_state', ([tensor]) => tensor ?? null],
  ['torch._tensor._rebuild_from_type_v2', tensorOfType],
  ['torch.Size', ([shape]) => shape ?? []],
  ['torch.device', ([name]) => name ?? null],
  ['numpy.core.multiarray.scalar', numpyScalar],
  ['numpy._core.multiarray.scalar', numpyScalar],
  ['numpy.dtype', ([type]) => new Map([['numpy.dtype', type ?? null]])],
  ['_codecs.encode', bytesFromLatin1],
  ...Object.keys(STORAGE_TYPES).map((type): [string, Rebuild] => [`torch.${type}`, refuseCall]),
  ...['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'].map(
    (type): [string, Rebuild] => [`torch.${type}`, refuseCall],
  ),
]);

const isKind = <K extends 'global' | 'tensor' | 'storage' | 'opaque'>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { kind: K }> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

/** True for what was passed over. */
export const isOpaque = (value: PickleValue | undefined): value is OpaqueObject => isKind(value, 'opaque');

/** The tensor a pickle value is, or undefined. */
export const tensorRefFrom = (value: PickleValue | undefined): TensorRef | undefined =>
  isKind(value, 'tensor') ? value : undefined;

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/**
 * A pickle asks for far more work than tensors need: a file that only wants to keep the machine
 * busy.
 */
const OPCODE_LIMIT = 5_000_000;
/** Bytes that calls may make: NumPy's scalars are a few each. */
const MADE_LIMIT_BYTES = 32 * 2 ** 20;
/**
 * Python writes no integer of a tensor file longer than this, and making one takes time that grows
 * with its square.
 */
const INTEGER_LIMIT_BYTES = 256;
/** The longest name of a class or function there is. */
const NAME_LIMIT = 300;

/**
 * What a pickle names: classes and functions that are passed over, each once, and every storage by
 * its key.
 */
export type PickleNotes = { readonly passed: Set<string>; readonly storages: Map<string, StorageRef> };

export const noNotes = (): PickleNotes => ({ passed: new Set(), storages: new Map() });

/** One pickle, read from the reader's position to its STOP. Throws CheckpointError. */
export function readPickle(reader: ByteReader, notes = noNotes()): PickleValue {
  const machine = new Machine(notes);
  for (let step = 0; step < OPCODE_LIMIT; step++) {
    const opcode = reader.u8();
    if (opcode === STOP) return machine.pop();
    const action = ACTIONS.get(opcode);
    if (!action)
      throw new CheckpointError(
        'unsupported',
        `The pickle uses opcode 0x${opcode.toString(16)}, which no tensor file needs.`,
      );
    action(machine, reader);
  }
  throw new CheckpointError('badStructure', `The pickle has more than ${OPCODE_LIMIT} steps. It is not a tensor file.`);
}

/** The stack and memo of one pickle. */
class Machine {
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #notes: PickleNotes;
  #made = 0;

  constructor(notes: PickleNotes) {
    this.#notes = notes;
  }

  /** Counts bytes made by a call. */
  readonly take = (bytes: number): void => {
    this.#made += bytes;
    if (this.#made > MADE_LIMIT_BYTES)
      throw new CheckpointError('badStructure', 'The pickle makes far more of itself than a tensor file does.');
  };

  /** A name of the closed list, or an opaque one that is noted. */
  global(module: PickleValue, name: PickleValue): PickleGlobal | OpaqueObject {
    const found = globalFrom(module, name);
    if (found.kind === 'opaque') this.#notes.passed.add(found.name);
    return found;
  }

  storage(id: PickleValue): StorageRef | OpaqueObject {
    const found = storageFrom(id);
    if (found.kind === 'storage') this.#notes.storages.set(found.key, found);
    return found;
  }

  push(value: Slot): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK)
      throw new CheckpointError('badStructure', 'The pickle takes from an empty stack.');
    return value;
  }

  popToMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) throw new CheckpointError('badStructure', 'The pickle closes a group that was never opened.');
    return this.#stack.splice(at).slice(1) as PickleValue[];
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined)
      throw new CheckpointError('badStructure', `The pickle recalls entry ${index}, which was never stored.`);
    this.push(value);
  }

  /** Stores the top of the stack; without an index under the next free one. */
  remember(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }
}

function globalFrom(module: PickleValue, name: PickleValue): PickleGlobal | OpaqueObject {
  if (typeof module !== 'string' || typeof name !== 'string' || module.length + name.length > NAME_LIMIT)
    throw new CheckpointError('badStructure', 'The pickle names a class with something that is no name.');
  const whole = `${module}.${name}`;
  if (KNOWN.has(whole)) return { kind: 'global', name: whole };
  if (!isRefusedGlobal(module, name)) return { kind: 'opaque', name: whole };
  throw new CheckpointError(
    'refusedGlobal',
    `The file asks for "${whole}", which no tensor needs: loading it elsewhere could execute code. It was refused, and nothing was run.`,
  );
}

/**
 * An object is called by its class, which Python's own maker of objects gets as its first argument.
 */
function madeBy({ name }: OpaqueObject, args: PickleValue): OpaqueObject {
  const ofClass = name === 'copyreg._reconstructor' || name === 'copy_reg._reconstructor';
  const [first] = ofClass && Array.isArray(args) ? args : [];
  return { kind: 'opaque', name: isOpaque(first) ? first.name : name };
}

/**
 * What a call gives: of the closed list what is written there, else an opaque object of that name.
 * Nothing is called.
 */
function call(machine: Machine, target: PickleValue, args: PickleValue): PickleValue {
  if (isOpaque(target)) return madeBy(target, args);
  if (!isKind(target, 'global') || !Array.isArray(args))
    throw new CheckpointError('badStructure', 'The pickle calls something that is not a known name.');
  return KNOWN.get(target.name)!(args, target.name, machine.take);
}

/** `cls.__new__(cls, ...)`, by any of the opcodes that say so. */
function newObject(machine: Machine, target: PickleValue, args: PickleValue): void {
  machine.push(call(machine, target, args));
}

/**
 * ('storage', class, key, location, size): where a tensor's numbers are. Legacy files add a view,
 * which must be absent.
 */
function storageFrom(id: PickleValue): StorageRef | OpaqueObject {
  const [tag, type, key, , size, view] = Array.isArray(id) ? id : [];
  if (tag === 'storage' && isOpaque(type)) return type;
  const name = isKind(type, 'global') ? type.name.slice('torch.'.length) : undefined;
  if (
    tag !== 'storage' ||
    !name ||
    !Object.hasOwn(STORAGE_TYPES, name) ||
    typeof key !== 'string' ||
    typeof size !== 'number' ||
    size < 0
  )
    throw new CheckpointError('badStructure', 'The pickle refers to something outside it that is not a storage.');
  if (view !== undefined && view !== null)
    throw new CheckpointError(
      'unsupported',
      'The file stores views of storages, as PyTorch did before 0.4. Save it again with a newer PyTorch.',
    );
  return { kind: 'storage', type: name, key, size };
}

/**
 * Text of a dictionary's key; undefined for one that names no tensor (a tuple, an enumeration's
 * member).
 */
const keyFrom = (key: PickleValue): string | undefined =>
  typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean'
    ? String(key)
    : undefined;

function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (isOpaque(target)) return;
  if (!(target instanceof Map))
    throw new CheckpointError('badStructure', 'The pickle sets items of something that is no dictionary.');
  for (let i = 0; i + 1 < items.length; i += 2) {
    const key = keyFrom(items[i]!);
    if (key !== undefined) target.set(key, items[i + 1]!);
  }
}

function append(target: PickleValue, items: readonly PickleValue[]): void {
  if (isOpaque(target)) return;
  if (!Array.isArray(target))
    throw new CheckpointError('badStructure', 'The pickle appends to something that is no list.');
  for (const item of items) target.push(item);
}

/**
 * BUILD gives an object its state. An OrderedDict's `_metadata` or a NumPy dtype's byte order is no
 * number of a tensor and goes.
 */
function build(target: PickleValue, state: PickleValue): void {
  if (isOpaque(target)) target.state = state;
}

/** Python's two's-complement integer of any length, little-endian. */
function longFrom(bytes: Uint8Array): number | bigint {
  if (bytes.length > INTEGER_LIMIT_BYTES)
    throw new CheckpointError('badStructure', `The pickle holds an integer of ${bytes.length} bytes.`);
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (bytes.length > 0 && bytes[bytes.length - 1]! & 0x80) value -= 1n << BigInt(8 * bytes.length);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const dictFrom = (items: readonly PickleValue[]): PickleDict => {
  const dict: PickleDict = new Map();
  setItems(dict, items);
  return dict;
};

/** Takes the items of a set away; what is left on top is the set. */
function popItems(machine: Machine): PickleValue {
  machine.popToMark();
  return machine.top();
}

type Action = (machine: Machine, reader: ByteReader) => void;

const STOP = 0x2e;

/** Opcodes by their byte. Protocols 0 to 5 as far as PyTorch and NumPy scalars use them. */
const ACTIONS: ReadonlyMap<number, Action> = new Map<number, Action>([
  [0x80, (_, r) => void r.u8()], // PROTO
  [0x95, (_, r) => void r.u64()], // FRAME
  [0x28, (m) => m.push(MARK)], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popToMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4b, (m, r) => m.push(r.u8())], // BININT1
  [0x4d, (m, r) => m.push(r.u16())], // BININT2
  [0x4a, (m, r) => m.push(r.i32())], // BININT
  [0x8a, (m, r) => m.push(longFrom(r.take(r.u8())))], // LONG1
  [0x8b, (m, r) => m.push(longFrom(r.take(r.u32())))], // LONG4
  [0x47, (m, r) => m.push(r.f64BigEndian())], // BINFLOAT
  [0x58, (m, r) => m.push(textFromUtf8(r.take(r.u32())))], // BINUNICODE
  [0x8d, (m, r) => m.push(textFromUtf8(r.take(r.u64())))], // BINUNICODE8
  [0x8c, (m, r) => m.push(textFromUtf8(r.take(r.u8())))], // SHORT_BINUNICODE
  [0x54, (m, r) => m.push(textFromUtf8(r.take(r.u32())))], // BINSTRING
  [0x55, (m, r) => m.push(textFromUtf8(r.take(r.u8())))], // SHORT_BINSTRING
  [0x42, (m, r) => m.push(r.take(r.u32()))], // BINBYTES
  [0x43, (m, r) => m.push(r.take(r.u8()))], // SHORT_BINBYTES
  [0x8e, (m, r) => m.push(r.take(r.u64()))], // BINBYTES8
  [0x96, (m, r) => m.push(r.take(r.u64()))], // BYTEARRAY8
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x74, (m) => m.push(m.popToMark())], // TUPLE
  [0x6c, (m) => m.push(m.popToMark())], // LIST
  [0x64, (m) => m.push(dictFrom(m.popToMark()))], // DICT
  [0x85, (m) => m.push([m.pop()])], // TUPLE1
  [0x86, (m) => m.push([m.pop(), m.pop()].reverse())], // TUPLE2
  [0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())], // TUPLE3
  [0x63, (m, r) => m.push(m.global(r.line(), r.line()))], // GLOBAL
  [
    0x93, // STACK_GLOBAL
    (m) => {
      const [name, module] = [m.pop(), m.pop()];
      m.push(m.global(module, name));
    },
  ],
  [
    0x52, // REDUCE
    (m) => {
      const [args, target] = [m.pop(), m.pop()];
      m.push(call(m, target, args));
    },
  ],
  [
    0x81, // NEWOBJ
    (m) => {
      const [args, target] = [m.pop(), m.pop()];
      newObject(m, target, args);
    },
  ],
  [
    0x92, // NEWOBJ_EX
    (m) => {
      const [, args, target] = [m.pop(), m.pop(), m.pop()];
      newObject(m, target, args);
    },
  ],
  [0x8f, (m) => m.push({ kind: 'opaque', name: 'builtins.set' })], // EMPTY_SET
  [0x90, (m) => append(popItems(m), [])], // ADDITEMS
  [
    0x91, // FROZENSET
    (m) => {
      m.popToMark();
      m.push({ kind: 'opaque', name: 'builtins.frozenset' });
    },
  ],
  [
    0x62, // BUILD
    (m) => {
      const state = m.pop();
      build(m.top(), state);
    },
  ],
  [0x51, (m) => m.push(m.storage(m.pop()))], // BINPERSID
  [
    0x61, // APPEND
    (m) => {
      const item = m.pop();
      append(m.top(), [item]);
    },
  ],
  [
    0x65, // APPENDS
    (m) => {
      const items = m.popToMark();
      append(m.top(), items);
    },
  ],
  [
    0x73, // SETITEM
    (m) => {
      const [value, key] = [m.pop(), m.pop()];
      setItems(m.top(), [key, value]);
    },
  ],
  [
    0x75, // SETITEMS
    (m) => {
      const items = m.popToMark();
      setItems(m.top(), items);
    },
  ],
  [0x71, (m, r) => m.remember(r.u8())], // BINPUT
  [0x72, (m, r) => m.remember(r.u32())], // LONG_BINPUT
  [0x94, (m) => m.remember()], // MEMOIZE
  [0x68, (m, r) => m.recall(r.u8())], // BINGET
  [0x6a, (m, r) => m.recall(r.u32())], // LONG_BINGET
]);
