// Tables and columns that follow from others: made again, and compared.
import type { Verification } from '../../../contract/case.ts';
import type { Model } from '../../../contract/model.ts';
import { ALTERATIONS, BATTERY, type StabilityRow } from '../../../contract/stability.ts';
import type { VerdictOutcome, VerdictParameters } from '../../../contract/verdict.ts';
import { storedObject } from '../../files/stored-json.ts';
import { type CaseDatabase, query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { newDatabase } from '../db/case-layout.ts';
import { enterSamePersons } from '../db/derived-tables.ts';
import { SUPERSEDED } from '../db/migrations.ts';
import type { Steps } from '../log/segment.ts';
import { findCard } from '../rows/model.ts';
import { storedStability } from '../rows/stability.ts';
import { rowsByKey, sameTracks, standingOpinions } from './derived-opinions.ts';

type Problem = Verification['problems'][number];

const derived = (subject: string, expected: string, found: string): Problem => ({
  kind: 'derivedChanged',
  subject,
  expected,
  found,
});

/**
 * The standing opinions and tags with who and which tracks are one, the folders that files came from, and the columns of verdicts that the
 * grid filters by.
 */
export function* derivedProblems(opened: ReadableCase, whyOdd?: WhyOdd): Steps<Problem[]> {
  return [
    ...(yield* opinionTables(opened.db)),
    ...sources(opened.db),
    ...superseded(opened.db),
    ...states(opened.db),
    ...(yield* verdictColumns(opened)),
    ...(whyOdd ? yield* scoresOfLogits(opened, whyOdd) : []),
    ...(whyOdd ? yield* stabilityOfVerdicts(opened, whyOdd) : []),
  ];
}

/** Who is one person, which tracks are one, and which opinions and tags stand: each made again, and compared. */
function* opinionTables(db: CaseDatabase): Steps<Problem[]> {
  const { persons, tags } = madeAgain(db);
  const tracks = yield* sameTracks(db);
  const numbers = (sql: string): number[][] => db.raw.prepare(sql).raw().all() as number[][];
  return [
    ...difference('names of one person', persons, numbers('SELECT * FROM same_person ORDER BY examiner_id')),
    ...difference('tags that stand', tags, numbers(`SELECT * FROM current_tag ${BY_TAG}`)),
    ...difference('tracks with the same faces', tracks, numbers('SELECT * FROM same_track ORDER BY track_id')),
    ...(yield* standingProblems(db, new Map(persons), new Map(tracks))),
  ];
}

const BY_TAG = 'ORDER BY evidence_id, face_id, tag_id, examiner_id';

/**
 * Rows of examiners that are another spelling of an earlier one, and tags that stand, in a database of
 * their own.
 */
function madeAgain(db: CaseDatabase): { persons: [number, number][]; tags: number[][] } {
  const again = newDatabase();
  const rows = (sql: string) => again.raw.prepare(sql).raw().all();
  // What they speak of is not copied.
  again.raw.pragma('foreign_keys = OFF');
  try {
    copyRows(db, again, 'examiner', 'id');
    enterSamePersons(again);
    copyRows(db, again, 'tagging', 'id');
    return {
      persons: rows('SELECT * FROM same_person ORDER BY examiner_id') as [number, number][],
      tags: rows(`SELECT * FROM current_tag ${BY_TAG}`) as number[][],
    };
  } finally {
    again.close();
  }
}

/** The first row of `current_opinion` that is not what stands, or what stands and has none. */
function* standingProblems(
  db: CaseDatabase,
  persons: ReadonlyMap<number, number>,
  tracks: ReadonlyMap<number, number>,
): Steps<Problem[]> {
  const odd = (expected: string, found: string) => [shortened(derived('standing opinions', expected, found))];
  const most = db.raw.prepare('SELECT count(*) FROM current_opinion').pluck().get() as number;
  const wanted = yield* standingOpinions(db, { persons, tracks, most });
  if (wanted === null) return odd(`more than ${most}`, String(most));
  const found: Problem[] = [];
  const key = ['evidence_id', 'face_id', 'examiner_id'];
  const columns = ['opinion_id', 'conclusion', 'track_id'];
  yield* rowsByKey(db, { table: 'current_opinion', key, columns }, (row) => {
    const on = row.slice(0, key.length);
    const stands = wanted.get(on.join(' '));
    wanted.delete(on.join(' '));
    const expected = stands ? JSON.stringify([...on, ...stands]) : 'none';
    if (found.length === 0 && expected !== JSON.stringify(row)) found.push(...odd(expected, JSON.stringify(row)));
  });
  for (const [on, stands] of wanted) return [...found, ...odd(`${on}: ${JSON.stringify(stands)}`, 'none')].slice(0, 1);
  return found;
}

function difference(what: string, wanted: readonly number[][], there: readonly number[][]): Problem[] {
  const [expected, found] = [JSON.stringify(wanted), JSON.stringify(there)];
  return expected === found ? [] : [shortened(derived(what, expected, found))];
}

function copyRows(from: CaseDatabase, to: CaseDatabase, table: string, order: string): void {
  const rows = from.raw.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).raw();
  const width = rows.columns().length;
  const insert = to.raw.prepare(`INSERT INTO ${table} VALUES (${Array(width).fill('?').join(', ')})`);
  to.raw.transaction(() => {
    for (const row of rows.iterate() as Iterable<unknown[]>) insert.run(...row);
  })();
}

