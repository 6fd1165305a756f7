// A library with files that cannot be read: the others stay usable, the broken ones are named, and
// none of them gives a score.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { ModelId } from '../../contract/brand.ts';
import { testModel } from '../case/testing/case-material.ts';
import { recordMadeAt } from '../validate/testing/record-made-at.ts';
import { createModelLibrary, type ModelLibrary } from './model-library.ts';
import { keepValidation } from './validation-store.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-library-'));
const weights = path.resolve(import.meta.dirname, '../../models/weights');
const shipped = path.join(root, 'shipped');
const own = path.join(root, 'own');
let library: ModelLibrary;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const card = () => readdirSync(shipped).find((name) => name.endsWith('.card.json'))!;
const writeCard = (id: string, text: string): void => writeFileSync(path.join(own, `${id}.card.json`), text);

beforeEach(() => {
  for (const folder of [shipped, own]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [shipped, own]) mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(weights).filter((one) => /\.(pth|card\.json)$/.test(one)))
    copyFileSync(path.join(weights, name), path.join(shipped, name));
  const { id, ...rest } = testModel;
  writeCard(id, JSON.stringify(rest));
  library = createModelLibrary(own, shipped, () => '2026-01-01T00:00:00.000Z');
});

test.each([
  ['cut short', (text: string) => text.slice(0, 100), /JSON/],
  ['empty', () => '', /JSON/],
  ['without a passport', (text: string) => JSON.stringify({ ...JSON.parse(text), passport: undefined }), /passport/],
])('a card that is %s is a row of its own with the reason, and hides no other', async (_, broken, reason) => {
  const whole = readFileSync(path.join(own, `${testModel.id}.card.json`), 'utf8');
  const id = 'b'.repeat(64) as ModelId;
  writeCard(id, broken(whole));
  expect((await library.list()).map((one) => one.name)).toEqual([(await library.getDefault()).name, 'test']);
  expect(await library.listBroken()).toEqual([
    { name: id, file: path.join(own, `${id}.card.json`), reason: expect.stringMatching(reason) },
  ]);
  await expect(library.get(id)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  await expect(library.readWeights(id)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
});

test('a validation record that is broken takes its model out, and no earlier record stands in for it', async () => {
  await keepValidation(own, testModel.id as ModelId, recordMadeAt('2026-01-01T00:00:00.000Z'));
  expect(await library.get(testModel.id as ModelId)).toMatchObject({
    validation: { madeAt: '2026-01-01T00:00:00.000Z' },
  });
  await keepValidation(own, testModel.id as ModelId, recordMadeAt('2026-02-01T00:00:00.000Z'));
  const newest = path.join(
    own,
    readdirSync(own)
      .filter((name) => name.includes('.validation.'))
      .sort()
      .at(-1)!,
  );
  writeFileSync(newest, readFileSync(newest, 'utf8').slice(0, -20));
  expect((await library.list()).map((one) => one.id)).not.toContain(testModel.id);
  expect(await library.listBroken()).toMatchObject([{ name: 'test', file: newest }]);
  await expect(library.get(testModel.id as ModelId)).rejects.toThrow(newest);
});

test('where the folder of the records cannot be read, no model stands with the record of its card instead', async () => {
  rmSync(own, { recursive: true });
  expect((await library.list()).length).toBeGreaterThan(0);
  writeFileSync(own, 'no folder');
  expect(await library.list()).toEqual([]);
  expect(await library.listBroken()).toMatchObject([{ file: own, reason: expect.stringContaining('ENOTDIR') }]);
  await expect(library.getDefault()).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
});

test('a model taken in here that is shipped by now is one model, and the record made of it here counts', async () => {
  const shippedModel = await library.getDefault();
  copyFileSync(path.join(shipped, card()), path.join(own, `${shippedModel.id}.card.json`));
  const record = recordMadeAt('2026-03-01T00:00:00.000Z');
  await keepValidation(own, shippedModel.id, record);
  expect((await library.list()).map(({ id, validation }) => [id, validation?.madeAt ?? null])).toEqual([
    [shippedModel.id, '2026-03-01T00:00:00.000Z'],
    [testModel.id, null],
  ]);
  const newest = readdirSync(own).find((name) => name.includes('.validation.'))!;
  writeFileSync(path.join(own, newest), '{');
  expect(await library.listBroken()).toMatchObject([{ name: shippedModel.name, file: path.join(own, newest) }]);
});

test('a broken default model is not replaced by another', async () => {
  writeFileSync(path.join(shipped, card()), '{');
  expect(await library.list()).toMatchObject([{ name: 'test' }]);
  await expect(library.getDefault()).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
});
