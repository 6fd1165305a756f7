// Training against PyTorch (fixtures/training-reference.json, made by
// testing/training_reference.py): same weights, pictures and masks, four steps. And the chance in
// it: the same seed gives the same step.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { PYTHON } from '../../build/test-needs.ts';
import { readRecceCheckpoint } from '../checkpoint/recce-checkpoint.ts';
import { writeRecceTrainerFile } from '../checkpoint/write-recce-checkpoint.ts';
import { onnxFromGraph } from '../onnx/onnx-model.ts';
import type { Float32Tensor } from '../tensor/tensor.ts';
import { generatedTensor } from './generated-weights.ts';
import { recceKeys } from './keys.ts';
import { drawMask, drawNoise } from './training-chance.ts';
import { gradientOutput, recceTrainingGraph } from './training-graph.ts';
import { paperSetup, type TrainingSetup } from './training-setup.ts';
import { freshState } from './training-state.ts';
import { applyStep, feedsOfStep, type StepLosses } from './training-step.ts';

type Summary = [norm: number, projection: number];
type Reference = {
  config: { width: number; side: number; batch: number; seed: number };
  steps: { loss: number; classification: number; reconstruction: number; metric: number; logit: number[] }[];
  gradients: Record<string, Summary>;
  weights: Record<string, Summary>;
  statistics: Record<string, Summary>;
};

const reference: Reference = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, 'fixtures/training-reference.json'), 'utf8'),
);
const { width, side, batch, seed } = reference.config;

const setup: TrainingSetup = { ...paperSetup({ width, numClasses: 1, inputPx: side }, seed), batchSize: batch };
const base = new Map(
  recceKeys(setup.network, false)
    .filter(({ dtype }) => dtype === 'float32')
    .map((key): [string, Float32Tensor] => [key.name, generatedTensor(key)]),
);

/** The pictures and labels of the reference, whose step counts from 1. */
const batchOf = (step: number) => ({
  pixels: Array.from({ length: batch }, (_, i) =>
    Uint8Array.from({ length: 3 * side * side }, (__, at) => {
      const [c, x, y] = [at % 3, Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
      return (3 * x + 5 * y + 7 * c + 40 * i + 11 * step) % 256;
    }),
  ),
  labels: Array.from({ length: batch }, (_, i) => ((i + step) % 3 === 0 ? 1 : 0)),
});

const summary = (data: Float32Array): Summary => [
  Math.sqrt(data.reduce((sum, v) => sum + v * v, 0)),
  data.reduce((sum, v, i) => sum + v * Math.cos(i), 0),
];

/** Runs `steps` steps; returns their losses, the first step's gradients and the state. */
async function train(steps: number, blockedLayout: boolean) {
  const state = freshState(setup, base);
  const built = recceTrainingGraph(
    { ...setup.network, batchSize: batch, objective: setup.objective, freeze: [], batchNorm: 'batch' },
    (name) => state.weights.get(name)!,
  );
  const onnx = onnxFromGraph(built.graph, { weightsAsInputs: new Set(built.trained), blockedLayout });
  const session = await ort.InferenceSession.create(onnx, { logSeverityLevel: 3, enableMemPattern: false });
  const losses: StepLosses[] = [];
  const gradients = new Map<string, Summary>();
  for (let step = 1; step <= steps; step++) {
    const feeds = feedsOfStep(setup, built, state, batchOf(step));
    const outputs = await session.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, t]) => [name, new ort.Tensor('float32', t.data, t.shape as number[])]),
      ),
    );
    const output = (name: string) => outputs[name]!.data as Float32Array;
    if (step === 1) for (const name of built.trained) gradients.set(name, summary(output(gradientOutput(name))));
    losses.push(applyStep(setup, built, state, output));
  }
  await session.release();
  return { losses, gradients, state, trained: built.trained };
}

