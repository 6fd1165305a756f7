// Runs as the window and the command line use them: real photographs, real forgeries, a real small
// network.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TrainingRequestInput, type TrainingRun, trainingRequestSchema } from '../../../contract/training.ts';
import { type EngineParts, openEngineParts } from '../../app/testing/engine-parts.ts';
import { spawnWithFault } from '../../compute/testing/bad-driver.ts';
import { splitFromName } from '../../datasets/split.ts';
import { drawsOfBatch } from './batches.ts';
import { validationDraws } from './open-run-data.ts';
import { makeCrops } from './testing/make-crops.ts';
import { makePortraits } from './testing/make-portraits.ts';
import { bestOf } from './train-run.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-training-'));
const portraits = path.join(root, 'portraits');
let engine: EngineParts;

beforeAll(async () => {
  engine = openEngineParts({ appDataFolder: path.join(root, 'app') });
  await makePortraits(portraits, engine.faceSearch.facesOf);
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

const request = (more: Partial<TrainingRequestInput> = {}) =>
  trainingRequestSchema.parse({
    name: 'a small network',
    base: { kind: 'fresh', width: 0.0625, inputPx: 64 },
    data: { kind: 'portraits', folder: portraits },
    steps: 6,
    batchSize: 4,
    validateEvery: 2,
    learningRate: 1e-3,
    ...more,
  });

/** The run once `reached` holds; throws when the watching ends before. */
async function until(id: string, reached: (run: TrainingRun) => boolean): Promise<TrainingRun> {
  for await (const { run } of engine.training.watch()) if (run.id === id && reached(run)) return run;
  throw new Error('The watching ended.');
}
const ended = (run: TrainingRun): boolean => ['done', 'failed', 'cancelled'].includes(run.state);

let first: TrainingRun;

test('a run ends as a new model, with its curves and sample reconstructions', async () => {
  const starting = engine.training.start(request());
  await expect(engine.training.start(request())).rejects.toThrow('another run is being started');
  const { id } = await starting;
  await expect(engine.training.start(request())).rejects.toThrow('is running');
  first = await until(id, ended);
  // The placement is the one the test's environment fixes; measured otherwise.
  const placement = { provider: 'cpu', threads: os.availableParallelism(), differences: null };
  expect(first).toMatchObject({ state: 'done', error: null, step: 6, placement });
  const { curves, samples } = await engine.training.get(id);
  const validations = curves.filter((point) => point.kind === 'validation');
  expect(validations.map((point) => point.step)).toEqual([0, 2, 4, 6]);
  expect(curves.find((point) => point.kind === 'training')).toMatchObject({ step: 6, learningRate: 1e-3 });
  expect(samples.length).toBe(Math.min(8, first.validationFaces));
  expect(Buffer.from(samples[0]!.reconstruction, 'base64').subarray(1, 4).toString()).toBe('PNG');
  const model = await engine.library.get(first.modelId!);
  expect(model).toMatchObject({ name: 'a small network', parentId: null, validation: null, operatingPoints: null });
  expect(model.trainedOn).toEqual([portraits]);
  expect(model.passport).toMatchObject({ width: 0.0625, inputPx: 64, geometry: 'declared' });
  expect(model.description).toContain(`weights of step ${first.best!.step}`);
});

test('a run whose process is killed goes on from its last save and gives the very same model', async () => {
  const { id } = await engine.training.start(request());
  await until(id, (run) => run.step >= 3);
  process.kill(engine.training.pid()!, 'SIGKILL');
  expect(await until(id, ended)).toMatchObject({ state: 'done', error: null, modelId: first.modelId });
  const steps = (await engine.training.get(id)).curves.map((point) => `${point.kind} ${point.step}`);
  expect(new Set(steps).size).toBe(steps.length);
});

test('a run whose device fails goes on from its last save on the CPU, says so, and gives the same model', async () => {
  const other = openEngineParts({ appDataFolder: path.join(root, 'other-app'), spawn: spawnWithFault('losesDevice') });
  try {
    const { id } = await other.training.start(request({ device: 'webgpu' }));
    const seen = new Set<string>();
    let last: TrainingRun | undefined;
    for await (const { run } of other.training.watch()) {
      if (run.id !== id) continue;
      if (run.placement) seen.add(run.placement.provider);
      last = run;
      if (ended(run)) break;
    }
    expect(last).toMatchObject({ state: 'done', error: null, modelId: first.modelId });
    expect([...seen]).toEqual(['webgpu', 'cpu']);
    const sentence =
      'WebGPU failed after step 3 (Device lost: the driver was reset); from the last save the run went on on the CPU.';
    expect(last!.remarks).toContain(sentence);
    expect(last!.placement).toMatchObject({ provider: 'cpu', reason: sentence });
  } finally {
    await other.close();
  }
});

test('a run pauses with its state saved, resumes, and is cancelled', async () => {
  const { id } = await engine.training.start(request({ steps: 1000, publish: false }));
  await until(id, (run) => run.step >= 1);
  await engine.training.pause(id);
  const paused = await until(id, (run) => run.state === 'paused');
  await engine.training.resume(id);
  await until(id, (run) => run.step > paused.step);
  expect(await engine.training.cancel(id)).toMatchObject({ state: 'cancelled', modelId: null });
  await expect(engine.training.pause(id)).rejects.toThrow('it is cancelled');
  // Cancelled by mistake: nothing is lost.
  const cancelled = (await engine.training.get(id)).run;
  expect(cancelled.step).toBeGreaterThan(paused.step);
  await engine.training.resume(id);
  const resumed = await until(id, (run) => run.step > cancelled.step);
  expect(resumed.state).toBe('running');
  const training = (await engine.training.get(id)).curves.filter((point) => point.kind === 'training');
  expect(training.map((point) => point.step)).toEqual(training.map((_, i) => i + 1));
  expect(await engine.training.cancel(id)).toMatchObject({ state: 'cancelled' });
  await engine.training.discard(id);
  await expect(engine.training.get(id)).rejects.toThrow('no such training run');
});

test('data of which no picture falls into training is refused with the numbers, and no run is made', async () => {
  const folder = path.join(root, 'all-validation');
  mkdirSync(folder);
  const [picture] = readdirSync(portraits).filter((name) => /\.(png|jpe?g)$/i.test(name));
  const names = Array.from({ length: 200 }, (_, i) => `${i}${path.extname(picture!)}`);
  const validation = names.filter((name) => splitFromName(name) === 'validation').slice(0, 20);
  for (const name of validation) copyFileSync(path.join(portraits, picture!), path.join(folder, name));
  const before = await engine.training.list();
  await expect(engine.training.start(request({ data: { kind: 'portraits', folder } }))).rejects.toThrow(
    /of its 20 pictures, 0 fall into training and 20 into validation.*decided by its name/,
  );
  expect(await engine.training.list()).toEqual(before);
});

test('a run from a model in a wider network begins where that model is; a narrower one is refused', async () => {
  const base = { kind: 'model' as const, modelId: first.modelId! };
  await expect(engine.training.start(request({ base: { ...base, width: 1 / 32 } }))).rejects.toThrow(
    'can only be widened',
  );
  const { id } = await engine.training.start(
    request({ base: { ...base, width: 0.125 }, steps: 2, learningRate: 1e-6 }),
  );
  const run = await until(id, ended);
  expect(run).toMatchObject({ state: 'done', error: null });
  const { passport, parentId } = await engine.library.get(run.modelId!);
  expect({ width: passport.width, parentId }).toEqual({ width: 0.125, parentId: first.modelId });
  const lossAt = async (of: string, step: number) =>
    (await engine.training.get(of)).curves.find((point) => point.kind === 'validation' && point.step === step)!.loss;
  expect(await lossAt(id, 0)).toBeCloseTo(await lossAt(first.id, first.best!.step), 3);
});

test('training on from a model keeps its parent and its geometry; what closes with the engine is interrupted, not lost', async () => {
  const base = { kind: 'model' as const, modelId: first.modelId! };
  const onwards = request({ base, freeze: ['encoder.'], frozenStatistics: true, steps: 40, name: 'onwards' });
  const { id } = await engine.training.start(onwards);
  await until(id, (run) => run.step >= 3);
  await engine.close();
  engine = openEngineParts({ appDataFolder: path.join(root, 'app') });
  const [interrupted] = await engine.training.list();
  expect(interrupted).toMatchObject({ id, state: 'interrupted' });
  expect(interrupted!.step).toBeGreaterThanOrEqual(3);
  const told = until(id, (run) => run.modelId !== null);
  const model = await engine.training.publish(id);
  expect(await told).toMatchObject({ state: 'interrupted', modelId: model.id });
  expect(model).toMatchObject({ parentId: first.modelId, name: 'onwards' });
  expect(model.passport.inputPx).toBe(64);
  const stopped = until(id, ended);
  await engine.training.cancel(id);
  expect(await stopped).toMatchObject({ state: 'cancelled' });
});

test('a run whose end cannot be written is told as failed, and the next one can be started', async () => {
  const told: TrainingRun[] = [];
  const following = engine.training.watch();
  const { id } = await engine.training.start(request({ steps: 1000, publish: false }));
  await until(id, (run) => run.step >= 1);
  const folder = path.join(root, 'app', 'training', id);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'in the way');
  for await (const { run } of following) {
    if (run.id === id) told.push(run);
    if (told.some(ended)) break;
  }
  expect(told.at(-1)).toMatchObject({ state: 'failed', error: expect.stringMatching(/ENOTDIR|EEXIST/) });
  const next = await engine.training.start(request({ steps: 1, publish: false }));
  expect(await until(next.id, ended)).toMatchObject({ state: 'done' });
});

test('every epoch sees every face once, in an order of its own', () => {
  const draws = Array.from({ length: 10 }, (_, step) => drawsOfBatch(step, 3, [{ count: 10, weight: 1 }], 5)).flat();
  for (const epoch of [0, 1, 2]) {
    const order = draws.filter((draw) => draw.epoch === epoch).map(({ index }) => index);
    expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(order).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
});

test('samples that belong together stay in one batch', () => {
  const batches = Array.from({ length: 5 }, (_, step) =>
    drawsOfBatch(step, 4, [{ count: 10, group: 2, weight: 1 }], 5),
  );
  for (const batch of batches)
    for (const [first, second] of [batch.slice(0, 2), batch.slice(2)]) {
      expect(first!.index % 2).toBe(0);
      expect(second).toEqual({ source: 0, epoch: first!.epoch, index: first!.index + 1 });
    }
  expect(batches.flat().filter(({ epoch }) => epoch === 0)).toHaveLength(10);
});

test('every batch holds the sources by their weights, and each source is gone through whole', () => {
  const sources = [
    { count: 8, group: 2, weight: 1 },
    { count: 30, group: 2, weight: 3 },
  ];
  const batches = Array.from({ length: 40 }, (_, step) => drawsOfBatch(step, 8, sources, 5));
  for (const batch of batches) {
    expect(batch.filter(({ source }) => source === 0)).toHaveLength(2);
    for (let i = 0; i < batch.length; i += 2) {
      const [first, second] = [batch[i]!, batch[i + 1]!];
      expect(second).toEqual({ ...first, index: first.index + 1 });
    }
  }
  for (const [source, { count }] of sources.entries()) {
    const draws = batches.flat().filter((draw) => draw.source === source && draw.epoch === 0);
    expect(draws.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
  }
});

test('a validation looks at whole pairs spread over the split, and at further epochs of what is forged here', () => {
  const stored = validationDraws({ count: 100, group: 2 }, 10, false);
  expect(stored.map(({ index }) => index)).toEqual([0, 1, 20, 21, 40, 41, 60, 61, 80, 81]);
  expect(validationDraws({ count: 6, group: 2 }, 1000, false)).toHaveLength(6);
  const forged = validationDraws({ count: 6, group: 2 }, 16, true);
  expect(forged.map(({ epoch, index }) => `${epoch}/${index}`)).toEqual(
    ['0/0 0/1 0/2 0/3 0/4 0/5', '1/0 1/1 1/2 1/3 1/4 1/5', '2/0 2/1 2/2 2/3'].join(' ').split(' '),
  );
  expect(validationDraws({ count: 6, group: 2 }, null, true)).toHaveLength(6);
});

test('portraits and faces already cut are learned from in the same batches, each validated by itself', async () => {
  const crops = path.join(root, 'crops');
  await makeCrops(crops, portraits);
  const sources = [
    { kind: 'portraits' as const, folder: portraits },
    { kind: 'crops' as const, folder: crops, margin: 0.1, weight: 2 },
    { kind: 'crops' as const, folder: crops, forge: true },
  ];
  const { id } = await engine.training.start(request({ data: { kind: 'mixed', sources }, steps: 2, batchSize: 8 }));
  const run = await until(id, ended);
  expect(run).toMatchObject({ state: 'done', error: null });
  const { curves } = await engine.training.get(id);
  const validation = curves.findLast((point) => point.kind === 'validation')!;
  expect(validation.sources!.map(({ name }) => name)).toEqual(['portraits', 'crops', 'crops, forged here']);
  expect(validation.faces).toBe(run.validationFaces);
  expect((await engine.library.get(run.modelId!)).description).toMatch(/portraits, forgeries made.* and .*crops/);
});

test('the best validation is the earliest of the best, and what the base could do does not count', () => {
  const point = (step: number, auc: number) =>
    ({ kind: 'validation', step, auc, accuracy: 0.5, loss: 1 - auc, difference: null, faces: 4 }) as const;
  const points = [point(0, 0.99), point(10, 0.7), point(20, 0.8), point(30, 0.8), point(40, 0.6)];
  expect(bestOf(points, 'auc')).toEqual({ step: 20, value: 0.8, since: 2 });
  expect(bestOf(points, 'loss')).toMatchObject({ step: 20 });
  expect(bestOf([point(0, 0.99)], 'auc')).toBeUndefined();
});
