// Rows whose JSON cannot be read, or is of no kind that is known here. What reads them elsewhere
// would fail at the first without saying which it is. Goes in steps.
import type { Verification } from '../../../contract/case.ts';
import { evidenceStateSchema } from '../../../contract/evidence.ts';
import { verdictOutcomeSchema } from '../../../contract/verdict.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import type { Tables } from '../db/tables.ts';
import { columnsOf, type Steps } from '../log/segment.ts';

type Problem = Verification['problems'][number];
type Readable = {
  table: keyof Tables;
  /** SQL for what names a row. */
  id: string;
  what: string;
  kind: Problem['kind'];
  column: string;
  type?: 'array' | 'object';
  /** What `kind` in it may be. */
  kinds?: readonly string[];
};

const kindsOf = (schema: { options: readonly { shape: { kind: { value: string } } }[] }): string[] =>
  schema.options.map((one) => one.shape.kind.value);

const READABLE: readonly Readable[] = [
  {
    ...{ table: 'evidence', id: 'id', what: 'evidence row', kind: 'evidenceChanged', column: 'state' },
    kinds: kindsOf(evidenceStateSchema),
  },
  {
    ...{ table: 'verdict', id: 'id', what: 'verdict', kind: 'verdictChanged', column: 'outcome' },
    kinds: kindsOf(verdictOutcomeSchema),
  },
  { table: 'verdict', id: 'id', what: 'verdict', kind: 'verdictChanged', column: 'box' },
  { table: 'parameters', id: 'id', what: 'set of parameters', kind: 'verdictChanged', column: 'json' },
  { table: 'face', id: 'id', what: 'face', kind: 'faceChanged', column: 'box' },
  { table: 'face', id: 'id', what: 'face', kind: 'faceChanged', column: 'quality' },
  { table: 'face', id: 'id', what: 'face', kind: 'faceChanged', column: 'landmarks', type: 'array' },
  { table: 'provenance', id: 'id', what: 'examination', kind: 'provenanceChanged', column: 'json' },
  { table: 'video_scan', id: 'id', what: 'film scan', kind: 'videoChanged', column: 'sampling' },
  { table: 'model', id: 'id', what: 'model', kind: 'modelChanged', column: 'json' },
  { table: 'model_card', id: 'sha256', what: 'earlier card', kind: 'modelChanged', column: 'json' },
  {
    ...{ table: 'rerun', id: `verdict_id || ' by job ' || job_id`, what: 'rerun of verdict', kind: 'rerunChanged' },
    column: 'json',
  },
  {
    ...{ table: 'stability', id: `verdict_id || ' by job ' || job_id`, what: 'stability of verdict' },
    ...{ kind: 'stabilityChanged', column: 'json' },
  },
];

/** Rows named of one column; more are counted. */
const NAMED = 10;
/** Rows looked at in one step. */
const STEP = 2000;

export function* unreadableRows(opened: ReadableCase): Steps<Problem[]> {
  const problems: Problem[] = [];
  for (const readable of READABLE) problems.push(...(yield* unreadableOf(opened, readable)));
  return problems;
}

function* unreadableOf({ db }: ReadableCase, readable: Readable): Steps<Problem[]> {
  const { table, id, what, kind, column, type = 'object', kinds } = readable;
  // A case of an older version that is only read lacks some; the layout is held against the
  // migrations by itself.
  if (!columnsOf(db, table).includes(column)) return [];
  const known = kinds?.map((one) => `'${one}'`).join(', ');
  const ofKind = known ? `AND coalesce("${column}" ->> '$.kind', '') IN (${known})` : '';
  const sql = `SELECT ${id}, "${column}" IS NULL OR (CASE WHEN json_valid("${column}")
    THEN json_type("${column}") = '${type}' ${ofKind} ELSE 0 END), substr("${column}", 1, 60) FROM "${table}"`;
  const problems: Problem[] = [];
  const expected = known
    ? `an object of a kind that is known (${kinds!.join(', ')})`
    : `${type === 'array' ? 'a list' : 'an object'} as JSON`;
  let more = 0;
  let done = 0;
  for (const [name, fits, found] of db.raw.prepare(sql).raw().iterate() as Iterable<[unknown, number, string]>) {
    if (fits === 0 && problems.length < NAMED)
      problems.push({ kind, subject: `${what} ${name}, ${column}`, expected, found });
    else if (fits === 0) more += 1;
    if (++done % STEP === 0) yield;
  }
  return more === 0
    ? problems
    : [...problems, { kind, subject: `${what}s, ${column}`, expected, found: `${more} more` }];
}
