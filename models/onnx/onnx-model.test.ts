// ONNX bytes: read again field by field with the numbers of onnx.proto, loaded and run by ONNX
// Runtime, the same for the same graph.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { float32Tensor } from '../tensor/tensor.ts';
import { onnxFromGraph } from './onnx-model.ts';

type Fields = Map<number, (bigint | number | Uint8Array)[]>;

/** A protobuf message as its fields by number. */
function fieldsOf(bytes: Uint8Array): Fields {
  const [reader, fields]: [BinaryReader, Fields] = [new BinaryReader(bytes), new Map()];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const value =
      type === WireType.Varint ? BigInt(reader.int64()) : type === WireType.Bit32 ? reader.float() : reader.bytes();
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}

const messages = (fields: Fields, number: number) =>
  (fields.get(number) ?? []).map((one) => fieldsOf(one as Uint8Array));
const texts = (fields: Fields, number: number) =>
  (fields.get(number) ?? []).map((one) => new TextDecoder().decode(one as Uint8Array));
const numbers = (fields: Fields, number: number) => (fields.get(number) ?? []).map(Number);

/** onnx.proto: ModelProto.graph is 7; GraphProto has node 1, initializer 5, input 11, output 12. */
const graphOf = (bytes: Uint8Array): Fields => messages(fieldsOf(bytes), 7)[0]!;
/** ValueInfoProto: its name, and type.tensor_type.shape.dim with a value (1) or a parameter (2). */
function infoOf(info: Fields) {
  const tensor = messages(messages(info, 2)[0]!, 1)[0]!;
  const dims = messages(messages(tensor, 2)[0]!, 1);
  return [texts(info, 1)[0], numbers(tensor, 1)[0], dims.map((one) => texts(one, 2)[0] ?? numbers(one, 1)[0])];
}
/** TensorProto: name 8, data_type 2, dims 1, raw_data 9. */
const tensorsOf = (graph: Fields) =>
  new Map(
    messages(graph, 5).map((one) => [
      texts(one, 8)[0]!,
      { type: numbers(one, 2)[0], dims: numbers(one, 1), raw: one.get(9)![0] as Uint8Array },
    ]),
  );

/** y = relu(x w + b), with a part that no output needs. */
function small(): Graph {
  const graph = new Graph();
  const x = graph.input('x', ['n', 2]);
  const w = graph.parameter('layer.weight', float32Tensor([2, 3], Float32Array.of(1, 2, 3, -4, 5, 0.1)));
  const b = graph.parameter('layer.bias', float32Tensor([3], Float32Array.of(0.5, -100, 0)));
  graph.parameter('unused', float32Tensor([1], Float32Array.of(9)));
  op.add(x, graph.scalar(3));
  graph.output('y', op.relu(op.add(op.matmul(x, w), b)));
  return graph;
}

test('a model names its versions, its inputs and outputs with their axes, and its weights by name and to the bit', () => {
  const bytes = onnxFromGraph(small());
  const model = fieldsOf(bytes);
  expect([numbers(model, 1), texts(model, 2)]).toEqual([[10], ['recce-workstation']]);
  expect(messages(model, 8).map((set) => [texts(set, 1)[0], numbers(set, 2)[0]])).toEqual([['', 21]]);
  const graph = graphOf(bytes);
  expect(messages(graph, 11).map(infoOf)).toEqual([['x', 1, ['n', 2]]]);
  expect(messages(graph, 12).map(infoOf)).toEqual([['y', 1, ['n', 3]]]);
  const tensors = tensorsOf(graph);
  expect([...tensors.keys()].sort()).toEqual(['layer.bias', 'layer.weight']);
  const { type, dims, raw } = tensors.get('layer.weight')!;
  expect([type, dims]).toEqual([1, [2, 3]]);
  const view = new DataView(raw.buffer, raw.byteOffset);
  expect([0, 1, 2, 3, 4, 5].map((i) => view.getFloat32(4 * i, true))).toEqual([1, 2, 3, -4, 5, Math.fround(0.1)]);
});

test('ONNX Runtime computes what the graph means', async () => {
  const session = await ort.InferenceSession.create(onnxFromGraph(small()));
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2, 10, 0), [2, 2]) });
  expect(y!.dims).toEqual([2, 3]);
  const expected = [0, 0, Math.fround(3 + 2 * Math.fround(0.1)), 10.5, 0, 30];
  for (const [i, value] of expected.entries()) expect((y!.data as Float32Array)[i]).toBeCloseTo(value, 5);
  await session.release();
});

