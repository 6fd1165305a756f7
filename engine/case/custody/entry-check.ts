// Rows that stand in the log one by one, and what the log says of the case itself: held against it
// field by field. This finds changes in cases of earlier versions too, whose entries hold no hash
// of the rows made with them.

import type { JobId } from '../../../contract/brand.ts';
import type { Verification } from '../../../contract/case.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { storedObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { auditEntriesOf } from '../log/audit.ts';
import { OPINION_ACTIONS } from '../rows/opinion.ts';
import { hashOfRerun, rerunSummary } from '../rows/rerun.ts';

type Problem = Verification['problems'][number];

/**
 * Opinions, examiners, findings of changed evidence, the case's title and settings, reruns: each by
 * itself, that one which fails keeps no other from being made.
 */
export const entryChecks: readonly { name: string; problems: (opened: ReadableCase) => Problem[] }[] = [
  { name: 'opinions', problems: opinionProblems },
  { name: 'examiners', problems: examinerProblems },
  { name: 'findings of changed evidence', problems: alterationProblems },
  { name: 'the case itself', problems: caseProblems },
  { name: 'reruns', problems: rerunProblems },
];

/** Rows in their order against entries in theirs: the first that does not agree. */
function firstDifference(
  kind: Problem['kind'],
  subjects: readonly string[],
  said: readonly string[],
  logged: readonly string[],
): Problem[] {
  for (let i = 0; i < Math.max(said.length, logged.length); i++)
    if (said[i] !== logged[i]) {
      const [expected, found] = [logged[i] ?? 'no entry in the audit log', said[i] ?? 'no such row'];
      return [{ kind, subject: subjects[i] ?? `row ${i + 1}`, expected, found }];
    }
  return [];
}

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
  const subjects = rows.map(({ id }) => `opinion ${id}`);
  const different = firstDifference('opinionChanged', subjects, said, logged);
  if (different.length > 0) return different;
  return rows.flatMap(({ id, given_at }, i) =>
    isAboutThen(given_at, entries[i]!.at)
      ? []
      : [{ kind: 'opinionChanged', subject: `opinion ${id}`, expected: `given ${entries[i]!.at}`, found: given_at }],
  );
}

/**
 * A row and its entry are written together; entries of earlier versions do not hold the row's own
 * time.
 */
const TOGETHER_MS = 60_000;

const isAboutThen = (row: string, entry: string): boolean =>
  Math.abs(Date.parse(row) - Date.parse(entry)) <= TOGETHER_MS;

function examinerProblems(opened: ReadableCase): Problem[] {
  const rows = opened.db.all(query.selectFrom('examiner').selectAll().orderBy('id'));
  const entries = auditEntriesOf(opened, 'examiner.added', 'examiner.mistaken');
  const logged = [...new Set(entries.map(({ subject }) => subject))];
  const names = rows.map(({ name }) => name);
  const different = firstDifference('examinerChanged', names, names, logged);
  if (different.length > 0) return different;
  return rows.flatMap(({ name, added_at, mistaken_at }) => {
    const own = entries.filter(({ subject }) => subject === name);
    const last = own.at(-1)!;
    const mistaken = last.action === 'examiner.mistaken' ? last.at : null;
    const wanted: [string, string | null, string | null][] = [
      ['added', own[0]!.at, added_at],
      ['marked as a mistake', mistaken, mistaken_at ?? null],
    ];
    return wanted.flatMap(([what, expected, found]) => {
      const same = expected === null || found === null ? expected === found : isAboutThen(found, expected);
      return same ? [] : [{ kind: 'examinerChanged' as const, subject: name, ...saying(what, expected, found) }];
    });
  });
}

const saying = (what: string, expected: string | null, found: string | null) => ({
  expected: `${what} ${expected ?? 'never'}`,
  found: `${what} ${found ?? 'never'}`,
});

function alterationProblems(opened: ReadableCase): Problem[] {
  const rows = opened.db.all(query.selectFrom('alteration').selectAll().orderBy('id'));
  const said = rows.map((row) => canonicalJson([row.evidence_id, `evidence.${row.kind}`, row.found, row.who]));
  const logged = auditEntriesOf(opened, 'evidence.changed', 'evidence.missing').map(({ who, action, details }) =>
    canonicalJson([details.evidenceId, action, details.found, who]),
  );
  return firstDifference(
    'alterationChanged',
    rows.map(({ id }) => `finding ${id} of changed evidence`),
    said,
    logged,
  );
}

