// Rows that stand in the log one by one, and what the log says of the case itself: held against it
// field by field. This finds changes in cases of earlier versions too, whose entries hold no hash
// of the rows made with them.

import type { JobId } from '../../../contract/brand.ts';
import type { AuditEntry, Verification } from '../../../contract/case.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { plainObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { auditEntriesOf, eachEntryOf, eachKeptEntryOf, firstEntryOf } from '../log/audit.ts';
import { lastIdOf, segmentFrom } from '../log/segment.ts';
import { OPINION_ACTIONS } from '../rows/opinion.ts';
import {
  countOfFirst,
  hashesOfFirstRows,
  hashOfRows,
  jobsStarted,
  type RowTable,
  verdictsOfJob,
} from '../rows/rows-of-job.ts';
import { TAGGING_ACTIONS } from '../rows/tag.ts';
import { groupsProblems } from './groups-check.ts';

type Problem = Verification['problems'][number];

/**
 * Opinions, examiners, tags, findings of changed evidence, the case's title and settings, reruns: each by
 * itself, that one which fails keeps no other from being made.
 */
export const entryChecks: readonly { name: string; problems: (opened: ReadableCase) => Problem[] }[] = [
  { name: 'opinions', problems: opinionProblems },
  { name: 'examiners', problems: examinerProblems },
  { name: 'tags', problems: (opened) => [...tagProblems(opened), ...taggingProblems(opened)] },
  { name: 'findings of changed evidence', problems: alterationProblems },
  { name: 'the case itself', problems: caseProblems },
  { name: 'reruns', problems: (opened) => jobRowProblems(opened, RERUNS) },
  { name: 'stability', problems: (opened) => jobRowProblems(opened, STABILITY) },
  { name: 'groups of faces', problems: groupsProblems },
];

/** A row, or an entry, with what it says of the same. */
type Said<T> = { said: string; from: T };

/**
 * Rows in their order against entries in theirs, one after the other and none held: the first that
 * does not agree; else what `compare` finds of each pair.
 */
function firstDifference<Row, Entry>(
  kind: Problem['kind'],
  subjectOf: (row: Row) => string,
  rows: Iterable<Said<Row>>,
  entries: Generator<Said<Entry>, void, undefined>,
  compare: (row: Row, entry: Entry) => Problem[] = () => [],
): Problem[] {
  const problems: Problem[] = [];
  let count = 0;
  try {
    for (const { said, from } of rows) {
      const { value: logged } = entries.next();
      if (logged?.said !== said)
        return [{ kind, subject: subjectOf(from), expected: logged?.said ?? 'no entry in the audit log', found: said }];
      problems.push(...compare(from, logged.from));
      count += 1;
    }
    const { value: lost } = entries.next();
    return lost ? [{ kind, subject: `row ${count + 1}`, expected: lost.said, found: 'no such row' }] : problems;
  } finally {
    entries.return();
  }
}

function opinionProblems(opened: ReadableCase): Problem[] {
  const rows = query
    .selectFrom('opinion')
    .innerJoin('examiner', 'examiner.id', 'opinion.examiner_id')
    .select(['opinion.id', 'evidence_id', 'face_id', 'track_id', 'name', 'conclusion', 'note', 'blind', 'given_at'])
    .orderBy('opinion.id');
  return firstDifference(
    'opinionChanged',
    ({ id }) => `opinion ${id}`,
    mapped(opened.db.each(rows), (row) => {
      const { name, evidence_id, face_id, conclusion, note, blind, track_id } = row;
      return {
        said: canonicalJson([name, evidence_id, face_id, conclusion, note, blind === 1, track_id ?? null]),
        from: row,
      };
    }),
    mapped(eachEntryOf(opened, ...OPINION_ACTIONS), (entry) => {
      const { who, details: d } = entry;
      return {
        said: canonicalJson([who, d.evidenceId, d.faceId, d.to, d.note, d.blind, d.trackId ?? null]),
        from: entry,
      };
    }),
    ({ id, given_at }, { at }) =>
      isAboutThen(given_at, at)
        ? []
        : [{ kind: 'opinionChanged', subject: `opinion ${id}`, expected: `given ${at}`, found: given_at }],
  );
}

function tagProblems(opened: ReadableCase): Problem[] {
  const rows = query
    .selectFrom('tag')
    .leftJoin('examiner', 'examiner.id', 'tag.examiner_id')
    .select(['tag.id', 'tag.name', 'colour', 'key', 'examiner.name as who'])
    .orderBy('tag.id');
  return firstDifference(
    'tagChanged',
    ({ id }) => `definition ${id} of a tag`,
    mapped(opened.db.each(rows), (row) => ({
      said: canonicalJson([row.who, row.name, row.colour, row.key]),
      from: row,
    })),
    mapped(eachEntryOf(opened, 'tag.defined'), ({ who, subject, details: { colour, key } }) => ({
      said: canonicalJson([who, subject, colour, key]),
      from: undefined,
    })),
  );
}

