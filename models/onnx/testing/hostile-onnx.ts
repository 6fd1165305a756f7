// ONNX files written field by field, also such as no exporter writes: for tests of what is taken
// and what is refused.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

type Part = (writer: BinaryWriter) => void;
const part =
  (field: number, write: Part): Part =>
  (writer) => {
    writer.uint32((field << 3) | WireType.LengthDelimited).fork();
    write(writer);
    writer.join();
  };
const text =
  (field: number, value: string): Part =>
  (writer) =>
    void writer.uint32((field << 3) | WireType.LengthDelimited).string(value);
const number =
  (field: number, value: number | bigint): Part =>
  (writer) =>
    void writer.uint32((field << 3) | WireType.Varint).int64(value as never);
const all =
  (parts: readonly Part[]): Part =>
  (writer) => {
    for (const one of parts) one(writer);
  };

export type Dim = number | string;
export const FLOAT = 1;
export const INT64 = 7;
export const BOOL = 9;

/** ValueInfoProto. */
export const border = (name: string, dims: readonly Dim[], type = FLOAT): Part =>
  all([
    text(1, name),
    part(
      2,
      part(
        1,
        all([
          number(1, type),
          part(2, all(dims.map((dim) => part(1, typeof dim === 'number' ? number(1, dim) : text(2, dim))))),
        ]),
      ),
    ),
  ]);

/** TensorProto; `outside`: its numbers are said to lie in that file. */
export function tensor(
  name: string,
  dims: readonly number[],
  data: Float32Array | BigInt64Array,
  outside?: string,
): Part {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const rest: Part[] = outside
    ? [part(13, all([text(1, 'location'), text(2, outside)])), number(14, 1)]
    : [(writer) => void writer.uint32((9 << 3) | WireType.LengthDelimited).bytes(bytes)];
  const type = data instanceof Float32Array ? FLOAT : INT64;
  return all([...dims.map((dim) => number(1, dim)), number(2, type), text(8, name), ...rest]);
}

/**
 * A tensor whose numbers lie in another file, told so that a reader which takes the place of the
 * numbers (field 14) for a varint, whatever its type, loses its way: eight bytes of it are passed
 * over, and what follows looks like one field that nobody knows.
 */
export function smuggledTensor(name: string, dims: readonly number[], outside: string): Part {
  const inner = new BinaryWriter();
  all([part(13, all([text(1, 'location'), text(2, outside)])), number(14, 1)])(inner);
  const hidden = inner.finish();
  // Tag 14 as 64 fixed bits; read as a varint it ends after one byte, and field 200 of `hidden` follows.
  const length = [0x80 | (hidden.length & 0x7f), 0x80 | ((hidden.length >> 7) & 0x7f), 0x80, 0x80, 0];
  const lead = Uint8Array.of((14 << 3) | WireType.Bit64, 0, 0xc2, 0x0c, ...length);
  return all([
    ...dims.map((dim) => number(1, dim)),
    number(2, FLOAT),
    text(8, name),
    (writer) => void writer.raw(lead).raw(hidden),
  ]);
}

export type Node = {
  op: string;
  in: readonly string[];
  out: readonly string[];
  domain?: string;
  ints?: Readonly<Record<string, number | readonly number[]>>;
  body?: Graph;
};
export type Graph = {
  nodes: readonly Node[];
  inputs: readonly Part[];
  outputs: readonly Part[];
  tensors?: readonly Part[];
};

const attribute = (name: string, value: number | readonly number[]): Part =>
  typeof value === 'number'
    ? all([text(1, name), number(3, value), number(20, 2)])
    : all([text(1, name), ...value.map((one) => number(8, one)), number(20, 7)]);

const node = ({ op, in: inputs, out, domain, ints = {}, body }: Node): Part =>
  all([
    ...inputs.map((one) => text(1, one)),
    ...out.map((one) => text(2, one)),
    text(4, op),
    ...Object.entries(ints).map(([name, value]) => part(5, attribute(name, value))),
    ...(body ? [part(5, all([text(1, 'body'), part(6, graph(body)), number(20, 5)]))] : []),
    ...(domain ? [text(7, domain)] : []),
  ]);

const graph = ({ nodes, inputs, outputs, tensors = [] }: Graph): Part =>
  all([
    ...nodes.map((one) => part(1, node(one))),
    text(2, 'g'),
    ...tensors.map((one) => part(5, one)),
    ...inputs.map((one) => part(11, one)),
    ...outputs.map((one) => part(12, one)),
  ]);

/** A whole file. */
export function onnxFile(of: Graph, domains: readonly string[] = []): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  all([
    number(1, 8),
    part(7, graph(of)),
    ...['', ...domains].map((domain) => part(8, all([text(1, domain), number(2, domain === '' ? 17 : 1)]))),
  ])(writer);
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

export const SIDE = 64;
/** NCHW, three channels. */
export const pictures = border('pictures', ['batch', 3, SIDE, SIDE]);

/**
 * A detector of sorts that no family is: the mean of each channel times a weight, summed, and
 * `gain`: a logit a picture, [n, 1]; `answer` is made of it by `nodes`.
 */
export const meanDetector = (nodes: readonly Node[] = [{ op: 'Identity', in: ['logit'], out: ['answer'] }]): Graph => ({
  nodes: [
    { op: 'GlobalAveragePool', in: ['pictures'], out: ['pooled'] },
    { op: 'Flatten', in: ['pooled'], out: ['features'] },
    { op: 'MatMul', in: ['features', 'weight'], out: ['logit'] },
    ...nodes,
  ],
  inputs: [pictures],
  outputs: [border('answer', ['batch', 1]), border('features', ['batch', 3])],
  tensors: [tensor('weight', [3, 1], Float32Array.of(3, -2, 1.5))],
});
