// A TensorFlow Lite file as its operators and tensors: what of the format the face networks use.
// Field numbers are those of TensorFlow Lite's schema.fbs; the bytes are a FlatBuffer.
import { type Float32Tensor, float32Tensor, sizeFromShape } from '../tensor/tensor.ts';

/** One operator: its tensors by number (-1: left out) and, by field number, its options. */
export type TfliteOperator = {
  code: number;
  inputs: readonly number[];
  outputs: readonly number[];
  /** A byte-wide option, or 0. */
  byte(field: number): number;
  /** A four-byte option, or 0. */
  int(field: number): number;
};

/** `read` gives a constant's numbers, as float32 whatever they are stored as. */
export type TfliteTensor = { name: string; shape: readonly number[]; isConstant: boolean; read(): Float32Tensor };

/** The first graph of a file. */
export type TfliteFile = {
  tensors: readonly TfliteTensor[];
  operators: readonly TfliteOperator[];
  inputs: readonly number[];
  outputs: readonly number[];
};

const TYPE = { float32: 0, float16: 1, int32: 2 } as const;

/** A table of a FlatBuffer: its fields by number. Positions are in bytes. */
class Table {
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  #field(number: number): number | undefined {
    const fields = this.#at - this.#view.getInt32(this.#at, true);
    const entry = 4 + 2 * number;
    const offset = entry < this.#view.getUint16(fields, true) ? this.#view.getUint16(fields + entry, true) : 0;
    return offset === 0 ? undefined : this.#at + offset;
  }

  #target(position: number): number {
    return position + this.#view.getUint32(position, true);
  }

  int(number: number): number {
    const at = this.#field(number);
    return at === undefined ? 0 : this.#view.getInt32(at, true);
  }

  byte(number: number): number {
    const at = this.#field(number);
    return at === undefined ? 0 : this.#view.getInt8(at);
  }

  table(number: number): Table | undefined {
    const at = this.#field(number);
    return at === undefined ? undefined : new Table(this.#view, this.#target(at));
  }

  /** Where a list begins, and how many it holds. */
  #list(number: number): { from: number; count: number } {
    const at = this.#field(number);
    if (at === undefined) return { from: 0, count: 0 };
    const list = this.#target(at);
    return { from: list + 4, count: this.#view.getUint32(list, true) };
  }

  tables(number: number): Table[] {
    const { from, count } = this.#list(number);
    return Array.from({ length: count }, (_, i) => new Table(this.#view, this.#target(from + 4 * i)));
  }

  ints(number: number): number[] {
    const { from, count } = this.#list(number);
    return Array.from({ length: count }, (_, i) => this.#view.getInt32(from + 4 * i, true));
  }

  bytes(number: number): Uint8Array {
    const { from, count } = this.#list(number);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + from, count);
  }

  text(number: number): string {
    return String.fromCharCode(...this.bytes(number));
  }
}

/** Throws RangeError when the bytes end too soon, Error where they are no such file. */
export function readTflite(bytes: Uint8Array): TfliteFile {
  if (String.fromCharCode(...bytes.subarray(4, 8)) !== 'TFL3') throw new Error('This is no TensorFlow Lite file.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const model = new Table(view, view.getUint32(0, true));
  const codes = model.tables(1).map((code) => Math.max(code.byte(0), code.int(3)));
  const buffers = model.tables(4).map((buffer) => buffer.bytes(0));
  const graph = model.tables(2)[0];
  if (!graph) throw new Error('The TensorFlow Lite file holds no graph.');
  return {
    tensors: graph.tables(0).map((tensor) => readTensor(tensor, buffers[tensor.int(2)]!)),
    operators: graph.tables(3).map((operator) => readOperator(operator, codes)),
    inputs: graph.ints(1),
    outputs: graph.ints(2),
  };
}

function readOperator(operator: Table, codes: readonly number[]): TfliteOperator {
  const options = operator.table(4);
  return {
    code: codes[operator.int(0)]!,
    inputs: operator.ints(1),
    outputs: operator.ints(2),
    byte: (field) => options?.byte(field) ?? 0,
    int: (field) => options?.int(field) ?? 0,
  };
}

function readTensor(tensor: Table, data: Uint8Array): TfliteTensor {
  const shape = tensor.ints(0);
  const type = tensor.byte(1);
  const read = (): Float32Tensor => {
    const numbers = numbersOf(type, data);
    if (numbers.length !== sizeFromShape(shape)) throw new RangeError(`The weights end inside ${tensor.text(3)}.`);
    return float32Tensor(shape, numbers);
  };
  return { name: tensor.text(3), shape, isConstant: data.length > 0, read };
}

function numbersOf(type: number, data: Uint8Array): Float32Array {
  const { buffer } = data.slice();
  if (type === TYPE.float32) return new Float32Array(buffer);
  if (type === TYPE.int32) return Float32Array.from(new Int32Array(buffer));
  if (type === TYPE.float16) return Float32Array.from(new Uint16Array(buffer), fromHalf);
  throw new Error(`Numbers of type ${type} are not read.`);
}

/** A 16-bit float's bits (IEEE 754 binary16) as its value. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction));
}

/**
 * TensorFlow Lite's [out, height, width, in] as [out, in, height, width]; a depthwise
 * [1, h, w, c] as [c, 1, h, w].
 */
export function convWeightFromTflite({ shape, data }: Float32Tensor, depthwise: boolean): Float32Tensor {
  const [outer, height, width, inner] = shape as [number, number, number, number];
  const turned = new Float32Array(data.length);
  for (let o = 0; o < outer; o++)
    for (let at = 0; at < height * width; at++)
      for (let i = 0; i < inner; i++)
        turned[(o * inner + i) * height * width + at] = data[(o * height * width + at) * inner + i]!;
  return float32Tensor(depthwise ? [inner, 1, height, width] : [outer, inner, height, width], turned);
}
