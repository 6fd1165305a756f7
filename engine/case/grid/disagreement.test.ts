// Faces of which models say different things: found, counted, one line a face, and hidden in blind
// mode until one's own opinion is given.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelId } from '../../../contract/brand.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { closeCase, createCase } from '../open-case.ts';
import { addExaminer } from '../rows/examiner.ts';
import { giveOpinion } from '../rows/opinion.ts';
import { addFile } from '../testing/case-material.ts';
import { findingsOf, queryFindings } from './finding.ts';
import { readFacets } from './finding-facets.ts';
import type { Viewer } from './finding-filter.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-disagreement-'));
const [first, second] = ['a'.repeat(64), 'b'.repeat(64)] as [ModelId, ModelId];
const anyone: Viewer = { examinerId: null, blind: false };
let opened: WritableCase;

beforeAll(() => {
  opened = createCase(path.join(root, 'case'), { title: 'D', reference: '', demonstration: false });
  addFile(opened, 'one.jpg', [0.9, 0.1, 0.5], { modelId: first });
  expect(readFacets(opened, anyone, {}).disagreed).toBeNull();
  addFile(opened, 'one.jpg', [0.2, 0.05, 0.8], { modelId: second });
  addFile(opened, 'two.jpg', [0.9], { modelId: first });
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

const listed = (viewer: Viewer, modelId: ModelId) =>
  queryFindings(opened, viewer, {
    filter: { modelId, modelsDisagree: true },
    sort: { by: 'path', direction: 'ascending' },
    offset: 0,
    limit: 100,
  });

test('each such face is one line, of whichever model the list is', () => {
  for (const modelId of [first, second]) {
    const { rows, total } = listed(anyone, modelId);
    expect(rows.map(({ relativePath, faceIndex }) => [relativePath, faceIndex])).toEqual([
      ['one.jpg', 0],
      ['one.jpg', 2],
    ]);
    expect(total).toBe(2);
    expect(readFacets(opened, anyone, { modelId }).disagreed).toBe(2);
    expect(readFacets(opened, anyone, { modelId, leanings: ['cannotTell'] }).disagreed).toBe(modelId === first ? 1 : 0);
  }
});

test('in blind mode it is told of decided faces alone', () => {
  const examiner = addExaminer(opened, 'E. Xaminer');
  const examinerId = examiner.id;
  const blind: Viewer = { examinerId, blind: true };
  expect(listed(blind, first).rows).toEqual([]);
  expect(readFacets(opened, blind, { modelId: first }).disagreed).toBe(0);
  const [face] = listed(anyone, first).rows;
  giveOpinion(opened, examiner, {
    ...{ evidenceId: face!.evidenceId, faceId: face!.faceId, conclusion: 'inconclusive' },
    ...{ note: 'The edge of the chin.', blind: true },
  });
  expect(listed(blind, first).rows.map(({ faceIndex }) => faceIndex)).toEqual([0]);
  expect(readFacets(opened, blind, { modelId: first }).disagreed).toBe(1);
  expect(findingsOf(opened, blind, { evidenceId: face!.evidenceId, faceId: face!.faceId })).toHaveLength(2);
});
