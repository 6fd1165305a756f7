// A case whose model is validated after its verdicts were made says so; one whose verdicts are of
// the present record does not.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelId } from '../../contract/brand.ts';
import { laterRecordFor, laterRecordWords } from '../../contract/later-record.ts';
import { reportOptionsSchema } from '../../contract/report.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { keepModel } from '../case/rows/model.ts';
import { addVerdicts } from '../case/rows/verdict.ts';
import { addFile, testModel, testParameters } from '../case/testing/case-material.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { createModelLibrary } from '../library/model-library.ts';
import { laterRecordSentences } from '../report/applicable-validation.ts';
import { readReportDocument } from '../report/report-document.ts';
import { recordMadeAt } from '../validate/testing/record-made-at.ts';
import { laterRecords } from './later-records.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-later-'));
const own = path.join(root, 'models');
const library = createModelLibrary(own, path.join(root, 'shipped'), () => '2026-01-01T00:00:00.000Z');
const id = testModel.id as ModelId;
let opened: WritableCase;

beforeAll(() => {
  mkdirSync(own);
  const { id: _, ...card } = testModel;
  writeFileSync(path.join(own, `${id}.card.json`), JSON.stringify(card));
  opened = createCase(path.join(root, 'case'), { title: 'L', reference: '', demonstration: false });
  addFile(opened, 'one.jpg', [0.9]);
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

test('a model without a record has no later one', async () => {
  expect(await laterRecords(opened, library)).toEqual([]);
});

test('verdicts made without a record, or under an earlier one, are told of the later one; those of the present one are not', async () => {
  const first = await library.validate(id, recordMadeAt('2026-02-01T00:00:00.000Z'));
  const [unvalidated] = await laterRecords(opened, library);
  const firstSha256 = hashOfValue(first.validation);
  expect(unvalidated).toEqual({
    modelId: id,
    modelName: 'test',
    earlier: null,
    later: { sha256: firstSha256, madeAt: '2026-02-01T00:00:00.000Z' },
  });
  keepModel(opened, first);
  const underFirst = { ...testParameters, validationSha256: firstSha256 };
  addVerdicts(opened, underFirst, [
    { evidenceId: 1 as never, relativePath: 'one.jpg', state: undefined, verdicts: [] },
  ]);
  expect(await laterRecords(opened, library)).toEqual([unvalidated]);
  const second = await library.validate(id, recordMadeAt('2026-03-01T00:00:00.000Z'));
  const later = await laterRecords(opened, library);
  expect(later.map(({ earlier, later: { sha256 } }) => [earlier?.madeAt ?? null, sha256])).toEqual([
    [null, hashOfValue(second.validation)],
    ['2026-02-01T00:00:00.000Z', hashOfValue(second.validation)],
  ]);
  expect(laterRecordWords(laterRecordFor(later, underFirst)!)).toMatch(
    /^made under the validation record of 2026-02-01 \(SHA-256 [0-9a-f]{12}…\); this workstation has a later one for its model, of 2026-03-01/,
  );
  expect(laterRecordFor(later, { ...underFirst, validationSha256: hashOfValue(second.validation) })).toBeUndefined();
});

test('a record that is older than the one the verdicts were made under is none that came later', async () => {
  const third = { ...(await library.get(id)), validation: recordMadeAt('2026-09-01T00:00:00.000Z').record };
  keepModel(opened, third);
  const under = { ...testParameters, validationSha256: hashOfValue(third.validation) };
  addVerdicts(opened, under, [{ evidenceId: 1 as never, relativePath: 'one.jpg', state: undefined, verdicts: [] }]);
  expect(laterRecordFor(await laterRecords(opened, library), under)).toBeUndefined();
});

test('the report says it for each record, and is byte for byte what it was where there is none', async () => {
  const options = reportOptionsSchema.parse({});
  const making = { options, appVersion: '1' };
  const without = await readReportDocument(opened, making);
  expect(await readReportDocument(opened, { ...making, laterRecords: [] })).toEqual(without);
  const later = await laterRecords(opened, library);
  const told = await readReportDocument(opened, { ...making, laterRecords: later });
  expect(told.contentSha256).not.toBe(without.contentSha256);
  expect(laterRecordSentences(told)).toEqual([
    expect.stringMatching(
      /^Verdicts of this case by test were made without a validation record; this workstation has a later one/,
    ),
    expect.stringMatching(/were made under the validation record of 2026-02-01 .* of 2026-03-01 .* stay as they are/),
  ]);
});
