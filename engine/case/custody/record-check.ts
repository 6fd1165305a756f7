// Do the rows still say what the audit chain says they said? Verdicts and evidence rows are sealed in the chain at the end of each
// scan (seal.ts); cards of models and opinions stand in it one by one; the layout is that of the migrations. Read-only; used by verify.
import type { Verification } from '../../../contract/case.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { layoutDifferences } from '../db/schema-check.ts';
import { auditEntriesOf } from '../log/audit.ts';
import { modelProblems } from '../rows/model.ts';
import { OPINION_ACTIONS } from '../rows/opinion.ts';
import { sealProblems } from './seal.ts';

type Problem = Verification['problems'][number];

/** What is wrong with the layout, verdicts, evidence rows, models and opinions. */
export function recordProblems(opened: ReadableCase): Problem[] {
  return [...layoutProblems(opened), ...sealProblems(opened), ...modelProblems(opened), ...opinionProblems(opened)];
}

/** What is in the database that the migrations did not make, and what they made that is no longer so. */
const layoutProblems = ({ db }: ReadableCase): Problem[] =>
  layoutDifferences(db.raw).map(({ name, expected, found }) => ({
    kind: expected !== null && found === null && name.startsWith('trigger') ? 'guardMissing' : 'layoutChanged',
    subject: name,
    expected: expected ?? 'nothing of this name',
    found: found ?? 'none',
  }));

/** Opinions in their order against the entries of the chain in theirs: the first that does not agree. */
function opinionProblems(opened: ReadableCase): Problem[] {
  const entries = auditEntriesOf(opened, ...OPINION_ACTIONS);
  const rows = opened.db.all(
    query
      .selectFrom('opinion')
      .innerJoin('examiner', 'examiner.id', 'opinion.examiner_id')
      .select(['opinion.id', 'evidence_id', 'face_id', 'track_id', 'name', 'conclusion', 'note', 'blind', 'given_at'])
      .orderBy('opinion.id'),
  );
  const said = rows.map((row) =>
    canonicalJson([
      row.name,
      row.evidence_id,
      row.face_id,
      row.conclusion,
      row.note,
      row.blind === 1,
      row.track_id ?? null,
    ]),
  );
  const logged = entries.map(({ who, details: d }) =>
    canonicalJson([who, d.evidenceId, d.faceId, d.to, d.note, d.blind, d.trackId ?? null]),
  );
  for (let i = 0; i < Math.max(said.length, logged.length); i++)
    if (said[i] !== logged[i])
      return [
        {
          kind: 'opinionChanged',
          subject: `opinion ${rows[i]?.id ?? i + 1}`,
          expected: logged[i] ?? 'no entry in the audit log',
          found: said[i] ?? 'no such row',
        },
      ];
  return [];
}
