// Which tracks are one and what stands of every opinion, made again from the rows they follow from.
// What the triggers keep up with, in one pass and in steps: a case from elsewhere can hold very many
// tracks of one face.
import { createHash } from 'node:crypto';
import type { CaseDatabase } from '../db/case-database.ts';
import type { Steps } from '../log/segment.ts';

/** Rows looked at in one step. */
const STEP = 2000;

/**
 * Rows of a table by its key, a portion a step; no statement is left open between steps. `key`: its
 * columns, first of those that are given.
 */
export function* rowsByKey(
  { raw }: CaseDatabase,
  { table, key, columns }: { table: string; key: readonly string[]; columns: readonly string[] },
  take: (row: unknown[]) => void,
): Steps<void> {
  const select = `SELECT ${[...key, ...columns].join(', ')} FROM ${table}`;
  const order = `ORDER BY ${key.join(', ')} LIMIT ${STEP}`;
  const behind = `WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`;
  let rows = raw.prepare(`${select} ${order}`).raw().all() as unknown[][];
  const next = raw.prepare(`${select} ${behind} ${order}`).raw();
  while (rows.length > 0) {
    rows.forEach(take);
    yield;
    rows = next.all(...rows.at(-1)!.slice(0, key.length)) as unknown[][];
  }
}

/**
 * Tracks with exactly the faces of an earlier one, with the first of these, in order: each is known
 * by the hash of its faces in their order.
 */
export function* sameTracks(db: CaseDatabase): Steps<[track: number, first: number][]> {
  const same: [number, number][] = [];
  const firsts = new Map<string, number>();
  let track: number | undefined;
  let faces = createHash('sha256');
  const end = (): void => {
    if (track === undefined) return;
    const key = faces.digest('base64');
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, track);
    else same.push([track, first]);
  };
  const row = { table: 'track_face', key: ['track_id', 'face_id'], columns: [] };
  yield* rowsByKey(db, row, ([trackId, faceId]) => {
    if (trackId !== track) {
      end();
      track = trackId as number;
      faces = createHash('sha256');
    }
    faces.update(`${faceId},`);
  });
  end();
  return same;
}

/** As in a row of `current_opinion`, by what it is on; null where there are more than `most`. */
type Standing = Map<string, StandingRow> | null;
type StandingRow = [opinion: number, conclusion: string, track: number | null];
type Word = { id: number; evidence: number; person: number; conclusion: string; track: number | null };
type Said = { own: Word | undefined; onTracks: Word | undefined; last: Word };

/**
 * What stands of every opinion, by file, face (0: the whole file) and person: their last word on it;
 * where that is none or withdrawn, the latest of their last words on tracks with it that is not
 * withdrawn; else their last withdrawal. Ends once there are more than `most`: then what is there
 * is something else, whatever it is.
 */
export function* standingOpinions(
  db: CaseDatabase,
  {
    persons,
    tracks,
    most,
  }: { persons: ReadonlyMap<number, number>; tracks: ReadonlyMap<number, number>; most: number },
): Steps<Standing> {
  const said = new Map<string, Said>();
  const onTracks = new Map<string, Word>();
  const columns = ['evidence_id', 'face_id', 'track_id', 'examiner_id', 'conclusion'];
  yield* rowsByKey(db, { table: 'opinion', key: ['id'], columns }, (row) => {
    const [id, evidence, face, track, examiner, conclusion] = row as [
      number,
      number,
      number | null,
      number | null,
      number,
      string,
    ];
    if (conclusion === 'note') return;
    const word: Word = { id, evidence, person: persons.get(examiner) ?? examiner, conclusion, track };
    // Tracks with the same faces are one: the last word on any of them is the last on all.
    if (track !== null) onTracks.set(`${tracks.get(track) ?? track} ${word.person}`, word);
    else said.set(`${evidence} ${face ?? 0} ${word.person}`, { own: word, onTracks: undefined, last: word });
  });
  const faces = db.raw
    .prepare('SELECT face_id FROM track_face WHERE track_id = ? AND face_id > ? ORDER BY face_id LIMIT ?')
    .pluck();
  let done = 0;
  for (const word of onTracks.values()) {
    let portion = faces.all(word.track, Number.MIN_SAFE_INTEGER, STEP) as number[];
    while (portion.length > 0) {
      for (const face of portion) take(said, `${word.evidence} ${face} ${word.person}`, word);
      if (said.size > most) return null;
      done += portion.length;
      if (done >= STEP) {
        done = 0;
        yield;
      }
      portion = faces.all(word.track, portion.at(-1), STEP) as number[];
    }
  }
  return standingOf(said, most);
}

function take(said: Map<string, Said>, key: string, word: Word): void {
  const before = said.get(key);
  const holds = word.conclusion === 'withdrawn' ? undefined : word;
  if (!before) {
    said.set(key, { own: undefined, onTracks: holds, last: word });
    return;
  }
  before.onTracks = latest(before.onTracks, holds);
  before.last = latest(before.last, word)!;
}

const latest = (one: Word | undefined, other: Word | undefined): Word | undefined =>
  one === undefined || (other !== undefined && other.id > one.id) ? other : one;

function standingOf(said: ReadonlyMap<string, Said>, most: number): Standing {
  if (said.size > most) return null;
  const standing = new Map<string, StandingRow>();
  for (const [key, { own, onTracks, last }] of said) {
    const holds = own && own.conclusion !== 'withdrawn' ? own : (onTracks ?? last);
    standing.set(key, [holds.id, holds.conclusion, holds.track]);
  }
  return standing;
}