describe.each([
  ['blocked layout', true],
  ['standard operators', false],
])('four steps, %s', (_, blockedLayout) => {
  let run: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    run = await train(4, blockedLayout);
  });

  test('the losses are those of PyTorch to five decimals', () => {
    for (const [i, expected] of reference.steps.entries())
      for (const name of ['loss', 'classification', 'reconstruction', 'metric'] as const)
        expect(Math.abs(run.losses[i]![name] - expected[name]), `step ${i + 1}, ${name}`).toBeLessThan(1e-5);
  });

  test('the logits are those of PyTorch', () => {
    for (const [i, { logit }] of reference.steps.entries())
      for (const [n, value] of logit.entries())
        expect(Math.abs(run.losses[i]!.logits[n]! - value), `step ${i + 1}, picture ${n}`).toBeLessThan(5e-5);
  });

  test('every weight is trained, and the gradients of the first step are those of PyTorch', () => {
    expect([...run.trained].sort()).toEqual(Object.keys(reference.gradients).sort());
    for (const [name, [norm, projection]] of Object.entries(reference.gradients)) {
      const [found, along] = run.gradients.get(name)!;
      expect(Math.abs(found - norm) / (norm + 1e-6), `${name}: norm`).toBeLessThan(2e-3);
      expect(Math.abs(along - projection) / (norm + 1e-6), `${name}: projection`).toBeLessThan(2e-3);
    }
  });

  test('weights and running statistics after four steps are those of PyTorch', () => {
    for (const [name, [norm, projection]] of Object.entries({ ...reference.weights, ...reference.statistics })) {
      const [found, along] = summary(run.state.weights.get(name)!.data);
      expect(Math.abs(found - norm) / norm, `${name}: norm`).toBeLessThan(2e-4);
      expect(Math.abs(along - projection) / norm, `${name}: projection`).toBeLessThan(2e-3);
    }
  });
});

test('PyTorch goes on from our trainer file as we do, and we read what it saves', { tags: ['torch'] }, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-torch-'));
  try {
    const file = path.join(folder, 'latest_model.bin');
    const { state } = await train(4, true);
    const bytes = writeRecceTrainerFile(
      { config: setup.network, tensors: state.weights, batchesTracked: 4 },
      {
        step: 4,
        bestStep: 4,
        bestMetric: 0.5,
        evalMetric: 'Acc',
        ...setup,
        first: state.first,
        second: state.second,
      },
    );
    writeFileSync(file, bytes);
    const script = path.resolve(import.meta.dirname, 'testing/training_reference.py');
    const theirs = JSON.parse(execFileSync(PYTHON, [script, '--continue', file], { encoding: 'utf8' }));
    const ours = await train(5, true);
    for (const name of ['loss', 'classification', 'reconstruction', 'metric'] as const)
      expect(Math.abs(ours.losses[4]![name] - theirs[name]), name).toBeLessThan(2e-5);
    const { layout, tensors } = readRecceCheckpoint(readFileSync(`${file}.out`));
    expect(layout).toBe('trainer');
    for (const [name, { data }] of ours.state.weights) {
      const [norm, projection] = summary(data);
      const [found, along] = summary(tensors.get(name)!.data);
      expect(Math.abs(found - norm) / norm, `${name}: norm`).toBeLessThan(2e-4);
      expect(Math.abs(along - projection) / norm, `${name}: projection`).toBeLessThan(2e-3);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('chance comes from seed and step alone', () => {
  const mask = { name: 'dropout.features', shape: [4, 100] };
  expect(drawMask(mask, 0.2, 7, 3)).toEqual(drawMask(mask, 0.2, 7, 3));
  expect(drawMask(mask, 0.2, 7, 3)).not.toEqual(drawMask(mask, 0.2, 7, 4));
  expect(drawMask(mask, 0.2, 7, 3)).not.toEqual(drawMask(mask, 0.2, 8, 3));
  const dropped = drawMask({ name: 'm', shape: [10_000] }, 0.2, 7, 1).data.filter((v) => v === 0).length;
  expect(Math.abs(dropped - 2000)).toBeLessThan(160);
  const noise = drawNoise([64, 3, 8, 8], 1e-6, 7, 1);
  const noisy = Array.from({ length: 64 }, (_, n) => noise.data[n * 192] !== 0).filter(Boolean).length;
  expect(Math.abs(noisy - 32)).toBeLessThan(16);
});
