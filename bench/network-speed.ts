// How much of a core's matrix-product peak the full network reaches: images a second at 299 px on
// one thread against the best product ONNX Runtime manages on the same core in the same run.
// Everything is measured in turns, in processor time, and the fastest of each counts, so that other
// work on the machine does not tilt the ratio.
import * as ort from '../engine/compute/onnxruntime.ts';
import { Graph, neededFor, type Value } from '../models/graph/graph.ts';
import { matmul } from '../models/graph/ops.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { paperNetwork, pictures } from './paper-network.ts';
import { ownSeconds } from './process-usage.ts';

const ROUNDS = 12;
/**
 * Rows, inner length and columns of the products tried; the last is the network's most frequent
 * one.
 */
const PRODUCTS: readonly (readonly [number, number, number])[] = [
  [512, 512, 512],
  [768, 768, 768],
  [1024, 1024, 1024],
  [736, 736, 361],
];

/**
 * Something to run, the arithmetic in it, and its fastest time so far (one thread: processor time
 * is the time it takes).
 */
type Measured = { run: () => Promise<unknown>; gflop: number; seconds: number };

async function prepare(graph: Graph, feeds: Record<string, ort.Tensor>, gflop: number): Promise<Measured> {
  const session = await ort.InferenceSession.create(onnxFromGraph(graph), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  await session.run(feeds);
  return { run: () => session.run(feeds), gflop, seconds: Number.POSITIVE_INFINITY };
}

const filled = (...shape: [number, number]) =>
  new ort.Tensor('float32', new Float32Array(shape[0] * shape[1]).fill(0.5), shape);

function product([rows, inner, columns]: (typeof PRODUCTS)[number]): Promise<Measured> {
  const graph = new Graph();
  graph.output('c', matmul(graph.input('a', [rows, inner]), graph.input('b', [inner, columns])));
  return prepare(graph, { a: filled(rows, inner), b: filled(inner, columns) }, (2 * rows * inner * columns) / 1e9);
}

async function time(measured: Measured): Promise<void> {
  const start = ownSeconds();
  await measured.run();
  measured.seconds = Math.min(measured.seconds, ownSeconds() - start);
}

/** Lines of the report. */
export async function benchNetwork(): Promise<string[]> {
  const graph = paperNetwork();
  const gflop = flopPerPicture(graph) / 1e9;
  const products = await Promise.all(PRODUCTS.map(product));
  const one = await prepare(graph, { x: pictures(1, 299) }, gflop);
  const eight = await prepare(graph, { x: pictures(8, 299) }, 8 * gflop);
  for (let round = 0; round < ROUNDS; round++) {
    for (const measured of products) for (let i = 0; i < 5; i++) await time(measured);
    await time(one);
    if (round % 3 === 0) await time(eight);
  }
  const peak = Math.max(...products.map((measured) => measured.gflop / measured.seconds));
  const line = (name: string, images: number, { gflop, seconds }: Measured) =>
    `${name}: ${(images / seconds).toFixed(2)} images/s, ${(gflop / seconds).toFixed(0)} GFLOP/s, ${((100 * gflop) / seconds / peak).toFixed(0)} % of the best product`;
  return [
    `one picture: ${gflop.toFixed(2)} GFLOP; best matrix product: ${peak.toFixed(0)} GFLOP/s on one thread`,
    line('batch 1', 1, one),
    line('batch 8', 8, eight),
  ];
}

const size = (dims: readonly unknown[]): number => dims.reduce<number>((product, dim) => product * Number(dim), 1);
const fixed = (value: Value): number[] => value.shape.map((dim) => (dim === 'n' ? 1 : dim));

/** Multiply-adds of one op times two; 0 for everything that is not a product. */
function flopOf(value: Value): number {
  const { source } = value;
  if (source.kind !== 'op') return 0;
  const out = size(fixed(value));
  if (source.op === 'conv2d') return 2 * out * size(fixed(source.inputs[1]!).slice(1));
  if (source.op === 'matmul') return 2 * out * fixed(source.inputs[0]!).at(-1)!;
  return 0;
}

/** Floating-point operations of one picture. */
const flopPerPicture = (graph: Graph): number =>
  neededFor(graph.outputs.values()).reduce((sum, value) => sum + flopOf(value), 0);
