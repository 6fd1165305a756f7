// What a scan wrote is sealed whatever its end: a row or a model's card changed afterwards behind
// the workstation's back is found.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Model } from '../../contract/model.ts';
import { openEngineParts } from '../app/testing/engine-parts.ts';
import { recordProblems } from '../case/custody/record-check.ts';
import { enterScanBegin, sealUnsealedRows } from '../case/custody/seal.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { auditEntriesOf, listAudit, walkAudit } from '../case/log/audit.ts';
import { closeCase, createCase, openCase } from '../case/open-case.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { findModel, findValidation, keepModel } from '../case/rows/model.ts';
import { addFile, testModel } from '../case/testing/case-material.ts';
import { tamperWith } from '../case/testing/tamper.ts';
import { withSeal } from './with-seal.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-seal-'));
let opened: WritableCase;
let n = 0;
beforeEach(() => {
  opened = createCase(path.join(root, `case ${n++}`), { title: 'S', reference: '', demonstration: false });
});
afterEach(() => closeCase(opened));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const scan = (work: () => void): Promise<void> =>
  withSeal(opened, { who: 'A', paths: ['/media'], details: { jobId: 1, modelId: testModel.id } }, async () => {
    work();
    return { found: true };
  });
const actions = () =>
  listAudit(opened, { limit: 10 })
    .map((one) => one.action)
    .reverse();
const kinds = () => recordProblems(opened).map((one) => one.kind);
const tamper = (sql: string): void => tamperWith(opened.db.raw, sql);
const LOWER = "UPDATE verdict SET outcome = json_set(outcome, '$.meanDifference', 0.01)";

test('a scan that ends, and one that fails or is cancelled, are sealed alike', async () => {
  await scan(() => addFile(opened, 'one.jpg', [0.9]));
  const failing = scan(() => {
    addFile(opened, 'two.jpg', [0.8]);
    throw new Error('The disk was taken away.');
  });
  await expect(failing).rejects.toThrow('The disk was taken away.');
  expect(actions()).toEqual([
    'case.created',
    'scan.resumed',
    'model.kept',
    'scan.finished',
    'scan.resumed',
    'scan.ended',
  ]);
  const [ended] = auditEntriesOf(opened, 'scan.ended');
  expect(ended).toMatchObject({
    who: 'A',
    details: { sealed: { verdict: { from: 1, to: 2, rows: 1 } }, reason: 'The disk was taken away.' },
  });
  expect(kinds()).toEqual([]);
  tamper(`${LOWER} WHERE id = 2`);
  expect(kinds()).toEqual(['verdictChanged']);
});

test('a blank in the text of an entry hides no seal: such an entry is not as the workstation wrote it', async () => {
  await scan(() => addFile(opened, 'one.jpg', [0.9]));
  // The details say the same, so that every hash of the chain would be right.
  tamper(`UPDATE audit SET details = replace(details, '"sealed":{', '"sealed": {')`);
  tamper(LOWER);
  expect(walkAudit(opened).broken).toMatchObject({ seq: 4 });
  tamper(`UPDATE audit SET details = replace(details, '"sealed": {', '"sealed":{')`);
  expect(walkAudit(opened).broken).toBeUndefined();
  expect(kinds()).toEqual(['verdictChanged']);
});

/** What the log has of a scan that is on its way. */
const begin = (): void =>
  enterScanBegin(opened, { who: 'A', action: 'scan.started', subject: '/media', details: { jobId: 1 } });

test('rows of a process that was ended are sealed as found when the work is taken up, once', async () => {
  begin();
  addFile(opened, 'one.jpg', [0.9]);
  await sealUnsealedRows(opened);
  await sealUnsealedRows(opened);
  expect(actions()).toEqual(['case.created', 'scan.started', 'model.kept', 'record.sealed']);
  tamper(LOWER);
  expect(kinds()).toEqual(['verdictChanged']);
});

test('rows of a process that was ended are sealed when the case is opened, whether or not the scan is taken up', async () => {
  const { folder } = opened;
  begin();
  addFile(opened, 'one.jpg', [0.9]);
  closeCase(opened);
  const engine = openEngineParts({ appDataFolder: path.join(root, 'app') });
  await engine.currentCase.use(openCase(folder));
  await engine.close();
  opened = openCase(folder);
  expect(actions()).toEqual(['case.created', 'scan.started', 'model.kept', 'record.sealed']);
  tamper(LOWER);
  expect(kinds()).toEqual(['verdictChanged']);
});

