// What a training step costs: processor time and peak memory of steps in the training process, one
// thread, at three widths; against the same step in eager PyTorch in the same run, and against
// inference of the same pictures. PyTorch needs Debian's python3-torch and numpy; without them it
// says so. docs/decisions/004-training.md has what was found.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as ort from '../engine/compute/onnxruntime.ts';
import { createTrainer } from '../engine/compute/trainer.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { recceInferenceGraph } from '../models/recce/inference-graph.ts';
import { paperSetup, type TrainingSetup } from '../models/recce/training-setup.ts';
import { initialWeights } from '../models/recce/training-state.ts';
import { randomStream } from '../models/tensor/random.ts';
import { ownSeconds, peakMegabytesOf, secondsOf } from './process-usage.ts';

/** Widths with the sides and batches that they are trained with. */
const WAYS = [
  { width: 0.25, inputPx: 128, batchSize: 24 },
  { width: 0.5, inputPx: 128, batchSize: 24 },
  { width: 1, inputPx: 299, batchSize: 8 },
];
/** Steps of which the shortest counts: other work on the machine can only add to it. */
const STEPS = 4;
const PYTHON = '/usr/bin/python3';
const REFERENCE = path.resolve(import.meta.dirname, '../models/recce/testing/training_reference.py');

type Cost = { seconds: number; megabytes: number };

/** `seconds` of the shortest of several calls of `work`, by what `spent` says. */
async function shortest(work: () => Promise<unknown>, spent: () => number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < STEPS; i++) {
    const before = spent();
    await work();
    best = Math.min(best, spent() - before);
  }
  return best;
}

function batchFor({ batchSize, network: { inputPx } }: TrainingSetup) {
  const stream = randomStream(1);
  const picture = () => Uint8Array.from({ length: 3 * inputPx ** 2 }, () => stream.integer(256));
  return {
    pixels: Array.from({ length: batchSize }, picture),
    labels: Array.from({ length: batchSize }, (_, i) => i % 2),
  };
}

async function ours(setup: TrainingSetup): Promise<Cost> {
  const trainer = createTrainer({ provider: 'cpu', threads: 1 });
  try {
    await trainer.open(setup, { from: 'nothing' });
    const batch = batchFor(setup);
    const seconds = await shortest(
      () => trainer.step(batch),
      () => secondsOf(trainer.pid()),
    );
    return { seconds, megabytes: peakMegabytesOf(trainer.pid()) };
  } finally {
    await trainer.close();
  }
}

/** Eager PyTorch; undefined where it is not installed. */
async function theirs({ network, batchSize }: TrainingSetup): Promise<Cost | undefined> {
  const given = [REFERENCE, '--measure', network.width, network.inputPx, batchSize, 1].map(String);
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const answer = await promisify(execFile)(PYTHON, given, { env }).catch(() => undefined);
  const steps = [...(answer?.stdout ?? '').matchAll(/, ([\d.]+) s of processor, peak ([\d.]+) GiB/g)];
  if (steps.length === 0) return undefined;
  return {
    seconds: Math.min(...steps.map(([, seconds]) => Number(seconds))),
    megabytes: 1024 * Math.max(...steps.map(([, , peak]) => Number(peak))),
  };
}

/** Inference of a batch, weights folded, as in use; processor seconds. */
async function forwardSeconds(setup: TrainingSetup): Promise<number> {
  const weights = initialWeights(setup);
  const { batchSize, network } = setup;
  const onnx = onnxFromGraph(recceInferenceGraph(network, (name) => weights.get(name)!));
  const session = await ort.InferenceSession.create(onnx, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const shape = [batchSize, 3, network.inputPx, network.inputPx];
  const x = new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b)).fill(0.25), shape);
  const seconds = await shortest(() => session.run({ x }), ownSeconds);
  await session.release();
  return seconds;
}

/** Lines of the report. */
export async function benchTraining(): Promise<string[]> {
  const lines: string[] = [];
  for (const { batchSize, ...network } of WAYS) {
    const setup = { ...paperSetup({ ...network, numClasses: 1 }), batchSize };
    const [own, forward, pytorch] = [await ours(setup), await forwardSeconds(setup), await theirs(setup)];
    lines.push(
      `width ${network.width}, ${batchSize} pictures of ${network.inputPx} px, one thread: ${own.seconds.toFixed(2)} s of processor time, ${(batchSize / own.seconds).toFixed(1)} pictures/s, ${Math.round(own.megabytes)} MB at most`,
      `  inference of the same pictures: a step is ${(own.seconds / forward).toFixed(1)} times that`,
      pytorch
        ? `  PyTorch: ${pytorch.seconds.toFixed(2)} s, ${Math.round(pytorch.megabytes)} MB; a step here takes ${(own.seconds / pytorch.seconds).toFixed(2)} of its processor time and ${(own.megabytes / pytorch.megabytes).toFixed(2)} of its memory`
        : `  ${PYTHON} has no torch and numpy: nothing to compare with`,
    );
  }
  return lines;
}