const shortened = (problem: Problem): Problem => ({
  ...problem,
  expected: problem.expected.slice(0, 200),
  found: problem.found.slice(0, 200),
});

/** Every folder once, in the order of its first file. */
function sources({ raw }: CaseDatabase): Problem[] {
  const wanted = raw.prepare('SELECT root FROM evidence GROUP BY root ORDER BY min(id)').pluck().all() as string[];
  const there = raw.prepare('SELECT id, root FROM source ORDER BY id').raw().all() as [number, string][];
  const odd = Array.from({ length: Math.max(wanted.length, there.length) }, (_, i) => i).find(
    (i) => there[i]?.[0] !== i + 1 || there[i]?.[1] !== wanted[i],
  );
  return odd === undefined
    ? []
    : [derived(`exhibit ${odd + 1}`, wanted[odd] ?? 'none', there[odd]?.join(': ') ?? 'none')];
}

/** Faces that were too small for one scan, films without a face in one, that a later one judged. */
function superseded({ raw }: CaseDatabase): Problem[] {
  const wanted = raw.prepare(SUPERSEDED).pluck().all() as number[];
  const there = new Set(raw.prepare('SELECT verdict_id FROM superseded_verdict').pluck().all() as number[]);
  const lacking = wanted.filter((id) => !there.has(id));
  const known = new Set(wanted);
  const added = [...there].filter((id) => !known.has(id));
  return [
    ...lacking
      .slice(0, 1)
      .map((id) => derived(`verdict ${id}`, 'one that a later scan took the place of', 'one that stands')),
    ...added
      .slice(0, 1)
      .map((id) => derived(`verdict ${id}`, 'one that stands', 'one that a later scan took the place of')),
  ];
}

/**
 * A file that could not be read has a verdict that says so, with the same reason; one that was read
 * has another; one that waits has none but of the workstation's own failure. A film that was gone
 * through more than once keeps the verdict of the first time.
 */
function states({ raw }: CaseDatabase): Problem[] {
  const rows = raw
    .prepare(
      `WITH said AS (SELECT id, CASE WHEN json_valid(state) THEN state ->> '$.kind' END AS kind,
          CASE WHEN json_valid(state) THEN state ->> '$.reason' END AS reason FROM evidence)
        SELECT s.id, s.kind FROM said s
        WHERE (SELECT count(*) FROM video_scan f WHERE f.evidence_id = s.id) < 2 AND (
          (s.kind = 'unreadable' AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.evidence_id = s.id AND v.kind = 'unreadable'
            AND json_valid(v.outcome) AND v.outcome ->> '$.reason' IS s.reason))
          OR (s.kind = 'read' AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.evidence_id = s.id AND v.kind <> 'unreadable'))
          OR (s.kind = 'pending' AND NOT EXISTS (SELECT 1 FROM video_scan f WHERE f.evidence_id = s.id)
            AND EXISTS (SELECT 1 FROM verdict v WHERE v.evidence_id = s.id AND v.kind <> 'toolError')))
        ORDER BY s.id LIMIT 100`,
    )
    .raw()
    .all() as [number, string][];
  return rows.map(([id, kind]) => derived(`state of file ${id}`, 'one that its verdicts follow from', kind));
}

type Scored = Extract<VerdictOutcome, { kind: 'scored' }>;
/** Why a score, a leaning or a ratio does not follow from the logit beside it; undefined where it does. */
export type WhyOdd = (outcome: Scored, card: Pick<Model, 'operatingPoints' | 'validation'>) => string | undefined;

/** The card that parameters name, each found once. */
function cardsOfParameters(opened: ReadableCase): (id: number, json: string) => Model | undefined {
  const cards = new Map<number, Model | undefined>();
  return (id, json) => {
    const said = storedObject(json) as VerdictParameters | undefined;
    if (!cards.has(id))
      cards.set(id, said && findCard(opened, { ...said, validationSha256: said.validationSha256 ?? null }));
    return cards.get(id);
  };
}

/**
 * The first score that does not follow from its logit under the card that its parameters name.
 * Parameters of which the case has no such card are named by themselves (rows/model.ts).
 */
