// One command from portraits to a shipped model: a tiny network, a few steps, on the photographs
// that come with the finder.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { splitFromName } from '../engine/datasets/split.ts';
import { modelCardSchema } from '../engine/library/model-card.ts';
import { facePackageFolder } from '../engine/media/finder-weights.ts';
import { makeCrops } from '../engine/train/run/testing/make-crops.ts';
import { main } from './main.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-make-'));
const home = process.env.RECCE_HOME;

const data = () => ['--data', path.join(root, 'portraits'), '--data', `cut=${path.join(root, 'cut')}`];

/** Names of a split, the same every time. */
const namesOf = (split: 'training' | 'validation', count: number): string[] =>
  Array.from({ length: 100 }, (_, i) => `sitter${i}.jpg`)
    .filter((name) => splitFromName(name) === split)
    .slice(0, count);

beforeAll(async () => {
  process.env.RECCE_HOME = path.join(root, 'home');
  mkdirSync(path.join(root, 'portraits'));
  [...namesOf('training', 3), ...namesOf('validation', 3)].forEach((name, i) => {
    copyFileSync(path.join(facePackageFolder(), 'demo', `sample${i + 1}.jpg`), path.join(root, 'portraits', name));
  });
  await makeCrops(path.join(root, 'cut'), path.join(root, 'portraits'));
  const recipe = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../models/weights/recipe.json'), 'utf8'));
  const train = {
    ...recipe.train,
    base: { kind: 'fresh', width: 0.0625, inputPx: 64 },
    steps: 2,
    batchSize: 4,
    validateEvery: 2,
  };
  const further = { steps: 2, batchSize: 4, validateEvery: 2, inputPx: 96, width: 0.125, shapeJitter: 0.05 };
  const mixed = {
    kind: 'mixed',
    sources: [
      { kind: 'portraits', folder: 'portraits' },
      { kind: 'crops', folder: 'cut', margin: 0.05 },
    ],
  };
  const last = { ...further, data: mixed };
  const validate = { ...recipe.validate, repeats: 2, further: [{ folder: 'cut', kind: 'crops', split: 'validation' }] };
  const tiny = { ...recipe, name: 'tiny', licence: 'MIT, of a test', train, trainOn: [last], validate };
  writeFileSync(path.join(root, 'recipe.json'), JSON.stringify(tiny));
});
afterAll(() => {
  if (home === undefined) delete process.env.RECCE_HOME;
  else process.env.RECCE_HOME = home;
  rmSync(root, { recursive: true, force: true });
});

test('recce model make trains, measures and writes weights and card, and the library takes them as shipped', async () => {
  const to = path.join(root, 'out');
  const args = ['--recipe', path.join(root, 'recipe.json'), ...data(), '--to', to];
  expect(await main(['model', 'make', ...args])).toBe(0);
  const card = modelCardSchema.parse(JSON.parse(readFileSync(path.join(to, 'tiny.card.json'), 'utf8')));
  expect(card).toMatchObject({ name: 'tiny', demonstration: true });
  expect(card.passport).toMatchObject({ inputPx: 96, width: 0.125, licence: 'MIT, of a test' });
  expect(card.validation).toMatchObject({ sources: 6, genuine: 9, forged: 9 });
  expect(card.operatingPoints).not.toBeNull();
  const weights = readFileSync(path.join(to, 'tiny.pth'));
  const text = readFileSync(path.join(to, 'MODEL_CARD.md'), 'utf8');
  expect(text).toContain(createHash('sha256').update(weights).digest('hex'));
  const { auc, aucInterval } = card.validation!;
  expect(text).toContain(`| AUC | ${auc.toFixed(3)} (${aucInterval.map((one) => one.toFixed(3)).join(' to ')}) |`);
  expect(text).toContain('Then, from the best step of that, widened to 0.125, at 96 px: 2 steps of 4 faces');
  expect(text).toContain('in every batch portraits (weight 1), cut (weight 1)');
  expect(text).toContain('--data PORTRAITS --data cut=CUT --to FOLDER');
  expect(text).toMatch(/\| source, judged by the others: cut +\| 3 +\| 3 /);
  expect(text).toMatch(/AUC, swapped {0,}\| \S+/);
});

test('given again, the command takes the runs that were made before; a run that was stopped is taken up, to the same bytes', async () => {
  const training = path.join(root, 'home', 'training');
  const runs = (): string[] =>
    readdirSync(training).filter((name) => existsSync(path.join(training, name, 'run.json')));
  const before = runs();
  expect(before).toHaveLength(2);
  const made = (to: string) => readFileSync(path.join(root, to, 'tiny.pth'));
  const make = (to: string, ...more: string[]) => {
    const args = ['--recipe', path.join(root, 'recipe.json'), ...data()];
    return main(['model', 'make', ...args, '--to', path.join(root, to), ...more]);
  };
  // As a process that was killed in the second run leaves it: the model was not made, the record
  // says that it runs.
  const second = before.toSorted().at(-1)!;
  const record = path.join(training, second, 'run.json');
  const { modelId, ...run } = JSON.parse(readFileSync(record, 'utf8'));
  writeFileSync(record, JSON.stringify({ ...run, state: 'running', modelId: null, endedAt: null }));
  const models = path.join(root, 'home', 'models');
  for (const name of readdirSync(models)) if (name.startsWith(modelId)) rmSync(path.join(models, name));
  expect(await make('again')).toBe(0);
  expect(runs()).toEqual(before);
  expect(made('again').equals(made('out'))).toBe(true);
  expect(await make('anew', '--again')).toBe(0);
  expect(runs()).toHaveLength(4);
  expect(made('anew').equals(made('out'))).toBe(true);
});

test('a folder that the recipe asks for and nobody gave is named', async () => {
  const args = ['--recipe', path.join(root, 'recipe.json'), '--data', path.join(root, 'portraits')];
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await main(['model', 'make', ...args, '--to', path.join(root, 'none')])).toBe(1);
  expect(said.mock.calls.join('')).toContain('--data cut=DIR');
  said.mockRestore();
});