/**
 * What was tagged at once has one entry: of each its rows say what it says, and there are no others.
 * That they are the same rows is held by their seal.
 */
function taggingProblems(opened: ReadableCase): Problem[] {
  const rowsOf = opened.db.raw.prepare(
    `SELECT count(*), count(DISTINCT t.tag_id || ' ' || t.standing || ' ' || t.by_id || ' ' || t.at), min(t.tag_id),
      min(t.standing), min(e.name), count(DISTINCT t.evidence_id || ' ' || ifnull(t.face_id, 0)), min(t.at)
    FROM tagging t LEFT JOIN examiner e ON e.id = t.by_id WHERE t.id > ? AND t.id <= ?`,
  );
  const odd = (subject: string, expected: string, found: string): Problem => ({
    kind: 'tagChanged',
    subject,
    expected,
    found,
  });
  let reached = 0;
  for (const { seq, at, who, details } of eachEntryOf(opened, ...TAGGING_ACTIONS)) {
    const segment = segmentFrom('tagging', (details.sealed as Record<string, unknown> | undefined)?.tagging);
    const subject = `taggings of audit entry ${seq}`;
    if (!segment || segment.from < reached)
      return [odd(subject, 'the rows that were entered with it', segment ? 'those of another entry' : 'none named')];
    const { from, to } = segment;
    const [rows, kinds, tagId, standing, name, subjects, time] = rowsOf.raw().get(from, to) as [
      ...[number, number, number | null, number | null, string | null, number, string | null],
    ];
    const expected = canonicalJson([1, details.tagId, details.on === true ? 1 : 0, who, details.subjects]);
    const found = canonicalJson([kinds, tagId, standing, name, subjects]);
    if (expected !== found) return [odd(subject, expected, `${found}, ${rows} rows`)];
    if (!isAboutThen(time!, at)) return [odd(subject, `at ${at}`, time!)];
    if (from > reached) return [odd(`taggings ${reached + 1} to ${from}`, 'an entry in the audit log', 'none')];
    reached = to;
  }
  const last = lastIdOf(opened, 'tagging');
  return last > reached ? [odd(`taggings ${reached + 1} to ${last}`, 'an entry in the audit log', 'none')] : [];
}

function* mapped<T, R>(all: Iterable<T>, change: (one: T) => R): Generator<R, void, undefined> {
  for (const one of all) yield change(one);
}

/**
 * A row and its entry are written together; entries of earlier versions do not hold the row's own
 * time.
 */
const TOGETHER_MS = 60_000;

const isAboutThen = (row: string, entry: string): boolean =>
  Math.abs(Date.parse(row) - Date.parse(entry)) <= TOGETHER_MS;

type Sitting = Pick<AuditEntry, 'at' | 'action'>;

function examinerProblems(opened: ReadableCase): Problem[] {
  /** First and last entry on each name. */
  const logged = new Map<string, { first: Sitting; last: Sitting }>();
  for (const { subject, at, action } of eachKeptEntryOf(opened, 'examiner.added', 'examiner.mistaken'))
    logged.set(subject, { first: logged.get(subject)?.first ?? { at, action }, last: { at, action } });
  const rows = query.selectFrom('examiner').selectAll().orderBy('id');
  return firstDifference(
    'examinerChanged',
    ({ name }) => name,
    mapped(opened.db.each(rows), (row) => ({ said: row.name, from: row })),
    mapped(logged, ([name, from]) => ({ said: name, from })),
    ({ name, added_at, mistaken_at }, { first, last }) => {
      const mistaken = last.action === 'examiner.mistaken' ? last.at : null;
      const wanted: [string, string | null, string | null][] = [
        ['added', first.at, added_at],
        ['marked as a mistake', mistaken, mistaken_at ?? null],
      ];
      return wanted.flatMap(([what, expected, found]) => {
        const same = expected === null || found === null ? expected === found : isAboutThen(found, expected);
        return same ? [] : [{ kind: 'examinerChanged' as const, subject: name, ...saying(what, expected, found) }];
      });
    },
  );
}

const saying = (what: string, expected: string | null, found: string | null) => ({
  expected: `${what} ${expected ?? 'never'}`,
  found: `${what} ${found ?? 'never'}`,
});

