// `recce train` as a person types it: the paper's configuration read as it is, and what cannot be
// said plainly refused. That runs learn and resume is tested in engine/train/run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-train-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function recce(...args: string[]) {
  const program = path.resolve(import.meta.dirname, '../build/recce.mjs');
  const env = { ...process.env, RECCE_HOME: path.join(root, 'home') };
  const run = spawnSync(process.execPath, [program, ...args], { cwd: root, env, encoding: 'utf8' });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

test('the paper’s configuration becomes a run; options stand over it, and unknown keys are named', () => {
  mkdirSync(path.join(root, 'config', 'dataset'), { recursive: true });
  const config = path.join(root, 'config', 'Recce.yml');
  writeFileSync(
    config,
    `model: {name: Recce, num_classes: 1}
config:
  lambda_1: 0.1
  lambda_2: 0.1
  optimizer: {name: adam, lr: 0.0002, weight_decay: 0.00001}
  scheduler: {name: StepLR, step_size: 22500, gamma: 0.5}
  id: FF++c40
  amp: true
data: {train_batch_size: 32, name: FaceForensics, file: ./config/dataset/faceforensics.yml}
`,
  );
  writeFileSync(
    path.join(root, 'config', 'dataset', 'faceforensics.yml'),
    'train_cfg: {root: /sets/ff, method: all, compression: c40, num_steps: 90000, val_steps: 1000}\n',
  );
  const run = recce('train', '--config', config, '--steps', '10', '--dry-run', '--json');
  expect(run.code).toBe(0);
  expect(run.err).toContain('config.amp is not known here');
  expect(JSON.parse(run.out)).toMatchObject({
    name: 'FF++c40',
    base: { kind: 'fresh', width: 1, inputPx: 299 },
    data: { kind: 'faces' },
    steps: 10,
    batchSize: 32,
    learningRate: 2e-4,
    schedule: { kind: 'step', stepSize: 22_500, gamma: 0.5 },
    selectBy: 'accuracy',
  });
});

test('without data, with a folder that is not there or a run that is not, it says what is missing', () => {
  expect(recce('train')).toMatchObject({ code: 2, err: expect.stringContaining('--data DIR') });
  const missing = path.join(root, 'nowhere');
  expect(recce('train', '--data', missing, '--base', 'none')).toMatchObject({
    code: 1,
    err: expect.stringContaining('nowhere'),
  });
  expect(recce('train', '--resume', '20260101000000-abcdef')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no such training run'),
  });
});

test('--bend, the former name of --shape-jitter, still means it', () => {
  const run = recce('train', '--data', root, '--dry-run', '--base', 'none', '--bend', '0.05');
  expect(JSON.parse(run.out)).toMatchObject({ shapeJitter: 0.05 });
});

test('what the contract refuses is said by the options that were typed, all at once', () => {
  const wrong = [
    '--input-px',
    '8',
    '--shape-jitter',
    '0.9',
    '--batch',
    '1',
    '--select-by',
    'luck',
    '--freeze',
    'encoder.,,',
  ];
  const run = recce('train', '--data', root, '--dry-run', '--base', 'none', ...wrong);
  expect(run.code).toBe(1);
  for (const said of [
    '--input-px: Too small',
    '--shape-jitter: Too big',
    '--batch: Too small',
    '--select-by: Invalid option',
  ])
    expect(run.err).toContain(said);
  expect(run.err).toContain('--freeze: Too small');
  expect(run.err).not.toMatch(/base\.|batchSize|selectBy|freeze\./);
});

test('a run whose record is broken is a line of its own with the reason, and hides no other', () => {
  const folder = path.join(root, 'home', 'training', '20260101000000-abcdef');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'run.json'), '{"id": "20260101000000-abc');
  const listed = recce('train', 'list');
  expect(listed).toMatchObject({ code: 0, out: '' });
  expect(listed.err).toMatch(/^cannot be read: .*20260101000000-abcdef\/run\.json: .*JSON/);
  expect(recce('train', '--resume', '20260101000000-abcdef')).toMatchObject({
    code: 1,
    err: expect.stringContaining('It was left as it is.'),
  });
});