test('weights that are given at each run are inputs and are not stored', async () => {
  const bytes = onnxFromGraph(small(), { weightsAsInputs: new Set(['layer.weight']) });
  const graph = graphOf(bytes);
  expect(messages(graph, 11).map(infoOf)).toEqual([
    ['x', 1, ['n', 2]],
    ['layer.weight', 1, [2, 3]],
  ]);
  expect([...tensorsOf(graph).keys()]).toEqual(['layer.bias']);
  const session = await ort.InferenceSession.create(bytes);
  const { y } = await session.run({
    x: new ort.Tensor('float32', Float32Array.of(1, 1), [1, 2]),
    'layer.weight': new ort.Tensor('float32', Float32Array.of(1, 0, 0, 1, 0, 0), [2, 3]),
  });
  expect([...(y!.data as Float32Array)]).toEqual([2.5, 0, 0]);
  await session.release();
});

test('the same graph gives the same bytes; another weight gives others', () => {
  expect(Buffer.from(onnxFromGraph(small())).equals(Buffer.from(onnxFromGraph(small())))).toBe(true);
  const other = new Graph();
  other.output('y', op.relu(other.input('x', ['n', 2])));
  expect(Buffer.from(onnxFromGraph(other)).equals(Buffer.from(onnxFromGraph(small())))).toBe(false);
});

test('equal calls and equal constants are written once, unequal ones never for one another', async () => {
  const graph = new Graph();
  const x = graph.input('x', [2]);
  const [a, b] = [op.add(x, graph.scalar(3)), op.add(x, graph.scalar(3))];
  graph.output('twice', op.add(a, b));
  graph.output('other', op.add(x, graph.scalar(4)));
  const bytes = onnxFromGraph(graph);
  const adds = messages(graphOf(bytes), 1).filter((node) => texts(node, 4)[0] === 'Add');
  expect(adds).toHaveLength(3);
  expect(tensorsOf(graphOf(bytes)).size).toBe(2);
  const session = await ort.InferenceSession.create(bytes);
  const { twice, other } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2), [2]) });
  expect([[...(twice!.data as Float32Array)], [...(other!.data as Float32Array)]]).toEqual([
    [8, 10],
    [5, 6],
  ]);
  await session.release();
});

test('zero and minus zero are two constants: one over them is plus and minus infinity', async () => {
  const graph = new Graph();
  const x = graph.input('x', [1]);
  graph.output('plus', op.div(x, graph.scalar(0)));
  graph.output('minus', op.div(x, graph.scalar(-0)));
  const session = await ort.InferenceSession.create(onnxFromGraph(graph));
  const { plus, minus } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1), [1]) });
  expect([plus!.data[0], minus!.data[0]]).toEqual([Infinity, -Infinity]);
  await session.release();
});

test('an input of bytes is given as bytes and is its numbers; the file says so', async () => {
  const graph = new Graph();
  const x = graph.input('x', ['n', 3], { bytes: true });
  graph.output('y', op.mul(x, 0.5));
  const onnx = onnxFromGraph(graph);
  expect(messages(graphOf(onnx), 11).map(infoOf)).toEqual([['x', 2, ['n', 3]]]);
  const session = await ort.InferenceSession.create(onnx);
  const { y } = await session.run({ x: new ort.Tensor('uint8', Uint8Array.of(0, 1, 255), [1, 3]) });
  expect([...(y!.data as Float32Array)]).toEqual([0, 0.5, 127.5]);
});

test('a token without a batch is repeated as often as the batch of another array is long', async () => {
  const graph = new Graph();
  const x = graph.input('x', ['n', 2, 2]);
  const token = graph.parameter('token', float32Tensor([1, 1, 2], Float32Array.of(7, 8)));
  graph.output('y', op.concat([op.expand(token, ['n', 1, 2], x), x], 1));
  const session = await ort.InferenceSession.create(onnxFromGraph(graph), { logSeverityLevel: 3 });
  for (const n of [1, 3]) {
    const given = Float32Array.from({ length: 4 * n }, (_, i) => i);
    const { y } = await session.run({ x: new ort.Tensor('float32', given, [n, 2, 2]) });
    expect(y!.dims).toEqual([n, 3, 2]);
    expect([...(y!.data as Float32Array)]).toEqual(
      Array.from({ length: n }, (_, i) => [7, 8, ...given.subarray(4 * i, 4 * i + 4)]).flat(),
    );
  }
  await session.release();
});

test('a batch that nothing tells the length of is refused where the graph is built', () => {
  const graph = new Graph();
  const token = graph.parameter('token', float32Tensor([1, 2], Float32Array.of(7, 8)));
  expect(() => op.expand(token, ['n', 2])).toThrow('how long the batch');
});
