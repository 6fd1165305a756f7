// Runs on disk of which one is broken: the others are listed, it is named with its reason, and
// nothing of it is changed.
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type TrainingRun, trainingRequestSchema, trainingRunSchema } from '../../../contract/training.ts';
import { createRunStore } from './run-store.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-runs-'));
const store = createRunStore(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runOf = (id: string, createdAt: string): TrainingRun =>
  trainingRunSchema.parse({
    id,
    request: trainingRequestSchema.parse({
      name: id,
      base: { kind: 'fresh' },
      data: { kind: 'portraits', folder: '/portraits' },
    }),
    state: 'done',
    message: 'Done',
    ...{ error: null, step: 6, secondsPerStep: null, remainingMs: null, best: null, stoppedEarly: false },
    ...{ trainingFaces: 1, validationFaces: 1, remarks: [], modelId: null, createdAt, endedAt: createdAt },
  });

const BROKEN = '20260102000000-bbbbbb';
const whole = JSON.stringify(runOf(BROKEN, '2026-01-02T00:00:00.000Z'));

test.each([
  ['cut short', whole.slice(0, 60), /JSON/],
  ['empty', '', /JSON/],
  ['of another shape', JSON.stringify({ ...JSON.parse(whole), step: -1 }), /^step: /],
  ['that of another run', JSON.stringify(runOf('20260101000000-aaaaaa', '2026-01-02T00:00:00.000Z')), /names run/],
])('a record that is %s is a row of its own with the reason, and hides no other run', async (_, text, reason) => {
  await store.write(runOf('20260101000000-aaaaaa', '2026-01-01T00:00:00.000Z'));
  await store.write(runOf('20260103000000-cccccc', '2026-01-03T00:00:00.000Z'));
  const file = store.file(BROKEN, 'run.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  expect((await store.list()).map(({ id }) => id)).toEqual(['20260103000000-cccccc', '20260101000000-aaaaaa']);
  expect(await store.listBroken()).toEqual([{ id: BROKEN, file, reason: expect.stringMatching(reason) }]);
  await expect(store.get(BROKEN)).rejects.toMatchObject({ code: 'RUN_UNREADABLE', subject: file });
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a record of before, when two settings had other names, is read as today’s', async () => {
  const run = runOf('20260106000000-ffffff', '2026-01-06T00:00:00.000Z');
  const { shapeJitter, schedule, ...rest } = { ...run.request, shapeJitter: 0.05, schedule: { kind: 'cosine' } };
  const file = store.file(run.id, 'run.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...run, request: { ...rest, bend: shapeJitter, fall: schedule } }));
  expect((await store.get(run.id)).request).toEqual({ ...run.request, shapeJitter, schedule });
});

test('a curve that is there and cannot be read is no empty one: nothing is written over it', {
  tags: ['posix'],
}, async () => {
  const id = '20260104000000-dddddd';
  await store.write(runOf(id, '2026-01-04T00:00:00.000Z'));
  expect(await store.forgetAfter(id, 0)).toEqual([]);
  for (const name of ['curves.jsonl', 'steps.jsonl']) {
    rmSync(store.file(id, name), { force: true });
    // A link that leads to itself is there for everyone and opens for nobody, root included.
    symlinkSync(name, store.file(id, name));
  }
  await expect(store.curves(id)).rejects.toThrow('ELOOP');
  await expect(store.forgetAfter(id, 0)).rejects.toThrow('ELOOP');
  await expect(store.stepsBetween(id, 0, 1)).rejects.toThrow('ELOOP');
  expect(lstatSync(store.file(id, 'curves.jsonl')).isSymbolicLink()).toBe(true);
});

test('a point that a full disk does not take is an error, and leaves no file open', { tags: ['linux'] }, async () => {
  const id = '20260105000000-eeeeee';
  await store.write(runOf(id, '2026-01-05T00:00:00.000Z'));
  symlinkSync('/dev/full', store.file(id, 'curves.jsonl'));
  const point = { kind: 'training', step: 1 } as Parameters<typeof store.addPoint>[1];
  const openFiles = () => readdirSync('/proc/self/fd').length;
  const before = openFiles();
  for (let n = 0; n < 20; n++) expect(() => store.addPoint(id, point)).toThrow('ENOSPC');
  expect(openFiles()).toBeLessThan(before + 20);
});
