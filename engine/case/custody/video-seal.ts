// Films in a seal: each with its sampled frames, its tracks and their faces. A film that was gone
// through to its end is hashed whole; of one that was not, the frames so far, which a later scan
// only adds to.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../contract/brand.ts';
import type { Verification } from '../../../contract/case.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { entryNumbersOf, findEntry } from '../log/audit.ts';
import { HELD, isLayout } from '../log/held-tables.ts';
import { extentOf, idsWithin, rangesFrom } from '../log/id-ranges.ts';
import { columnsOf, hashQuery, isCount, isHash, type Steps } from '../log/segment.ts';

type Columns = Readonly<Record<'video_scan' | 'video_frame' | 'track' | 'track_face', readonly string[]>>;

/**
 * Scans of films by id: those finished since the last seal, as ranges ("3-7,9"), and how far the
 * others were.
 */
export type VideoSeal = {
  finished: string;
  sha256: Sha256;
  /** `row`: the hash is over the film's own row as well, but for what its end changes. */
  unfinished: readonly { id: number; upToFrame: number; sha256: Sha256; row?: true }[];
  columns: Columns;
};

const COLUMNS: Columns = {
  video_scan: HELD.video_scan.columns,
  video_frame: HELD.video_frame.columns,
  track: HELD.track.columns,
  track_face: HELD.track_face.columns,
};

/**
 * What an entry says as a seal on films; undefined where it is none such as is made here. One over
 * columns that there are not, or too few, would hold nothing.
 */
export function videoSealFrom(said: unknown): VideoSeal | undefined {
  const { finished, sha256, unfinished, columns } = (said ?? {}) as Partial<Record<keyof VideoSeal, unknown>>;
  const layouts = Object.keys(COLUMNS) as (keyof Columns)[];
  const isRight =
    extentOf(finished) !== undefined &&
    isHash(sha256) &&
    Array.isArray(unfinished) &&
    unfinished.every(isUnfinished) &&
    layouts.every((table) => isLayout(table, (columns as Partial<Columns> | undefined)?.[table]));
  return isRight ? (said as VideoSeal) : undefined;
}

function isUnfinished(said: unknown): boolean {
  const { id, upToFrame, sha256, row } = (said ?? {}) as Record<string, unknown>;
  return isCount(id) && isCount((upToFrame as number) + 1) && isHash(sha256) && (row === undefined || row === true);
}

/** The entry a seal on films stands in, the seal, and those of the films it names that there are. */
type KnownVideoSeal = { seq: number; seal: VideoSeal; ids: readonly number[]; isWhole: boolean };

/**
 * Every seal on films in the log, as they are asked for; undefined in the place of one that is none.
 * `isWhole`: every film that it names is there. No statement is open in between: films are hashed
 * in steps.
 */
function* eachVideoSeal(
  opened: ReadableCase,
): Generator<KnownVideoSeal | { seq: number; seal: undefined }, void, undefined> {
  const there = scansOf(opened).map(({ id }) => id);
  for (const seq of entryNumbersOf(opened, 'scan.finished', 'scan.ended', 'record.sealed')) {
    const said = findEntry(opened, seq)?.details.videos;
    if (said === undefined) continue;
    const seal = videoSealFrom(said);
    const ids = idsWithin(seal?.finished, there);
    yield seal ? { seq, seal, ids, isWhole: ids.length === extentOf(seal.finished)!.count } : { seq, seal };
  }
}

const scansOf = ({ db }: ReadableCase) =>
  db.all(query.selectFrom('video_scan').select(['id', 'finished']).orderBy('id'));

/**
 * The seal over films that no seal holds as finished yet, but for those that are known as made by
 * no scan.
 */
export function* sealVideos(opened: ReadableCase, ofNoScan: ReadonlySet<number>): Steps<VideoSeal> {
  const { sealed } = readVideoSeals(opened);
  const scans = scansOf(opened).filter(({ id }) => !sealed.has(id) && !ofNoScan.has(id));
  const ids = scans.filter(({ finished }) => finished === 1).map(({ id }) => id);
  const unfinished: VideoSeal['unfinished'][number][] = [];
  for (const { id } of scans.filter(({ finished }) => finished !== 1)) {
    const upToFrame = lastFrame(opened, id);
    const film = { id, upToFrame, row: true } as const;
    unfinished.push({ ...film, sha256: yield* hashFrames(opened, film, COLUMNS) });
  }
  return { finished: rangesFrom(ids), sha256: yield* hashFilms(opened, ids, COLUMNS), unfinished, columns: COLUMNS };
}

const lastFrame = ({ db }: ReadableCase, id: number): number =>
  (db.raw.prepare('SELECT max(frame_index) FROM video_frame WHERE video_scan_id = ?').pluck().get(id) as
    | number
    | null) ?? -1;

const listed = (columns: readonly string[], table: string): string =>
  columns.map((name) => `${table}."${name}"`).join(', ');

function* hashFilms({ db }: ReadableCase, ids: Iterable<number>, columns: Columns): Steps<Sha256> {
  const hash = createHash('sha256');
  const parts = [
    `SELECT ${listed(columns.video_scan, 's')} FROM video_scan s WHERE s.id = ?`,
    `SELECT ${listed(columns.video_frame, 'f')} FROM video_frame f WHERE f.video_scan_id = ? ORDER BY f.frame_index`,
    `SELECT ${listed(columns.track, 't')} FROM track t WHERE t.video_scan_id = ? ORDER BY t.id`,
    `SELECT ${listed(columns.track_face, 'x')} FROM track t JOIN track_face x ON x.track_id = t.id
      WHERE t.video_scan_id = ? ORDER BY x.track_id, x.face_id`,
  ];
  for (const id of ids) for (const sql of parts) yield* hashQuery(db, sql, [id], hash);
  return hash.digest('hex') as Sha256;
}

