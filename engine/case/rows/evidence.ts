// Evidence rows: one file each, added once, never forgotten.
import { sql } from 'kysely';
import type { EvidenceId, Sha256 } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import {
  type Alteration,
  type Evidence,
  type EvidenceState,
  evidenceStateSchema,
  leftOutOf,
  type Refusal,
} from '../../../contract/evidence.ts';
import type { HeldRemark } from '../../../contract/remark.ts';
import type { VerdictOutcome } from '../../../contract/verdict.ts';
import { inWords } from '../../../contract/wording.ts';
import { storedJson, storedObject } from '../../files/stored-json.ts';
import { type CaseDatabase, query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { EvidenceTable } from '../db/tables.ts';
import { appendAudit } from '../log/audit.ts';
import { placeOf } from './exhibit.ts';

type Row = Omit<EvidenceTable, 'id' | 'root'> & {
  id: number;
  root: string;
  alterations: string;
  succeeds: string | null;
  moved_to: string | null;
  succeeded_by: number | null;
};

/**
 * SQL for: some file of the case was refused. Asked once a query: where none was, no row looks for
 * another of its path.
 */
const anyRefused = sql<boolean>`EXISTS (SELECT 1 FROM evidence refused WHERE refused.sha256 IS NULL)`;

/** Media type of what is neither a photograph nor a video known here. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** Media types of archives that are gone into. */
export const ARCHIVE_TYPES = {
  zip: 'application/zip',
  tar: 'application/x-tar',
  'tar.gz': 'application/gzip',
} as const;

/** The archives of a case by their paths, of all rows below `upTo`. */
const archives = new WeakMap<CaseDatabase, { upTo: number; byPath: Map<string, NonNullable<Evidence['archive']>> }>();

/** A row never changes its path: only those that are new since the last call are read. */
function archivesUpTo(db: CaseDatabase, id: number): ReadonlyMap<string, NonNullable<Evidence['archive']>> {
  const known = archives.get(db) ?? { upTo: 0, byPath: new Map() };
  archives.set(db, known);
  if (id < known.upTo) return known.byPath;
  const found = query
    .selectFrom('evidence')
    .select(['id', 'path', 'relative_path', 'root', 'sha256'])
    .where('id', '>=', known.upTo)
    .where('media_type', 'in', Object.values(ARCHIVE_TYPES))
    .where('sha256', 'is not', null)
    .orderBy('id');
  for (const { id: evidenceId, path, relative_path, root, sha256 } of db.all(found)) {
    const { shownPath } = placeOf(db, root, relative_path);
    known.byPath.set(path, { evidenceId: evidenceId as EvidenceId, shownPath, sha256: sha256 as Sha256 });
  }
  known.upTo = id + 1;
  return known.byPath;
}

/** The innermost archive whose path the file lies below, as below a folder. */
function ofArchive(db: CaseDatabase, { id, path }: Pick<Row, 'id' | 'path'>): Pick<Evidence, 'archive'> {
  const byPath = archivesUpTo(db, id);
  if (byPath.size === 0) return {};
  for (let at = lastStroke(path, path.length); at > 0; at = lastStroke(path, at)) {
    const archive = byPath.get(path.slice(0, at));
    if (archive) return { archive };
  }
  return {};
}

const lastStroke = (path: string, before: number): number =>
  Math.max(path.lastIndexOf('/', before - 1), path.lastIndexOf('\\', before - 1));

/** A file that was taken in and not examined to its end, as its row has it. */
/** The state of a file that no scan has gone through, as it is written. */
export const PENDING: string = JSON.stringify({ kind: 'pending' } satisfies EvidenceState);

/**
 * How many files were taken in and not examined to their end: a scan is on its way to them, or was
 * stopped before. Reads every row.
 */
export const countPending = ({ db }: Pick<ReadableCase, 'db'>): number =>
  Number(
    db.first(
      query
        .selectFrom('evidence')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('state', '=', PENDING),
    )!.n,
  );

/**
 * Evidence rows, each with its alterations as a JSON array, oldest first, and with the refusal it
 * follows or the row that follows it.
 */
const selectEvidence = () =>
  query
    .selectFrom('evidence')
    .selectAll()
    .select(
      sql<string>`(SELECT json_group_array(json_object('noticedAt', a.noticed_at, 'kind', a.kind, 'found', a.found, 'who', a.who)
        ORDER BY a.id) FROM alteration a WHERE a.evidence_id = evidence.id)`.as('alterations'),
    )
    .select(
      sql<string | null>`(SELECT json_object('path', m.path, 'modifiedAt', m.modified_at, 'at', m.at)
        FROM relocation m WHERE m.evidence_id = evidence.id ORDER BY m.id DESC LIMIT 1)`.as('moved_to'),
    )
    .select(
      sql<string | null>`CASE WHEN ${anyRefused} THEN (SELECT json_object('evidenceId', r.id, 'addedAt', r.added_at,
        'reason', ifnull(r.state ->> '$.reason', r.state ->> '$.kind'))
        FROM evidence r WHERE r.path = evidence.path AND r.id < evidence.id AND r.sha256 IS NULL AND evidence.sha256 IS NOT NULL
        ORDER BY r.id DESC LIMIT 1) END`.as('succeeds'),
    )
    .select(
      sql<
        number | null
      >`CASE WHEN ${anyRefused} THEN (SELECT l.id FROM evidence l WHERE l.path = evidence.path AND l.id > evidence.id
        AND l.sha256 IS NOT NULL AND evidence.sha256 IS NULL LIMIT 1) END`.as('succeeded_by'),
    );

const evidenceFromRow = (db: CaseDatabase, row: Row): Evidence => ({
  ...ofArchive(db, row),
  id: row.id as EvidenceId,
  ...placeOf(db, row.root, row.relative_path),
  path: row.path,
  relativePath: row.relative_path,
  mediaType: row.media_type,
  sizeBytes: row.size_bytes,
  modifiedAt: row.modified_at,
  addedAt: row.added_at,
  sha256: row.sha256 as Sha256 | null,
  state: storedJson(row.state) as EvidenceState,
  alterations: storedJson(row.alterations) as Alteration[],
  ...(row.moved_to === null ? {} : { movedTo: storedJson(row.moved_to) as NonNullable<Evidence['movedTo']> }),
  ...(row.succeeds === null ? {} : { succeeds: storedJson(row.succeeds) as Refusal }),
  ...(row.succeeded_by === null ? {} : { succeededBy: row.succeeded_by as EvidenceId }),
});

/**
 * What the state of a file says that was not looked at when `outcome` was said; of no state, or of one that cannot be read,
 * nothing: verify names it.
 */
export function leftOutOfHeld(state: string | null, outcome: VerdictOutcome | null): readonly HeldRemark[] {
  const read = state === null ? undefined : evidenceStateSchema.safeParse(storedObject(state)).data;
  return read ? leftOutOf({ state: read }, outcome) : [];
}

/** What is known of a file when it is taken in. */
export type NewEvidence = Omit<
  Evidence,
  | 'id'
  | 'exhibit'
  | 'shownPath'
  | 'addedAt'
  | 'state'
  | 'alterations'
  | 'succeeds'
  | 'succeededBy'
  | 'movedTo'
  | 'archive'
>;

/**
 * Adds a file as `pending`, or gives the row it already has (by path) as it is. See [Note: light
 * writes]. [Note: refused first] A row of which no byte could be read says so for good: a file that
 * can be read at that path later is a row of its own, and the log names both.
 */
export function addEvidence(opened: WritableCase, file: NewEvidence): Evidence {
  const { db } = opened;
  return db.lightTransaction(() => {
    const known = findEvidenceByPath(opened, file.path);
    if (known && (known.sha256 !== null || file.sha256 === null)) return knownNow(opened, known, file);
    const { id } = db.run(
      query.insertInto('evidence').values({
        path: file.path,
        relative_path: file.relativePath,
        media_type: file.mediaType,
        size_bytes: file.sizeBytes,
        modified_at: file.modifiedAt,
        added_at: opened.clock(),
        sha256: file.sha256,
        state: PENDING,
      }),
    );
    const added = getEvidence(opened, id as EvidenceId);
    if (known) enterReadable(opened, known, added);
    return added;
  });
}

/**
 * A file whose content an older version did not know is of the type that is known now; it is the
 * same file, and its row says the same of it.
 */
function knownNow(opened: WritableCase, known: Evidence, { mediaType, sha256 }: NewEvidence): Evidence {
  if (known.sha256 !== sha256 || known.mediaType !== UNKNOWN_TYPE || mediaType === UNKNOWN_TYPE) return known;
  restate(opened, known.id, { media_type: mediaType });
  return { ...known, mediaType };
}

function enterReadable(opened: WritableCase, refused: Evidence, { id, relativePath, sha256 }: Evidence): void {
  const reason = refused.state.kind === 'unreadable' ? refused.state.reason : refused.state.kind;
  appendAudit(opened, {
    who: '',
    action: 'evidence.readable',
    subject: relativePath,
    details: { evidenceId: id, sha256, refusedAs: refused.id, refusedAt: refused.addedAt, reason },
  });
}

export const setEvidenceState = (opened: WritableCase, id: EvidenceId, state: EvidenceState): void =>
  restate(opened, id, { state: JSON.stringify(state) });

/** The action of an entry that says which state a later look found in place of which. */
export const RESTATED = 'evidence.restated';

/** What was sealed is not changed without an entry that says what it was. */
function restate(opened: WritableCase, id: EvidenceId, change: { state?: string; media_type?: string }): void {
  const { db } = opened;
  const columns = query.selectFrom('evidence').select(['media_type', 'state', 'relative_path']);
  const was = db.first(columns.where('id', '=', id))!;
  const now = { ...was, ...change };
  if (now.media_type === was.media_type && saysTheSame(was.state, now.state)) return;
  db.run(query.updateTable('evidence').set(change).where('id', '=', id));
  if (change.media_type !== undefined) archives.delete(db);
  if (was.state === PENDING) return;
  const said = (row: typeof was) => ({ mediaType: row.media_type, state: row.state });
  const details = { evidenceId: id, was: said(was), now: said(now) };
  appendAudit(opened, { who: '', action: RESTATED, subject: was.relative_path, details });
}

/**
 * True for states that read the same: an earlier version wrote as a sentence what is data now, and
 * its row stays as it is.
 */
function saysTheSame(was: string, now: string): boolean {
  const [before, after] = [storedObject(was), storedObject(now)];
  return was === now || (before && JSON.stringify(inWords(before)) === JSON.stringify(inWords(after)));
}

/** SQL for: the latest place that a file was said to have moved to. */
const latestPlace = sql<string>`(SELECT m.path FROM relocation m WHERE m.evidence_id = evidence.id ORDER BY m.id DESC LIMIT 1)`;

/**
 * The latest row of a path, of files that lie there now: one that moved is found by where it lies.
 * See [Note: refused first].
 */
export function findEvidenceByPath({ db }: ReadableCase, path: string): Evidence | undefined {
  const moved = query.selectFrom('relocation').select('evidence_id').where('path', '=', path);
  const row =
    db.first(selectEvidence().where('id', 'in', moved).where(latestPlace, '=', path).orderBy('id', 'desc').limit(1)) ??
    db.first(selectEvidence().where('path', '=', path).where(latestPlace, 'is', null).orderBy('id', 'desc').limit(1));
  return row && evidenceFromRow(db, row);
}

/**
 * Where every file was found at intake, and where it lay since. A case of an older version that is
 * only read has no such table.
 */
export function evidencePaths({ db }: ReadableCase): string[] {
  const found = db.all(query.selectFrom('evidence').select('path').distinct());
  const known = db.raw.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'relocation'").get();
  const moved = known ? db.all(query.selectFrom('relocation').select('path').distinct()) : [];
  return [...new Set([...found, ...moved].map(({ path }) => path))];
}

/** Throws NOT_FOUND. */
export function getEvidence({ db }: ReadableCase, id: EvidenceId): Evidence {
  const row = db.first(selectEvidence().where('id', '=', id));
  if (!row) throw new RecceError('NOT_FOUND', `Evidence ${id}`, 'the case has no such file.');
  return evidenceFromRow(db, row);
}

/** Files named at most where equal ones are listed. */
const EQUALS_NAMED = 10;

/**
 * The other files with the hash of this one, oldest first: how many, and the first of them. None
 * for one that has no hash.
 */
export function equalFilesOf(
  { db }: ReadableCase,
  { id, sha256 }: Pick<Evidence, 'id' | 'sha256'>,
): { total: number; files: Pick<Evidence, 'id' | 'relativePath' | 'shownPath'>[] } {
  if (sha256 === null) return { total: 0, files: [] };
  const equal = query.selectFrom('evidence').where('sha256', '=', sha256).where('id', '!=', id);
  const total = Number(db.first(equal.select(({ fn }) => fn.countAll().as('n')))!.n);
  const rows = db.all(equal.select(['id', 'relative_path', 'root']).orderBy('id').limit(EQUALS_NAMED));
  const files = rows.map(({ id, root, relative_path: relativePath }) => ({
    id: id as EvidenceId,
    relativePath,
    shownPath: placeOf(db, root, relativePath).shownPath,
  }));
  return { total, files };
}

/** By path, a page at a time; of videos alone where only they are asked for. */
export function listEvidence(
  { db }: ReadableCase,
  page: { offset: number; limit: number; videosOnly?: boolean },
): { total: number; rows: Evidence[] } {
  const all = query.selectFrom('evidence');
  const listed = page.videosOnly ? all.where('media_type', 'like', 'video/%') : all;
  const total = Number(db.first(listed.select(({ fn }) => fn.countAll().as('n')))!.n);
  // Which rows first, then everything about those few: sorting would else look up what belongs to
  // every file of the case.
  const ordered = listed.select('id').orderBy('relative_path').orderBy('id');
  const ids = ordered.limit(page.limit).offset(page.offset);
  const rows = db.all(selectEvidence().where('id', 'in', ids).orderBy('relative_path').orderBy('id'));
  return { total, rows: rows.map((row) => evidenceFromRow(db, row)) };
}

/** Every file, in the order taken in, as they are asked for. */
export function* eachEvidence({ db }: ReadableCase): Generator<Evidence, void, undefined> {
  for (const row of db.each(selectEvidence().orderBy('id'))) yield evidenceFromRow(db, row);
}

/**
 * Where a file lies, and what it is held against: all that verify asks of its row, whatever else
 * the row holds.
 */
export type EvidencePlace = Pick<Evidence, 'id' | 'path' | 'shownPath' | 'sha256' | 'movedTo'>;

/** Every file, in the order taken in, also of rows whose JSON cannot be read. */
export function allEvidencePlaces({ db }: ReadableCase): EvidencePlace[] {
  const known = db.raw.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'relocation'").get();
  const relocations = known ? db.all(query.selectFrom('relocation').selectAll().orderBy('id')) : [];
  const moved = new Map(
    relocations.map(({ evidence_id, path, modified_at: modifiedAt, at }) => [evidence_id, { path, modifiedAt, at }]),
  );
  const rows = query.selectFrom('evidence').select(['id', 'path', 'relative_path', 'root', 'sha256']).orderBy('id');
  return db.all(rows).map(({ id, path, relative_path, root, sha256 }) => {
    const movedTo = moved.get(id);
    return {
      id: id as EvidenceId,
      path,
      shownPath: placeOf(db, root, relative_path).shownPath,
      sha256: sha256 as Sha256 | null,
      ...(movedTo ? { movedTo } : {}),
    };
  });
}

export const allEvidence = (opened: ReadableCase): Evidence[] => [...eachEvidence(opened)];

/** The next `limit` files behind `after` whose structure and credentials are not kept. */
export const listUnexamined = ({ db }: ReadableCase, after: number, limit: number): Evidence[] =>
  db
    .all(
      selectEvidence()
        .where('id', '>', after)
        .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM provenance p WHERE p.evidence_id = evidence.id)`)
        .orderBy('id')
        .limit(limit),
    )
    .map((row) => evidenceFromRow(db, row));

/** Ids of every file, in the order taken in. */
export function* eachEvidenceId({ db }: ReadableCase): Generator<EvidenceId, void, undefined> {
  for (const { id } of db.each(query.selectFrom('evidence').select('id').orderBy('id'))) yield id as EvidenceId;
}