test('what is sealed already is not sealed again', async () => {
  await scan(() => addFile(opened, 'one.jpg', [0.9]));
  await sealUnsealedRows(opened);
  expect(actions().at(-1)).toBe('scan.finished');
});

const withPoints = (low: number): Model => ({ ...testModel, operatingPoints: { low, high: 0.7 } });

test('operating points changed in the case’s database are found, also after the card was replaced', () => {
  keepModel(opened, testModel);
  keepModel(opened, testModel);
  expect(actions()).toEqual(['case.created', 'model.kept']);
  expect(kinds()).toEqual([]);
  tamper("UPDATE model SET json = json_set(json, '$.operatingPoints.high', 0.1)");
  expect(kinds()).toEqual(['modelChanged']);
  keepModel(opened, withPoints(0.2));
  expect(recordProblems(opened)).toMatchObject([
    { kind: 'modelChanged', subject: expect.stringContaining('replaced by audit entry 3') },
  ]);
  expect(walkAudit(opened).broken).toBeUndefined();
});

test('a changed earlier card, a card put in, and a model taken out are found', () => {
  keepModel(opened, testModel);
  keepModel(opened, withPoints(0.2));
  expect(kinds()).toEqual([]);
  tamper("UPDATE model_card SET json = json_set(json, '$.name', 'x')");
  expect(kinds()).toEqual(['modelChanged', 'modelChanged']);
  tamper("UPDATE model_card SET json = json_set(json, '$.name', 'test')");
  expect(kinds()).toEqual([]);
  tamper('DELETE FROM model_card; DELETE FROM model');
  // The model and both of its cards.
  const gone = { kind: 'modelChanged', found: 'no such row' };
  expect(recordProblems(opened)).toMatchObject([gone, gone, gone]);
});

test('the database refuses to change a card that was kept', () => {
  keepModel(opened, testModel);
  expect(() => opened.db.raw.exec("UPDATE model_card SET json = '{}'")).toThrow('append-only');
});

test('a record that a later one took the place of is still there for verdicts made under it', () => {
  const validated = (name: string) => ({
    ...testModel,
    validation: { dataset: name } as unknown as Model['validation'],
  });
  keepModel(opened, validated('first'));
  keepModel(opened, validated('second'));
  const entries = auditEntriesOf(opened, 'model.kept');
  const [first, second] = entries.map((one) => one.details.validationSha256 as typeof testModel.id);
  expect(findModel(opened, testModel.id)?.validation).toMatchObject({ dataset: 'second' });
  expect(findValidation(opened, testModel.id, first!)).toMatchObject({ dataset: 'first' });
  expect(findValidation(opened, testModel.id, second!)).toMatchObject({ dataset: 'second' });
  expect(findValidation(opened, testModel.id, 'f'.repeat(64) as typeof testModel.id)).toBeUndefined();
});

test('others may write while a scan of many rows is sealed and taken up, and the seal holds', async () => {
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
    INSERT INTO verdict (evidence_id, face_id, model_id, pipeline_version, parameters_id, made_at, kind, score, leaning, crop_sha256, box,
      size_px, sharpness, reason, relative_path, outcome)
    SELECT evidence_id, face_id, model_id, pipeline_version + i, parameters_id, made_at, kind, score, leaning, crop_sha256, box,
      size_px, sharpness, reason, relative_path, outcome FROM verdict, n WHERE id = 1`;
  begin();
  addFile(opened, 'one.jpg', [0.9]);
  tamper(many);
  const sealing = sealUnsealedRows(opened);
  setImmediate(() => addExaminer(opened, 'Meanwhile'));
  await sealing;
  expect(actions().slice(-2)).toEqual(['examiner.added', 'record.sealed']);
  expect(auditEntriesOf(opened, 'record.sealed')[0]).toMatchObject({
    details: { sealed: { verdict: { rows: 9001 } } },
  });
  expect(kinds()).toEqual([]);
  tamper(`${LOWER} WHERE id = 8999`);
  expect(kinds()).toEqual(['verdictChanged']);
});