function* scoresOfLogits(opened: ReadableCase, whyOdd: WhyOdd): Steps<Problem[]> {
  const cardOf = cardsOfParameters(opened);
  const select = query
    .selectFrom('verdict as v')
    .innerJoin('parameters as p', 'p.id', 'v.parameters_id')
    .select(['v.id', 'v.outcome', 'p.id as parameters_id', 'p.json'])
    .orderBy('v.id');
  let done = 0;
  for (const row of opened.db.each(select)) {
    const outcome = storedObject(row.outcome) as VerdictOutcome | undefined;
    const card = outcome?.kind === 'scored' ? cardOf(row.parameters_id, row.json) : undefined;
    const odd = card && whyOdd(outcome as Scored, card);
    if (odd !== undefined) return [derived(`verdict ${row.id}`, 'what follows from its logit', odd)];
    done += 1;
    if (done % STEP === 0) yield;
  }
  return [];
}

/**
 * The first row of a battery that does not fit its verdict: another logit or leaning of it, another list of
 * alterations, a score or a leaning that does not follow from its logit.
 */
function* stabilityOfVerdicts(opened: ReadableCase, whyOdd: WhyOdd): Steps<Problem[]> {
  const cardOf = cardsOfParameters(opened);
  let done = 0;
  for (const { jobId, verdictId, row } of storedStability(opened)) {
    const subject = `stability of verdict ${verdictId} by job ${jobId}`;
    const odd = whyNotOfVerdict(opened, { verdictId, row }, { cardOf, whyOdd });
    if (odd) return [shortened({ kind: 'stabilityChanged', subject, ...odd })];
    done += 1;
    if (done % STEP === 0) yield;
  }
  return [];
}

function whyNotOfVerdict(
  opened: ReadableCase,
  { verdictId: id, row }: { verdictId: number; row: StabilityRow },
  { cardOf, whyOdd }: { cardOf: (id: number, json: string) => Model | undefined; whyOdd: WhyOdd },
): Pick<Problem, 'expected' | 'found'> | undefined {
  const [found] = opened.db.all(
    query
      .selectFrom('verdict as v')
      .innerJoin('parameters as p', 'p.id', 'v.parameters_id')
      .select(['v.outcome', 'p.id', 'p.json'])
      .where('v.id', '=', id),
  );
  const outcome = found && (storedObject(found.outcome) as VerdictOutcome | undefined);
  // One that cannot be read is named for it (unreadable-rows.ts).
  if (!outcome || !row.recorded) return undefined;
  const own = outcome.kind === 'scored' ? { logit: outcome.logit, leaning: outcome.leaning } : null;
  const [wanted, said] = [
    JSON.stringify(own),
    JSON.stringify({ logit: row.recorded.logit, leaning: row.recorded.leaning }),
  ];
  if (row.verdictId !== id || wanted !== said) return { expected: wanted, found: said };
  const names = row.altered.map(({ alteration }) => alteration).join(' ');
  if (row.result === 'made' && row.battery === BATTERY && names !== ALTERATIONS.join(' '))
    return { expected: ALTERATIONS.join(' '), found: names };
  const card = cardOf(found.id, found.json);
  if (!card) return undefined;
  const { operatingPoints } = card;
  for (const one of [...(row.asFound ? [row.asFound] : []), ...row.altered, ...row.beside]) {
    const scored = { ...(outcome as Scored), ...one, log10LikelihoodRatio: null };
    const odd = whyOdd(scored, { operatingPoints, validation: null });
    if (odd !== undefined) return { expected: 'what follows from its logit', found: odd };
  }
  return undefined;
}

/** Verdicts looked at in one step. */
const STEP = 2000;

/** The first verdict whose columns do not say what its outcome and its file say. */
function* verdictColumns({ db }: ReadableCase): Steps<Problem[]> {
  const select = query
    .selectFrom('verdict as v')
    .leftJoin('evidence as e', 'e.id', 'v.evidence_id')
    .select(['v.id', 'v.kind', 'v.score', 'v.leaning', 'v.crop_sha256', 'v.relative_path', 'v.outcome'])
    .select('e.relative_path as file_path')
    .orderBy('v.id');
  let done = 0;
  for (const row of db.each(select)) {
    // One that cannot be read agrees with no column, and is named for it (unreadable-rows.ts).
    const outcome = (storedObject(row.outcome) ?? {}) as VerdictOutcome;
    const scored = outcome.kind === 'scored' ? outcome : undefined;
    const crop = 'cropSha256' in outcome ? outcome.cropSha256 : null;
    const wanted = [outcome.kind, scored?.score ?? null, scored?.leaning ?? null, crop, row.file_path];
    const found = [row.kind, row.score, row.leaning, row.crop_sha256, row.relative_path];
    if (wanted.some((one, i) => one !== found[i]))
      return [derived(`verdict ${row.id}`, JSON.stringify(wanted), JSON.stringify(found))];
    done += 1;
    if (done % STEP === 0) yield;
  }
  return [];
}
