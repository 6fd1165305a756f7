// Do the rows still say what the audit chain says they said? Verdicts and evidence rows are sealed in the chain at the end of each
// scan (seal.ts); cards of models and opinions stand in it one by one; triggers refuse changes. Read-only; used by verify.
import type { Verification } from '../../../contract/case.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { query } from '../db/case-database.ts';
import { MIGRATIONS } from '../db/migrations.ts';
import { auditEntriesOf } from '../log/audit.ts';
import type { ReadableCase } from '../open-case.ts';
import { modelProblems } from '../rows/model.ts';
import { OPINION_ACTIONS } from '../rows/opinion.ts';
import { sealProblems } from './seal.ts';

type Problem = Verification['problems'][number];

/** What is wrong with triggers, verdicts, evidence rows, models and opinions. */
export function recordProblems(opened: ReadableCase): Problem[] {
  return [...guardProblems(opened), ...sealProblems(opened), ...modelProblems(opened), ...opinionProblems(opened)];
}

/** The triggers of the migrations that are not there. */
function guardProblems({ db }: ReadableCase): Problem[] {
  const wanted = MIGRATIONS.flatMap((step) => [...step.matchAll(/CREATE TRIGGER (\w+)/g)].map((match) => match[1]!));
  const there = new Set(db.raw.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all());
  return wanted
    .filter((name) => !there.has(name))
    .map((name) => ({ kind: 'guardMissing', subject: name, expected: 'a trigger of this name', found: 'none' }));
}

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