/** What the end of a film changes in its row. */
const AT_ITS_END = ['finished', 'pts_runs'];

function* hashFrames(
  { db }: ReadableCase,
  { id, upToFrame, row }: Pick<VideoSeal['unfinished'][number], 'id' | 'upToFrame' | 'row'>,
  columns: Columns,
): Steps<Sha256> {
  const hash = createHash('sha256');
  const own = columns.video_scan.filter((name) => !AT_ITS_END.includes(name));
  if (row) yield* hashQuery(db, `SELECT ${listed(own, 's')} FROM video_scan s WHERE s.id = ?`, [id], hash);
  const sql = `SELECT ${listed(columns.video_frame, 'f')} FROM video_frame f
    WHERE f.video_scan_id = ? AND f.frame_index <= ? ORDER BY f.frame_index`;
  yield* hashQuery(db, sql, [id, upToFrame], hash);
  return hash.digest('hex') as Sha256;
}

type Problem = Verification['problems'][number];

/** The highest number of a film that there is. */
export const lastFilm = (opened: ReadableCase): number => scansOf(opened).at(-1)?.id ?? 0;

/** Films that are not what a seal says they were. */
export function* videoProblems(opened: ReadableCase): Steps<Problem[]> {
  const problems: Problem[] = [];
  const there = Object.keys(COLUMNS).map((table) => [table, new Set(columnsOf(opened.db, table))] as const);
  const sealed = new Set<number>();
  for (const known of eachVideoSeal(opened)) {
    const { seq, seal } = known;
    const films = `frames and tracks of films sealed by audit entry ${seq}`;
    if (
      !seal ||
      there.some(([table, names]) => seal.columns[table as keyof Columns].some((name) => !names.has(name)))
    ) {
      problems.push(problemOf(films, 'a seal as the workstation makes it', 'another'));
      continue;
    }
    const { sha256, unfinished, columns } = seal;
    const { ids, isWhole } = known;
    if (!isWhole) {
      problems.push(problemOf(films, 'films that are there', 'others as well'));
      continue;
    }
    const again = ids.filter((id) => sealed.has(id));
    for (const id of ids) sealed.add(id);
    if (again.length > 0) {
      problems.push(problemOf(films, 'films that no entry before it sealed', `film scan ${again[0]}`));
      continue;
    }
    const found = yield* hashFilms(opened, ids, columns);
    if (found !== sha256) problems.push(problemOf(films, sha256, found));
    for (const film of unfinished) {
      const now = yield* hashFrames(opened, film, columns);
      if (now === film.sha256) continue;
      problems.push(problemOf(`film scan ${film.id} and its frames, sealed by audit entry ${seq}`, film.sha256, now));
    }
  }
  return problems;
}

const problemOf = (subject: string, expected: string, found: string): Problem => ({
  kind: 'videoChanged',
  subject,
  expected,
  found,
});

/**
 * Films that are sealed as finished, and how far the others were at their last seal. Of what is not
 * among the films there are, nothing is kept.
 */
function readVideoSeals(opened: ReadableCase): { sealed: Set<number>; known: Map<number, number> } {
  const there = new Set(scansOf(opened).map(({ id }) => id));
  const [sealed, known] = [new Set<number>(), new Map<number, number>()];
  for (const one of eachVideoSeal(opened)) {
    // What names films that there are not was put there: it keeps none from being sealed.
    if (!one.seal || !one.isWhole) continue;
    for (const id of one.ids) sealed.add(id);
    for (const { id, upToFrame } of one.seal.unfinished) if (there.has(id)) known.set(id, upToFrame);
  }
  return { sealed, known };
}

/**
 * Films that no seal holds as they are: finished and in none, or left in the middle and in none,
 * with a later frame than the last seal on them has, or with tracks, which a film has from its end
 * on.
 */
export function unsealedFilms(opened: ReadableCase): number[] {
  const { sealed, known } = readVideoSeals(opened);
  const tracked = new Set(opened.db.raw.prepare('SELECT DISTINCT video_scan_id FROM track').pluck().all());
  const isKnown = (id: number): boolean => known.has(id) && known.get(id) === lastFrame(opened, id) && !tracked.has(id);
  return scansOf(opened)
    .filter(({ id, finished }) => !sealed.has(id) && (finished === 1 || !isKnown(id)))
    .map(({ id }) => id);
}

/** Frames of no film, tracks of none, and faces of no track: no seal hashes them. */
export const partsOfNoFilm = ({ db }: ReadableCase): string[] =>
  [
    ['frames', 'video_frame', 'video_scan_id', 'video_scan'],
    ['tracks', 'track', 'video_scan_id', 'video_scan'],
    ['faces', 'track_face', 'track_id', 'track'],
  ].flatMap(([what, table, column, whole]) => {
    const lost = `SELECT DISTINCT ${column} FROM ${table} WHERE ${column} NOT IN (SELECT id FROM ${whole}) LIMIT 1`;
    const id = db.raw.prepare(lost).pluck().get();
    return id === undefined
      ? []
      : [`${what} of ${whole === 'track' ? 'track' : 'film scan'} ${id}, which is not there`];
  });
