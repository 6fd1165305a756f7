// Tags in a report: a column of the table of results and a line of each block where the case has any, and
// nothing of them where it has none.
// @module-tag poppler
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { reportOptionsSchema } from '../../contract/report.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { keepModel } from '../case/rows/model.ts';
import { defineTag, tagSubjects } from '../case/rows/tag.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile, testModel } from '../case/testing/case-material.ts';
import { readReportDocument } from './report-document.ts';
import { pdfFromDocument } from './testing/pdf-from-document.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-tags-in-report-'));
const pictures = { blob: async () => undefined, context: async () => null, showsOthers: () => false };
let opened: WritableCase;

beforeAll(() => {
  opened = createCase(path.join(folder, 'case'), { title: 'C', reference: '', demonstration: false });
  addFile(opened, 'one.jpg', [0.2222]);
  addFile(opened, 'two.jpg', [0.9999]);
});
afterAll(() => {
  closeCase(opened);
  rmSync(folder, { recursive: true, force: true });
});

async function text(): Promise<string> {
  const making = { options: reportOptionsSchema.parse({}), appVersion: '1', template: null };
  const file = path.join(folder, 'r.pdf');
  writeFileSync(file, (await pdfFromDocument(await readReportDocument(opened, making), 'A4', pictures)).bytes);
  return execFileSync('pdftotext', ['-layout', file, '-'])
    .toString()
    .replace(/[ \t]+/g, ' ');
}

test('a report of a case without tags says nothing of any', async () => {
  expect(await text()).not.toMatch(/\bTags\b/);
});

test('each result has its tags beside it, and its block a line of them', async () => {
  const examiner = addExaminer(opened, 'One');
  const [one] = allVerdicts(opened);
  for (const name of ['Shortlist', 'Wears glasses'])
    tagSubjects(opened, examiner, defineTag(opened, examiner, { name }), {
      subjects: [{ evidenceId: one!.evidenceId, faceId: one!.faceId }],
      on: true,
      seen: () => true,
    });
  const all = await text();
  expect(all).toContain('Tags (no opinions): Shortlist; Wears glasses\n');
  expect(all).toMatch(/Raw score log10 LR Opinions of examiners Tags/);
  expect(all).toMatch(/one\.jpg, face 1 60 leans towards genuine 0\.2222 – – Shortlist;/);
  expect(all).toMatch(/two\.jpg, face 1 60 leans towards forged 0\.9999 – – –\n/);
});

test('in a case that several models looked at, the summary says by whose results the faces are shown', async () => {
  expect(await text()).not.toContain('each face by one result');
  const modelId = '9'.repeat(64) as Sha256;
  addFile(opened, 'three.jpg', [0.5], { modelId });
  keepModel(opened, { ...testModel, id: modelId, name: 'Second' });
  expect((await text()).replace(/\s+/g, ' ')).toContain(
    '3 results are shown with pictures, each face by one result: 1 of Second (999999999999), 2 of test (aaaaaaaaaaaa); all 3 results are in',
  );
});
