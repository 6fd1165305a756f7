// Which faces a report shows with pictures, and by whose result, in a case of several models.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha256 } from '../../../contract/brand.ts';
import type { FindingFilter } from '../../../contract/finding.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { closeCase, createCase } from '../open-case.ts';
import { addExaminer } from '../rows/examiner.ts';
import { defineTag, tagSubjects } from '../rows/tag.ts';
import { allVerdicts, findVerdict } from '../rows/verdict.ts';
import { addFile, testModel } from '../testing/case-material.ts';
import { eachInBlocks } from './report-selection.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-selection-'));
const SECOND = '9'.repeat(64) as Sha256;
let opened: WritableCase;

beforeAll(() => {
  opened = createCase(path.join(root, 'case'), { title: 'S', reference: '', demonstration: false });
  addFile(opened, 'a.jpg', [0.9, 0.8]);
  addFile(opened, 'b.jpg', [0.5]);
  addFile(opened, 'b.jpg', [0.4], { modelId: SECOND });
  addFile(opened, 'c.jpg', [0.3], { modelId: SECOND, sha256: '4'.repeat(64) as Sha256 });
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

const shown = (filter: FindingFilter, limit = 100) =>
  [...eachInBlocks(opened, filter, limit)].map(({ verdictId, modelId }) => {
    const { evidenceId } = findVerdict(opened, verdictId)!.verdict;
    const file = opened.db.raw.prepare('SELECT relative_path FROM evidence WHERE id = ?').pluck().get(evidenceId);
    return `${file} ${modelId === SECOND ? 'second' : 'first'}`;
  });

test('every face is shown once: by the model that may be relied on most, and by another where that did not look at the file', () => {
  expect(shown({})).toEqual(['a.jpg first', 'a.jpg first', 'b.jpg first', 'c.jpg second']);
  expect(shown({}, 2)).toEqual(['a.jpg first', 'a.jpg first']);
});

test('of one model its results are shown, where that is asked for', () => {
  expect(shown({ modelId: SECOND })).toEqual(['b.jpg second', 'c.jpg second']);
  expect(shown({ modelId: testModel.id })).toEqual(['a.jpg first', 'a.jpg first', 'b.jpg first']);
});

test('the other model’s result is none of a filter’s on a file that the first has looked at', () => {
  expect(shown({ scoreMax: 0.45 })).toEqual(['c.jpg second']);
});

test('all that is tagged is shown, whichever model looked at it', () => {
  const examiner = addExaminer(opened, 'A');
  const tag = defineTag(opened, examiner, { name: 'Shortlist' });
  const subjects = allVerdicts(opened)
    .filter((one) => one.modelId === SECOND)
    .map(({ evidenceId, faceId }) => ({ evidenceId, faceId }));
  tagSubjects(opened, examiner, tag, { subjects, on: true, seen: () => true });
  expect(shown({ tags: [tag.id], videoFrames: 'all' })).toEqual(['b.jpg first', 'c.jpg second']);
});
