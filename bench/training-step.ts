// What a training step costs: processor time of one step of the full network at 299 px on one
// thread, against inference of the same pictures (forward only) in the same run, and the memory it
// takes. Ratios; docs/decisions/004-training.md has the comparison with PyTorch.
import * as ort from '../engine/compute/onnxruntime.ts';
import { TrainingSession } from '../engine/compute/training-session.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { PAPER_CONFIG } from '../models/recce/config.ts';
import { recceInferenceGraph } from '../models/recce/inference-graph.ts';
import { paperSetup, type TrainingSetup } from '../models/recce/training-setup.ts';
import { initialWeights } from '../models/recce/training-state.ts';
import { randomStream } from '../models/tensor/random.ts';

const BATCH = 8;
const STEPS = 3;
const THREADS = 1;

/**
 * Processor seconds of `work`, the shortest of `times`: other work on the machine can only add to
 * it.
 */
async function processorSeconds(times: number, work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

/** Inference of a batch, weights folded, as in use. */
async function forwardSeconds(setup: TrainingSetup): Promise<number> {
  const weights = initialWeights(setup);
  const onnx = onnxFromGraph(recceInferenceGraph(PAPER_CONFIG, (name) => weights.get(name)!));
  const session = await ort.InferenceSession.create(onnx, { intraOpNumThreads: THREADS, logSeverityLevel: 3 });
  const shape = [BATCH, 3, PAPER_CONFIG.inputPx, PAPER_CONFIG.inputPx];
  const x = new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b)).fill(0.25), shape);
  const seconds = await processorSeconds(STEPS, () => session.run({ x }));
  await session.release();
  return seconds;
}

/** Lines of the report. */
export async function benchTraining(): Promise<string[]> {
  const setup: TrainingSetup = { ...paperSetup(PAPER_CONFIG), batchSize: BATCH };
  const forward = await forwardSeconds(setup);
  const session = { provider: 'cpu', threads: THREADS, memoryPattern: false };
  const run = await TrainingSession.open(setup, { from: 'nothing' }, session);
  const stream = randomStream(1);
  const side = setup.network.inputPx;
  const batch = {
    pixels: Array.from({ length: BATCH }, () =>
      Uint8Array.from({ length: 3 * side * side }, () => stream.integer(256)),
    ),
    labels: Array.from({ length: BATCH }, (_, i) => i % 2),
  };
  const step = await processorSeconds(STEPS, () => run.trainOn(batch));
  await run.close();
  return [
    `a step of ${BATCH} pictures at ${side} px, full width, one thread: ${step.toFixed(2)} s of processor time`,
    `inference of the same pictures: ${forward.toFixed(2)} s; a step is ${(step / forward).toFixed(1)} times that`,
    `largest resident memory: ${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)} GiB`,
  ];
}
