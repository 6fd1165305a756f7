// A validation record that this installation's library never had is told from those that it has, or had.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelId } from '../../contract/brand.ts';
import { recordElsewhereFor, recordElsewhereSentence } from '../../contract/record-elsewhere.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { keepModel } from '../case/rows/model.ts';
import { addVerdicts } from '../case/rows/verdict.ts';
import { addFile, testModel, testParameters } from '../case/testing/case-material.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { createModelLibrary } from '../library/model-library.ts';
import { recordMadeAt } from '../validate/testing/record-made-at.ts';
import { recordsElsewhere } from './records-elsewhere.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-elsewhere-'));
const own = path.join(root, 'models');
const clock = () => '2026-01-01T00:00:00.000Z';
const library = createModelLibrary(own, path.join(root, 'shipped'), clock);
const stranger = createModelLibrary(path.join(root, 'none'), path.join(root, 'shipped'), clock);
const id = testModel.id as ModelId;
let opened: WritableCase;

const scoredUnder = (validationSha256: ReturnType<typeof hashOfValue>): void =>
  addVerdicts(opened, { ...testParameters, validationSha256 }, [
    { evidenceId: 1 as never, relativePath: 'one.jpg', state: undefined, verdicts: [] },
  ]);

beforeAll(() => {
  mkdirSync(own);
  const { id: _, ...card } = testModel;
  writeFileSync(path.join(own, `${id}.card.json`), JSON.stringify(card));
  opened = createCase(path.join(root, 'case'), { title: 'E', reference: '', demonstration: false });
  addFile(opened, 'one.jpg', [0.9]);
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

test('records that the library has, or had before another, are its own', async () => {
  for (const madeAt of ['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z']) {
    const model = await library.validate(id, recordMadeAt(madeAt));
    keepModel(opened, model);
    scoredUnder(hashOfValue(model.validation));
  }
  expect(await recordsElsewhere(opened, library)).toEqual([]);
});

test('a record that only the case has is told, also while the library has another, and where it does not know the model', async () => {
  const { record } = recordMadeAt('2025-12-24T00:00:00.000Z');
  const sha256 = hashOfValue(record);
  keepModel(opened, { ...(await library.get(id)), validation: record });
  scoredUnder(sha256);
  const told = await recordsElsewhere(opened, library);
  expect(told).toEqual([
    { modelId: id, modelName: 'test', sha256, madeAt: '2025-12-24T00:00:00.000Z', hasModel: true },
  ]);
  expect(recordElsewhereSentence(told[0]!)).toBe(
    `The validation record of test of 2025-12-24 (SHA-256 ${sha256.slice(0, 12)}…) is not in this workstation’s library: it is in the case alone.`,
  );
  expect(recordElsewhereFor(told, { modelId: id, validationSha256: sha256 })).toBe(told[0]);
  expect(recordElsewhereFor(told, { modelId: id, validationSha256: null })).toBeUndefined();
  const byStranger = await recordsElsewhere(opened, stranger);
  expect(byStranger).toHaveLength(3);
  expect(recordElsewhereSentence(byStranger[0]!)).toContain('library, nor is the model: it is in the case alone');
});

test('a record that verdicts name and the case does not hold is told as that', async () => {
  scoredUnder('f'.repeat(64) as never);
  const [, named] = await recordsElsewhere(opened, library);
  expect(named).toMatchObject({ sha256: 'f'.repeat(64), madeAt: null });
  expect(recordElsewhereSentence(named!)).toMatch(/the case names it and does not hold it\.$/);
});