function alterationProblems(opened: ReadableCase): Problem[] {
  const rows = query.selectFrom('alteration').selectAll().orderBy('id');
  return firstDifference(
    'alterationChanged',
    ({ id }) => `finding ${id} of changed evidence`,
    mapped(opened.db.each(rows), (row) => ({
      said: canonicalJson([row.evidence_id, `evidence.${row.kind}`, row.found, row.who]),
      from: row,
    })),
    mapped(eachEntryOf(opened, 'evidence.changed', 'evidence.missing'), ({ who, action, details }) => ({
      said: canonicalJson([details.evidenceId, action, details.found, who]),
      from: undefined,
    })),
  );
}

function caseProblems(opened: ReadableCase): Problem[] {
  const row = opened.db.first(query.selectFrom('case_info').selectAll());
  const created = firstEntryOf(opened, 'case.created');
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

/** Rows of jobs on verdicts: their table, and what is said of them. */
type JobRows = { table: RowTable; kind: Problem['kind']; what: string };
const RERUNS: JobRows = { table: 'rerun', kind: 'rerunChanged', what: 'rerun' };
const STABILITY: JobRows = { table: 'stability', kind: 'stabilityChanged', what: 'stability' };

type RunEnd = { seq: number; finished: boolean; rows: number; rowsSha256: string };
/** What an entry holds of a job's first rows: how many they are, and their hash. */
type FirstRows = { seq: number; count: number; rowsSha256: string };

/** How many rows an entry at the end of a job speaks of. */
const rowsCounted = (counts: unknown): number =>
  Object.values((counts ?? {}) as Record<string, number>).reduce((sum, one) => sum + Number(one), 0);

/**
 * Entries at the ends of one job that hold other rows than the first of it, as one does that was
 * not given its verdicts in their order: each costs a walk through all of its rows.
 */
const MOST_CHOICES = 64;

/**
 * The last entry of each job holds the hash of its rows, and each before it that of those there
 * were then, where it says which. A job that was interrupted may have
 * more when it has ended; one that is finished is not gone on with: an entry behind it that says
 * another thing of it was put there.
 */
function jobRowProblems(opened: ReadableCase, of: JobRows): Problem[] {
  const { table, what } = of;
  const ended = new Map<number, RunEnd>();
  const first = new Map<number, FirstRows[]>();
  const choices = new Map<number, number>();
  const idsOf = rememberedIds(opened, table);
  const replaced: Problem[] = [];
  for (const { seq, action, details } of eachEntryOf(opened, `${table}.finished`, `${table}.ended`)) {
    const jobId = Number(details.jobId);
    const rows = rowsCounted(details.counts);
    const now = { seq, finished: action === `${table}.finished`, rows, rowsSha256: hashSaid(details.rowsSha256) };
    const before = ended.get(jobId);
    const grows = before && !before.finished && rows > before.rows;
    if (before && !grows && before.rowsSha256 !== now.rowsSha256) {
      const subject = `${what} of job ${jobId}, held by audit entry ${before.seq}`;
      replaced.push(problemOf(of, subject, before.rowsSha256, `${now.rowsSha256}, by audit entry ${seq}`));
    }
    ended.set(jobId, now);
    for (const id of Array.isArray(details.otherRows) ? details.otherRows : [])
      replaced.push(
        problemOf(
          of,
          `${what} of verdict ${id} by job ${jobId}`,
          `what came out, as audit entry ${seq} says`,
          'another row',
        ),
      );
    if (typeof details.verdicts !== 'string') continue;
    const count = countOfFirst(details.verdicts, idsOf(jobId));
    if (count !== undefined) {
      if (!first.get(jobId)?.push({ seq, count, rowsSha256: now.rowsSha256 }))
        first.set(jobId, [{ seq, count, rowsSha256: now.rowsSha256 }]);
      continue;
    }
    const done = choices.get(jobId) ?? 0;
    choices.set(jobId, done + 1);
    if (done > MOST_CHOICES) continue;
    const found =
      done === MOST_CHOICES
        ? `more than ${MOST_CHOICES} such entries, of which the others are not held against its rows`
        : orUnreadable(() => hashOfRows(opened, table, jobId as JobId, details.verdicts as string));
    if (found !== now.rowsSha256) replaced.push(problemOf(of, upToThen(what, jobId, seq), now.rowsSha256, found));
  }
  const changed = [...ended].flatMap(([jobId, end]) => changedRows(opened, of, jobId, idsOf(jobId).length, end, first));
  const jobs = opened.db.all(query.selectFrom(table).select('job_id').distinct());
  const started = jobsStarted(opened, table);
  const unknown = jobs
    .filter(({ job_id: id }) => !ended.has(id) && !(started.has(id as JobId) && goesOn(opened, table, id as JobId)))
    .map(({ job_id }) => problemOf(of, `${what} of job ${job_id}`, 'an entry of the log at its end', 'none'));
  return [...replaced, ...changed, ...unknown, ...oddRow(opened, of)];
}

/** The first row whose text is not the one form of it, or says another result than its column. */
function oddRow({ db }: ReadableCase, of: JobRows): Problem[] {
  const { table, what } = of;
  for (const row of db.each(query.selectFrom(table).select(['job_id', 'verdict_id', 'result', 'json']))) {
    const said = plainObject(row.json);
    if (said?.result === row.result) continue;
    const subject = `${what} of verdict ${row.verdict_id} by job ${row.job_id}`;
    return [problemOf(of, subject, said ? String(said.result) : 'JSON as the workstation writes it', row.result)];
  }
  return [];
}

const upToThen = (what: string, jobId: number, seq: number): string =>
  `${what} of job ${jobId} up to then, held by audit entry ${seq}`;

const hashSaid = (said: unknown): string => String(said).slice(0, 100);

/** Ids of the verdicts that a job made again, ascending; asked for once. */
function rememberedIds(opened: ReadableCase, table: RowTable): (jobId: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (jobId) => {
    const ids = known.get(jobId) ?? verdictsOfJob(opened, table, jobId as JobId);
    known.set(jobId, ids);
    return ids;
  };
}

/** What a job's last entry and those before it hold, against its rows, which are gone through once. */
function changedRows(
  opened: ReadableCase,
  of: JobRows,
  jobId: number,
  rows: number,
  { seq, rowsSha256 }: RunEnd,
  first: ReadonlyMap<number, readonly FirstRows[]>,
): Problem[] {
  const { table, what } = of;
  const held = [
    ...(first.get(jobId) ?? []).map((one) => ({ ...one, subject: upToThen(what, jobId, one.seq) })),
    { count: rows, rowsSha256, subject: `${what} of job ${jobId}, held by audit entry ${seq}` },
  ];
  const found = hashesOrUnreadable(opened, table, jobId, new Set(held.map(({ count }) => count)));
  return held.flatMap(({ subject, count, rowsSha256: expected }) =>
    found(count) === expected ? [] : [problemOf(of, subject, expected, found(count))],
  );
}

function hashesOrUnreadable(
  opened: ReadableCase,
  table: RowTable,
  jobId: number,
  counts: ReadonlySet<number>,
): (count: number) => string {
  try {
    const hashes = hashesOfFirstRows(opened, table, jobId as JobId, counts);
    return (count) => hashes.get(count)!;
  } catch {
    return () => UNREADABLE;
  }
}

/** A sentence on reruns and runs of the battery whose results no entry holds yet, where there are any. */
export const jobsOnTheirWay = (opened: ReadableCase): string[] =>
  [RERUNS, STABILITY].flatMap((of) => onTheirWay(opened, of));

function onTheirWay(opened: ReadableCase, { table }: JobRows): string[] {
  const started = jobsStarted(opened, table);
  const ends = [`${table}.finished`, `${table}.ended`, 'job.cancelled', 'job.failed'];
  for (const { action, details } of eachEntryOf(opened, ...ends))
    if (action !== `${table}.ended`) started.delete(Number(details.jobId) as JobId);
  const open = [...started].filter((id) => goesOn(opened, table, id) && verdictsOfJob(opened, table, id).length > 0);
  const what = table === 'rerun' ? 'A rerun' : 'A run of the battery';
  return open.map(
    (id) => `${what} is on its way (job ${id}): what it came to is held from its end on. Verify again then.`,
  );
}

/** True for a job that has not ended, as its row says: its rows are held from its end on. */
const goesOn = ({ db }: ReadableCase, kind: RowTable, jobId: JobId): boolean =>
  db.first(
    query
      .selectFrom('job')
      .select('id')
      .where('id', '=', jobId)
      .where('kind', '=', kind)
      .where('state', 'in', [...GOES_ON]),
  ) !== undefined;

const GOES_ON = ['queued', 'running', 'paused'] as const;

const UNREADABLE = 'rows that cannot be read';

/** A row that cannot be read has no hash; it is named by itself (unreadable-rows.ts). */
function orUnreadable(hash: () => string): string {
  try {
    return hash();
  } catch {
    return UNREADABLE;
  }
}

const problemOf = ({ kind }: JobRows, subject: string, expected: string, found: string): Problem => ({
  kind,
  subject,
  expected,
  found,
});