function caseProblems(opened: ReadableCase): Problem[] {
  const row = opened.db.first(query.selectFrom('case_info').selectAll());
  const [created] = auditEntriesOf(opened, 'case.created');
  if (!created) return [];
  if (!row)
    return [
      { kind: 'caseChanged', subject: `the case's title and settings`, expected: created.subject, found: 'no row' },
    ];
  const { details, subject } = created;
  const rule = auditEntriesOf(opened, 'case.configured').findLast((one) => one.subject === 'reason of an opinion');
  const createdAt = details.createdAt ?? (isAboutThen(row.created_at, created.at) ? row.created_at : created.at);
  const wanted: [string, unknown, unknown][] = [
    ['title', subject, row.title],
    ['reference', details.reference, row.reference],
    ['time of making', createdAt, row.created_at],
    ['mark of a demonstration', details.demonstration ?? row.demonstration === 1, row.demonstration === 1],
    ['rule on reasons', rule?.details.to ?? 'whenOverriding', row.reason_rule ?? 'whenOverriding'],
  ];
  return wanted.flatMap(([what, expected, found]) =>
    expected === found
      ? []
      : [{ kind: 'caseChanged', subject: `the case's ${what}`, expected: String(expected), found: String(found) }],
  );
}

type RerunEnd = { seq: number; finished: boolean; rows: number; rowsSha256: unknown };

/** How many rows an entry at the end of a rerun speaks of. */
const rowsCounted = (counts: unknown): number =>
  Object.values((counts ?? {}) as Record<string, number>).reduce((sum, one) => sum + Number(one), 0);

/**
 * The last entry of each rerun holds the hash of its rows, and each before it that of those there
 * were then, where it says which. A rerun that was interrupted may have
 * more when it has ended; one that is finished is not gone on with: an entry behind it that says
 * another thing of it was put there.
 */
function rerunProblems(opened: ReadableCase): Problem[] {
  const ended = new Map<number, RerunEnd>();
  const replaced: Problem[] = [];
  for (const { seq, action, details } of auditEntriesOf(opened, 'rerun.finished', 'rerun.ended')) {
    const jobId = Number(details.jobId);
    const rows = rowsCounted(details.counts);
    const now = { seq, finished: action === 'rerun.finished', rows, rowsSha256: details.rowsSha256 };
    const before = ended.get(jobId);
    const grows = before && !before.finished && rows > before.rows;
    if (before && !grows && before.rowsSha256 !== now.rowsSha256) {
      const subject = `rerun of job ${jobId}, held by audit entry ${before.seq}`;
      const found = `${now.rowsSha256}, by audit entry ${seq}`;
      replaced.push(problemOf(subject, String(before.rowsSha256), found));
    }
    ended.set(jobId, now);
    for (const id of Array.isArray(details.otherRows) ? details.otherRows : [])
      replaced.push(
        problemOf(`rerun of verdict ${id} by job ${jobId}`, `what came out, as audit entry ${seq} says`, 'another row'),
      );
    if (typeof details.verdicts === 'string') {
      const found = orUnreadable(() => hashOfRerun(opened, jobId as JobId, details.verdicts as string));
      const subject = `rerun of job ${jobId} up to then, held by audit entry ${seq}`;
      if (found !== now.rowsSha256) replaced.push(problemOf(subject, String(now.rowsSha256), found));
    }
  }
  const changed = [...ended].flatMap(([jobId, { seq, rowsSha256 }]) => {
    const found = orUnreadable(() => rerunSummary(opened, jobId as JobId).rowsSha256);
    if (found === rowsSha256) return [];
    return [problemOf(`rerun of job ${jobId}, held by audit entry ${seq}`, String(rowsSha256), found)];
  });
  const jobs = opened.db.all(query.selectFrom('rerun').select('job_id').distinct());
  const unknown = jobs
    .filter(({ job_id }) => !ended.has(job_id) && !goesOn(opened, job_id as JobId))
    .map(({ job_id }) => problemOf(`rerun of job ${job_id}`, 'an entry of the log at its end', 'none'));
  const odd = [...opened.db.each(query.selectFrom('rerun').select(['job_id', 'verdict_id', 'result', 'json']))].find(
    ({ result, json }) => storedObject(json)?.result !== result,
  );
  const column = odd
    ? [
        problemOf(
          `rerun of verdict ${odd.verdict_id} by job ${odd.job_id}`,
          String(storedObject(odd.json)?.result),
          odd.result,
        ),
      ]
    : [];
  return [...replaced, ...changed, ...unknown, ...column];
}

/** True for a rerun that was started, and whose job has not ended: its rows are held from its end on. */
const goesOn = ({ db }: ReadableCase, jobId: JobId): boolean =>
  db.first(
    query
      .selectFrom('job')
      .select('id')
      .where('id', '=', jobId)
      .where('state', 'in', [...GOES_ON]),
  ) !== undefined;

const GOES_ON = ['queued', 'running', 'paused'] as const;

/** A row that cannot be read has no hash; it is named by itself (unreadable-rows.ts). */
function orUnreadable(hash: () => string): string {
  try {
    return hash();
  } catch {
    return 'rows that cannot be read';
  }
}

const problemOf = (subject: string, expected: string, found: string): Problem => ({
  kind: 'rerunChanged',
  subject,
  expected,
  found,
});
