// How much of a core's matrix-product peak the full network reaches: images a second at 299 px on one thread against the best
// product ONNX Runtime manages on the same core in the same run.
import * as ort from 'onnxruntime-node';
import { Graph } from '../models/graph/graph.ts';
import { matmul } from '../models/graph/ops.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { PAPER_CONFIG } from '../models/recce/config.ts';
import { generatedTensor } from '../models/recce/generated-weights.ts';
import { recceInferenceGraph } from '../models/recce/inference-graph.ts';
import { recceKeys } from '../models/recce/keys.ts';

/** Multiply-adds of one image at 299 px, times two (counted from the layers' shapes). */
const GFLOP_PER_IMAGE = 22.5;

async function secondsPerRun(onnx: Uint8Array, feeds: Record<string, ort.Tensor>, runs: number): Promise<number> {
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  await session.run(feeds);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await session.run(feeds);
    times.push((performance.now() - start) / 1000);
  }
  await session.release();
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

const zeros = (shape: number[]) =>
  new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5), shape);

/** GFLOP/s of the best square product tried. */
async function peak(): Promise<number> {
  let best = 0;
  for (const side of [512, 768, 1024]) {
    const graph = new Graph();
    graph.output('c', matmul(graph.input('a', [side, side]), graph.input('b', [side, side])));
    const seconds = await secondsPerRun(onnxFromGraph(graph), { a: zeros([side, side]), b: zeros([side, side]) }, 7);
    best = Math.max(best, (2 * side ** 3) / seconds / 1e9);
  }
  return best;
}

/** Lines of the report. */
export async function benchNetwork(): Promise<string[]> {
  const keys = new Map(recceKeys(PAPER_CONFIG).map((key) => [key.name, key]));
  const onnx = onnxFromGraph(recceInferenceGraph(PAPER_CONFIG, (name) => generatedTensor(keys.get(name)!)));
  const gflops = await peak();
  const lines = [`best matrix product: ${gflops.toFixed(0)} GFLOP/s on one thread`];
  for (const batch of [1, 8]) {
    const seconds = await secondsPerRun(onnx, { x: zeros([batch, 3, 299, 299]) }, batch === 1 ? 7 : 3);
    const share = (GFLOP_PER_IMAGE * batch) / seconds / gflops;
    lines.push(
      `batch ${batch}: ${(batch / seconds).toFixed(2)} images/s, ${(100 * share).toFixed(0)} % of the best product`,
    );
  }
  return lines;
}
