// The paper's configuration as its repository describes it (facts of its README: keys, values), and
// what happens to each kind of mistake.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPaperConfig } from './read-paper-config.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-config-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MODEL = {
  model: { name: 'Recce', num_classes: 1 },
  config: {
    lambda_1: 0.1,
    lambda_2: 0.1,
    distribute: { backend: 'nccl' },
    optimizer: { name: 'adam', lr: 0.0002, weight_decay: 0.00001 },
    scheduler: { name: 'StepLR', step_size: 22500, gamma: 0.5 },
    resume: false,
    resume_best: false,
    id: 'FF++c40',
    loss: 'binary_ce',
    metric: 'Acc',
    debug: false,
  },
  data: {
    train_batch_size: 32,
    val_batch_size: 64,
    test_batch_size: 64,
    name: 'FaceForensics',
    file: './config/dataset/faceforensics.yml',
    train_branch: 'train_cfg',
    val_branch: 'test_cfg',
    test_branch: 'test_cfg',
  },
};
const DATA = {
  train_cfg: {
    root: 'path/to/data',
    split: 'train',
    method: 'all',
    compression: 'c40',
    log_steps: 1000,
    val_steps: 1000,
    num_steps: 90000,
    transforms: [
      { name: 'Resize', params: { height: 299, width: 299 } },
      { name: 'HorizontalFlip', params: { p: 0.5 } },
      { name: 'Normalize', params: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } },
    ],
  },
};

/** Writes both files as in the paper's repository; JSON is YAML. */
function write(name: string, model: unknown, data: unknown = DATA): string {
  const folder = path.join(root, name, 'config');
  mkdirSync(path.join(folder, 'dataset'), { recursive: true });
  writeFileSync(path.join(folder, 'Recce.yml'), typeof model === 'string' ? model : JSON.stringify(model));
  writeFileSync(path.join(folder, 'dataset', 'faceforensics.yml'), JSON.stringify(data));
  return path.join(folder, 'Recce.yml');
}

const changed = (at: 'model' | 'config' | 'data', change: object) => ({ ...MODEL, [at]: { ...MODEL[at], ...change } });

test('the paper’s own files give the paper’s run', async () => {
  const { config, remarks } = await readPaperConfig(write('paper', MODEL), { folder: '/sets/ff' });
  expect(config).toEqual({
    name: 'FF++c40',
    numClasses: 1,
    inputPx: 299,
    mean: 0.5,
    std: 0.5,
    mirror: true,
    data: { layout: 'faceforensics++', folder: '/sets/ff', compression: 'c40', methods: undefined, balance: false },
    steps: 90_000,
    batchSize: 32,
    validationBatchSize: 64,
    logEvery: 1000,
    validateEvery: 1000,
    optimiser: { kind: 'adam', learningRate: 2e-4, weightDecay: 1e-5 },
    schedule: { kind: 'step', stepSize: 22_500, gamma: 0.5 },
    warmupSteps: 0,
    reconstructionWeight: 0.1,
    metricWeight: 0.1,
    flood: 0.04,
    selectBy: 'accuracy',
  });
  expect(remarks.some((remark) => remark.includes('chosen on the test set'))).toBe(true);
  expect(remarks.filter((remark) => remark.includes('not known'))).toEqual([]);
});

test('YAML with comments and bare words is read like any other', async () => {
  const text = `model: {name: Recce, num_classes: 1}
config:
  lambda_1: 0.2 # weight
  lambda_2: 0
  optimizer: {name: adam, lr: 0.001}
  id: 12
  resume: False
data: {train_batch_size: 4, name: FaceForensics, file: ./config/dataset/faceforensics.yml, val_branch: val_cfg}
`;
  const { config, remarks } = await readPaperConfig(write('text', text));
  expect(config).toMatchObject({
    name: '12',
    reconstructionWeight: 0.2,
    metricWeight: 0,
    schedule: { kind: 'constant' },
  });
  expect(remarks).toEqual([]);
});

test('unknown keys are named with their place, at any depth', async () => {
  const model = changed('config', { optimizer: { ...MODEL.config.optimizer, betas: [0.9, 0.99] }, amp: true });
  const data = {
    train_cfg: { ...DATA.train_cfg, cutout: 3, transforms: [...DATA.train_cfg.transforms, { name: 'Blur' }] },
  };
  const { remarks } = await readPaperConfig(write('unknown', model, data));
  expect(remarks.filter((remark) => remark.includes('not known'))).toEqual([
    'Recce.yml: config.optimizer.betas is not known here and was passed over.',
    'Recce.yml: config.amp is not known here and was passed over.',
    'faceforensics.yml: train_cfg.cutout is not known here and was passed over.',
    'faceforensics.yml: transform Blur is not known here and was passed over.',
  ]);
});

test('what cannot be done is refused with the key and what was expected', async () => {
  const refused = (name: string, model: unknown, data?: unknown) =>
    readPaperConfig(write(name, model, data)).catch((e: Error) => e.message);
  expect(await refused('a', changed('model', { name: 'Xception' }))).toMatch(/model\.name/);
  expect(await refused('b', changed('config', { loss: 'cross_entropy' }))).toMatch(/cross_entropy with 2/);
  expect(await refused('c', changed('data', { name: 'Other' }))).toMatch(/FaceForensics, CelebDF/);
  expect(await refused('d', changed('data', { file: './config/dataset/none.yml' }))).toMatch(
    /none\.yml, which is at none of/,
  );
  expect(await refused('e', 'a: [')).toMatch(/no YAML/);
  const oblong = {
    train_cfg: { ...DATA.train_cfg, transforms: [{ name: 'Resize', params: { height: 299, width: 256 } }] },
  };
  expect(await refused('f', MODEL, oblong)).toMatch(/a square is needed/);
  expect(await readPaperConfig(path.join(root, 'nothing.yml')).catch((e: Error) => e.message)).toMatch(/nothing\.yml/);
});
