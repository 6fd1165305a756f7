// Do the rows still say what the audit chain says they said? Verdicts are sealed in the chain at the end of each scan by a hash
// over all of them; opinions stand in it one by one; triggers refuse changes. Read-only; used by verify and the scan.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../contract/brand.ts';
import type { AuditEntry, Verification } from '../../contract/case.ts';
import { auditEntriesOf } from './audit.ts';
import { canonicalJson } from './canonical-json.ts';
import { query } from './case-database.ts';
import { MIGRATIONS } from './migrations.ts';
import type { ReadableCase } from './open-case.ts';

type Problem = Verification['problems'][number];

/** Hash over the verdicts up to an id, in order: what a `scan.finished` entry seals. */
export type VerdictSeal = { upToVerdict: number; verdictsSha256: Sha256 };

/** The seal over every verdict there is now. */
export function sealVerdicts(opened: ReadableCase): VerdictSeal {
  let upToVerdict = 0;
  const hash = createHash('sha256');
  for (const row of verdictLines(opened)) {
    hash.update(row.line);
    upToVerdict = row.id;
  }
  return { upToVerdict, verdictsSha256: hash.digest('hex') as Sha256 };
}

/** One line a verdict: everything in it that a court could be shown. */
function* verdictLines({ db }: ReadableCase): Generator<{ id: number; line: string }> {
  const { sql } = query
    .selectFrom('verdict')
    .innerJoin('parameters', 'parameters.id', 'verdict.parameters_id')
    .select(['verdict.id', 'evidence_id', 'face_id', 'model_id', 'made_at', 'kind', 'score', 'leaning', 'outcome'])
    .select('parameters.sha256')
    .orderBy('verdict.id')
    .compile();
  for (const row of db.raw.prepare(sql).raw().iterate() as Iterable<unknown[]>)
    yield { id: row[0] as number, line: `${canonicalJson(row)}\n` };
}

/** What is wrong with triggers, verdicts and opinions. */
export function recordProblems(opened: ReadableCase): Problem[] {
  return [...guardProblems(opened), ...verdictProblems(opened), ...opinionProblems(opened)];
}

/** The triggers of the migrations that are not there. */
function guardProblems({ db }: ReadableCase): Problem[] {
  const wanted = MIGRATIONS.flatMap((step) => [...step.matchAll(/CREATE TRIGGER (\w+)/g)].map((match) => match[1]!));
  const there = new Set(db.raw.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all());
  return wanted
    .filter((name) => !there.has(name))
    .map((name) => ({ kind: 'guardMissing', subject: name, expected: 'a trigger of this name', found: 'none' }));
}

function verdictProblems(opened: ReadableCase): Problem[] {
  const seals = auditEntriesOf(opened, 'scan.finished').filter((entry) => 'verdictsSha256' in entry.details);
  const hash = createHash('sha256');
  let next = 0;
  const problems: Problem[] = [];
  const check = (upTo: number): void => {
    for (; next < seals.length; next++) {
      const { upToVerdict, verdictsSha256 } = seals[next]!.details as VerdictSeal;
      if (upToVerdict > upTo) return;
      const found = upToVerdict === upTo ? hash.copy().digest('hex') : `no verdict ${upToVerdict}`;
      if (found !== verdictsSha256) problems.push(sealProblem(seals[next]!, found));
    }
  };
  check(0);
  for (const { id, line } of verdictLines(opened)) {
    hash.update(line);
    check(id);
  }
  check(Number.MAX_SAFE_INTEGER);
  return problems.slice(0, 1);
}

const sealProblem = (seal: AuditEntry, found: string): Problem => ({
  kind: 'verdictChanged',
  subject: `verdicts up to ${(seal.details as VerdictSeal).upToVerdict}, sealed by audit entry ${seal.seq}`,
  expected: (seal.details as VerdictSeal).verdictsSha256,
  found,
});

/** Opinions in their order against the entries of the chain in theirs: the first that does not agree. */
function opinionProblems(opened: ReadableCase): Problem[] {
  const entries = auditEntriesOf(opened, 'opinion.given');
  const rows = opened.db.all(
    query
      .selectFrom('opinion')
      .innerJoin('examiner', 'examiner.id', 'opinion.examiner_id')
      .select(['opinion.id', 'evidence_id', 'face_id', 'name', 'conclusion', 'note', 'blind', 'given_at'])
      .orderBy('opinion.id'),
  );
  const said = rows.map((row) =>
    canonicalJson([row.name, row.evidence_id, row.face_id, row.conclusion, row.note, row.blind === 1]),
  );
  const logged = entries.map(({ who, details: d }) =>
    canonicalJson([who, d.evidenceId, d.faceId, d.to, d.note, d.blind]),
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
