// Seals as earlier versions made them: one hash over the main columns of every verdict with its
// parameters, and one over every evidence row, from the first to the last. They still hold for what
// they held.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../contract/brand.ts';
import type { Verification } from '../../../contract/case.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { eachKeptEntryOf } from '../log/audit.ts';

type Problem = Verification['problems'][number];

/** Hashes over the rows up to an id, in order. */
export type EarlierSeal = {
  upToVerdict: number;
  verdictsSha256: Sha256;
  upToEvidence: number;
  evidenceSha256: Sha256;
};

type Line = { id: number; line: string };

/** Rows of a query as lines, in the query's order; the first column is the id. */
function* linesOf({ db }: ReadableCase, sql: string, change = (row: unknown[]): unknown[] => row): Generator<Line> {
  for (const row of db.raw.prepare(sql).raw().iterate() as Iterable<unknown[]>)
    yield { id: row[0] as number, line: `${canonicalJson(change(row))}\n` };
}

/**
 * One line a verdict: everything in it that a court could be shown, and the hash of its parameters
 * as they are now.
 */
function verdictLines(opened: ReadableCase): Generator<Line> {
  const parameters = query.selectFrom('parameters').select(['id', 'json']);
  const hashes = new Map(opened.db.all(parameters).map(({ id, json }) => [id, hashOfValue(storedJson(json))]));
  const { sql } = query
    .selectFrom('verdict')
    .select(['id', 'evidence_id', 'face_id', 'model_id', 'made_at', 'kind', 'score', 'leaning', 'outcome'])
    .select('parameters_id')
    .orderBy('id')
    .compile();
  return linesOf(opened, sql, (row) => [...row.slice(0, -1), hashes.get(row.at(-1) as number)]);
}

/** One line a file, as taken in; its state comes later and follows from the verdicts. */
function evidenceLines(opened: ReadableCase): Generator<Line> {
  const { sql } = query
    .selectFrom('evidence')
    .select(['id', 'path', 'relative_path', 'size_bytes', 'modified_at', 'added_at', 'sha256'])
    .orderBy('id')
    .compile();
  return linesOf(opened, sql);
}

type Seal = { seq: number; upTo: number; sha256: string };

/**
 * The first seal on verdicts, and the first on evidence rows, that does not hold. A seal of an
 * older version has none on evidence.
 */
export function earlierSealProblems(opened: ReadableCase): Problem[] {
  const seals: ({ [K in keyof EarlierSeal]?: EarlierSeal[K] | undefined } & { seq: number })[] = [];
  for (const { seq, details } of eachKeptEntryOf(opened, 'scan.finished', 'scan.ended', 'record.sealed')) {
    const { upToVerdict, verdictsSha256, upToEvidence, evidenceSha256 } = details as Partial<EarlierSeal>;
    seals.push({ seq, upToVerdict, verdictsSha256, upToEvidence, evidenceSha256 });
  }
  if (!seals.some((one) => one.verdictsSha256 ?? one.evidenceSha256)) return [];
  const onVerdicts = seals.flatMap(({ seq, upToVerdict: upTo, verdictsSha256: sha256 }) =>
    upTo !== undefined && sha256 ? [{ seq, upTo, sha256 }] : [],
  );
  const onEvidence = seals.flatMap(({ seq, upToEvidence: upTo, evidenceSha256: sha256 }) =>
    upTo !== undefined && sha256 ? [{ seq, upTo, sha256 }] : [],
  );
  return [
    ...brokenSeals(onVerdicts, verdictLines(opened), 'verdictChanged', 'verdict'),
    ...brokenSeals(onEvidence, evidenceLines(opened), 'evidenceChanged', 'evidence row'),
  ];
}

/** Walks the rows once; `seals` by their place in the chain, whose ids never fall. */
function brokenSeals(seals: readonly Seal[], lines: Iterable<Line>, kind: Problem['kind'], what: string): Problem[] {
  const hash = createHash('sha256');
  let next = 0;
  const problems: Problem[] = [];
  const check = (reached: number): void => {
    for (; next < seals.length; next++) {
      const { seq, upTo, sha256 } = seals[next]!;
      if (upTo > reached) return;
      const found = upTo === reached ? hash.copy().digest('hex') : `no ${what} ${upTo}`;
      const subject = `${what}s up to ${upTo}, sealed by audit entry ${seq}`;
      if (found !== sha256) problems.push({ kind, subject, expected: sha256, found });
    }
  };
  check(0);
  for (const { id, line } of lines) {
    hash.update(line);
    check(id);
  }
  check(Number.MAX_SAFE_INTEGER);
  return problems.slice(0, 1);
}
