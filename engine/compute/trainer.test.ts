// A run in its own process: it learns, it is the same twice, and one that is killed and resumed
// equals an undisturbed one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import { decodeTrainingSave, encodeTrainingSave } from '../../models/recce/training-save.ts';
import { paperSetup, type TrainingSetup } from '../../models/recce/training-setup.ts';
import { randomStream } from '../../models/tensor/random.ts';
import { createTrainer, type Trainer } from './trainer.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-trainer-'));
const trainers: Trainer[] = [];
afterAll(async () => {
  for (const trainer of trainers) await trainer.close();
  rmSync(folder, { recursive: true, force: true });
});

const SIDE = 64;
const setup: TrainingSetup = {
  ...paperSetup({ width: 0.0625, numClasses: 1, inputPx: SIDE }, 11),
  batchSize: 4,
  schedule: { learningRate: 2e-3, warmupSteps: 0, decay: { kind: 'constant' } },
};

const newTrainer = (): Trainer => {
  const trainer = createTrainer({ provider: 'cpu', threads: 1 });
  trainers.push(trainer);
  return trainer;
};

/** Smooth pictures; a forged one has a fine checkered patch blended in. */
function face(n: number, forged: boolean): Uint8Array {
  const stream = randomStream(n);
  const [fx, fy, phase] = [stream.uniform(0.02, 0.08), stream.uniform(0.02, 0.08), stream.uniform(0, 6)];
  return Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, at) => {
    const [c, x, y] = [at % 3, Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE)];
    const smooth = 128 + 70 * Math.sin(fx * x * (c + 1) + phase) * Math.cos(fy * y + c);
    const patch = forged && x > 16 && x < 48 && y > 16 && y < 48 ? ((x + y) % 2 === 0 ? 18 : -18) : 0;
    return smooth + patch;
  });
}

const faces = Array.from({ length: 8 }, (_, n) => ({ pixels: face(n, n % 2 === 1), label: n % 2 }));
const batchOf = (step: number) => {
  const chosen = [0, 1, 2, 3].map((i) => faces[(step * 4 + i) % faces.length]!);
  return { pixels: chosen.map((one) => one.pixels), labels: chosen.map((one) => one.label) };
};
const file = (name: string) => path.join(folder, name);

/** Runs steps from..to-1 and saves. */
async function train(trainer: Trainer, from: number, to: number, save: string) {
  const losses = [];
  for (let step = from; step < to; step++) losses.push(await trainer.step(batchOf(step)));
  await trainer.save(file(save));
  return losses;
}

test('a small full network learns eight faces by heart, and its weights file scores them as it does', async () => {
  const trainer = newTrainer();
  await trainer.open({ ...setup, objective: { ...setup.objective, flood: 0 } }, { from: 'nothing' });
  const losses = await train(trainer, 0, 60, 'overfit.save');
  const late = losses.slice(-10);
  expect(Math.max(...late.map((one) => one.classification))).toBeLessThan(0.1);
  const mean = (parts: typeof losses) => parts.reduce((sum, one) => sum + one.reconstruction, 0) / parts.length;
  expect(mean(late)).toBeLessThan(0.7 * mean(losses.slice(0, 4)));
  const { logits } = await trainer.evaluate(faces.map((one) => one.pixels));
  expect(logits.map((logit) => (logit > 0 ? 1 : 0))).toEqual(faces.map((one) => one.label));
  await trainer.export(file('overfit.pth'), 'weights');
  const again = newTrainer();
  await again.open(setup, { from: 'weights', bytes: readFileSync(file('overfit.pth')) });
  expect((await again.evaluate(faces.map((one) => one.pixels))).logits).toEqual(logits);
});

test('the number of threads changes no byte of what is trained', async () => {
  const saves: Buffer[] = [];
  for (const threads of [1, 2, 3]) {
    const trainer = newTrainer();
    await trainer.open(setup, { from: 'nothing' }, { threads });
    await train(trainer, 0, 3, `threads-${threads}.save`);
    saves.push(readFileSync(file(`threads-${threads}.save`)));
  }
  expect(saves.map((save) => save.equals(saves[0]!))).toEqual([true, true, true]);
});

