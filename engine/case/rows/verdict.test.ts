// What a verdict's row holds of its reason: data, no sentence; a row of an earlier version, which
// holds sentences, is read and held as it is.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import type { VerdictOutcome } from '../../../contract/verdict.ts';
import { unscoredWords } from '../../../contract/wording.ts';
import { queryFindings } from '../grid/finding.ts';
import { closeCase, createCase, openCase } from '../open-case.ts';
import { addFile, testParameters } from '../testing/case-material.ts';
import { tamperWith } from '../testing/tamper.ts';
import { addVerdicts, allVerdicts } from './verdict.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-verdict-row-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const OUTSIDE: VerdictOutcome = {
  kind: 'outOfDomain',
  reasons: [{ kind: 'beyondLimit', measure: 'facePx', value: 30.4, limit: 36, end: 'low' }],
  cropSha256: null,
};
const WORDS = 'Outside model limits: face size 30 px, validated from 36 px';

test('a reason is kept as data; the sentences of an earlier version are read as they stand', () => {
  const folder = path.join(root, 'case');
  let opened = createCase(folder, { title: 'V', reference: '', demonstration: false });
  addFile(opened, 'a.jpg', [0.9]);
  const { evidenceId } = allVerdicts(opened)[0]!;
  addVerdicts(opened, { ...testParameters, pipelineVersion: 2 }, [
    {
      evidenceId,
      relativePath: 'a.jpg',
      state: undefined,
      verdicts: [{ face: null, outcome: OUTSIDE }],
    },
  ]);
  const shown = () =>
    queryFindings(
      opened,
      { examinerId: null, blind: false },
      { filter: { kinds: ['outOfDomain'] }, sort: { by: 'path', direction: 'ascending' }, offset: 0, limit: 10 },
    ).rows;
  expect(shown().map(({ unscored }) => unscored)).toEqual([OUTSIDE]);
  closeCase(opened);

  const db = new Database(path.join(folder, 'case.sqlite'));
  expect(db.prepare("SELECT reason FROM verdict WHERE kind = 'outOfDomain'").all()).toEqual([{ reason: null }]);
  const old = { ...OUTSIDE, reasons: ['face size 30 px, validated from 36 px'] };
  tamperWith(
    db,
    `UPDATE verdict SET outcome = '${JSON.stringify(old)}', reason = 'outside the model''s domain: ${old.reasons[0]}' WHERE kind = 'outOfDomain'`,
  );
  db.close();
  opened = openCase(folder);
  expect(shown().map(({ unscored }) => unscored && unscoredWords(unscored))).toEqual([WORDS]);
  closeCase(opened);

  const again = new Database(path.join(folder, 'case.sqlite'));
  tamperWith(again, `UPDATE verdict SET outcome = '{"kind":"noFace"}' WHERE kind = 'outOfDomain'`);
  again.close();
  opened = openCase(folder);
  expect(shown().map(({ kind, unscored }) => [kind, unscored])).toEqual([['outOfDomain', null]]);
  closeCase(opened);
});