test('killed between two saves and resumed, a run equals an undisturbed one, byte for byte', async () => {
  const undisturbed = newTrainer();
  await undisturbed.open(setup, { from: 'nothing' });
  await train(undisturbed, 0, 6, 'undisturbed.save');

  const killed = newTrainer();
  await killed.open(setup, { from: 'nothing' });
  await train(killed, 0, 3, 'killed.save');
  await killed.step(batchOf(3));
  const open = killed.step(batchOf(4));
  process.kill(killed.pid()!, 'SIGKILL');
  await expect(open).rejects.toThrow('SIGKILL');

  const { step } = await killed.open(setup, { from: 'save', path: file('killed.save') });
  expect(step).toBe(3);
  await train(killed, 3, 6, 'resumed.save');
  expect(readFileSync(file('resumed.save')).equals(readFileSync(file('undisturbed.save')))).toBe(true);
});

test('the same seed gives the same weights, another seed others', async () => {
  const saves = [];
  for (const seed of [setup.seed, setup.seed, 12]) {
    const trainer = newTrainer();
    await trainer.open({ ...setup, seed }, { from: 'nothing' });
    await train(trainer, 0, 2, 'seed.save');
    saves.push(decodeTrainingSave(readFileSync(file('seed.save'))).state.weights.get('fc.weight')!.data);
  }
  expect(saves[0]).toEqual(saves[1]);
  expect(saves[0]).not.toEqual(saves[2]);
});

test('a state of before, when the decay of the rate had another name, is taken up', async () => {
  const trainer = newTrainer();
  await trainer.open(setup, { from: 'nothing' });
  await train(trainer, 0, 1, 'before.save');
  const save = decodeTrainingSave(readFileSync(file('before.save')));
  const { decay, ...schedule } = save.setup.schedule;
  const before = { ...save.setup, schedule: { ...schedule, fall: decay } } as unknown as TrainingSetup;
  writeFileSync(file('before.save'), encodeTrainingSave({ ...save, setup: before }));
  expect(await newTrainer().open(setup, { from: 'save', path: file('before.save') })).toMatchObject({ step: 1 });
});

test('frozen weights and frozen statistics stay as they were; the others move', async () => {
  const trainer = newTrainer();
  const freeze = ['encoder.conv1.', 'encoder.bn1.', 'encoder.block1.'];
  await trainer.open(setup, { from: 'nothing' });
  await trainer.export(file('base.pth'), 'weights');
  const frozen = { ...setup, freeze, batchNorm: 'frozen' as const, averageDecay: 0.9 };
  await trainer.open(frozen, { from: 'weights', bytes: readFileSync(file('base.pth')) });
  await train(trainer, 0, 2, 'frozen.save');
  const before = readRecceCheckpoint(readFileSync(file('base.pth'))).tensors;
  const after = decodeTrainingSave(readFileSync(file('frozen.save'))).state;
  for (const [name, { data }] of before) {
    const moved = !after.weights.get(name)!.data.every((value, i) => value === data[i]);
    const expected = !/\.running_/.test(name) && !freeze.some((prefix) => name.startsWith(prefix));
    expect([name, moved]).toEqual([name, expected]);
  }
  expect(after.average.get('fc.weight')!.data).not.toEqual(after.weights.get('fc.weight')!.data);
});

test('a loss that is no number stops the run and says so', async () => {
  const trainer = newTrainer();
  await trainer.open({ ...setup, schedule: { ...setup.schedule, learningRate: 1e30 } }, { from: 'nothing' });
  await trainer.step(batchOf(0));
  await expect(trainer.step(batchOf(1)).then(() => trainer.step(batchOf(2)))).rejects.toThrow('has diverged');
});
