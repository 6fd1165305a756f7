// The layout of a case's database: which version it has, whether this workstation knows it, and
// bringing an older one up to date.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import type { CaseDatabase } from './case-database.ts';
import { connectInMemory, damaged } from './connect.ts';
import { writeSnapshot } from './copy-database.ts';
import { enterSamePersons } from './derived-tables.ts';
import { MIGRATIONS } from './migrations.ts';
import { layoutDifferences, layoutDifferenceWords } from './schema-check.ts';

export const versionOf = (db: CaseDatabase): number => Number(db.raw.pragma('user_version', { simple: true }));

const UNMADE =
  'its making was interrupted and nothing is in it. Create it again in this folder, or restore it if it has backups.';

/** Throws CASE_NEWER, and CASE_DAMAGED for a database without content or without a version. */
export function checkVersion(folder: string, db: CaseDatabase): void {
  const version = versionOf(db);
  const empty = version <= MIGRATIONS.length && isEmpty(db);
  if (version <= MIGRATIONS.length && version > 0 && !empty) return;
  if (empty) throw new RecceError('CASE_DAMAGED', folder, UNMADE);
  if (version === 0) throw damaged(folder, new Error('The database has no version'));
  throw new RecceError(
    'CASE_NEWER',
    folder,
    `it has version ${version}, this workstation knows ${MIGRATIONS.length}. Use a newer workstation.`,
  );
}

/** Differences named in a sentence. */
const NAMED = 3;

/**
 * Why a case may not be written: what is in its database that this workstation did not make.
 * Undefined where there is nothing.
 */
export function whyAltered(db: CaseDatabase): string | undefined {
  const differences = layoutDifferences(db.raw);
  if (differences.length === 0) return undefined;
  const words = differences.slice(0, NAMED).map((one) => layoutDifferenceWords(one).slice(0, 120));
  const more = differences.length > NAMED ? `, and ${differences.length - NAMED} more` : '';
  return `its database was changed by another program (${words.join('; ')}${more}). Nothing is written to it. "recce verify" names what differs; "recce restore" takes the newest backup.`;
}

/**
 * Beyond this size, indexes are held against their tables beside the engine: from the opening on,
 * before a rerun, a report, by verify.
 */
const HELD_AT_OPENING_BYTES = 32 * 2 ** 20;

/** True for a database that is small enough to be gone through in one piece before its case opens. */
export function isHeldAtOpening({ raw }: CaseDatabase): boolean {
  const [pages, size] = ['page_count', 'page_size'].map((name) => Number(raw.pragma(name, { simple: true })));
  return pages! * size! <= HELD_AT_OPENING_BYTES;
}

/**
 * Why a case may not be written: an index that lacks rows of its table, or has others, while its
 * text is ours. What is looked up by it would be left out in silence. Undefined where there is
 * none, or the database is too large to be gone through in one piece.
 */
export function whyIndexesAltered(db: CaseDatabase): string | undefined {
  if (!isHeldAtOpening(db)) return undefined;
  const found = (db.raw.pragma('integrity_check(1)') as { integrity_check: string }[])[0]?.integrity_check ?? 'ok';
  return alteredIndexWords(found);
}

/** The same of what SQLite said, "ok" where nothing is wrong. */
export function alteredIndexWords(found: string): string | undefined {
  // What is damaged otherwise is said by whoever comes upon it.
  if (!/\bindex\b/.test(found)) return undefined;
  return `an index of its database was changed by another program (${found.slice(0, 120)}): lists would leave rows out. Nothing is written to it. "recce restore" takes the newest backup.`;
}

/** Throws CASE_READ_ONLY where something in the database would act on what is written. */
export function expectLayout(folder: string, db: CaseDatabase): void {
  const why = whyAltered(db);
  if (why !== undefined) throw new RecceError('CASE_READ_ONLY', folder, why);
}

/**
 * An older case is copied as it is before its first change of layout; that copy is not one of those
 * that go.
 */
export function keepBeforeMigrating(folder: string, db: CaseDatabase): void {
  const version = versionOf(db);
  if (version >= MIGRATIONS.length) return;
  const file = path.join(folder, 'backups', `before-version-${version + 1}.sqlite`);
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeSnapshot({ db }, file);
}

/**
 * Brings the database to the newest layout. A table that others refer to is laid out anew by one
 * that takes its place; references are checked when all is done.
 */
export function migrate(db: CaseDatabase): void {
  if (versionOf(db) >= MIGRATIONS.length) return;
  db.raw.pragma('foreign_keys = OFF');
  try {
    db.transaction(() => {
      for (let version = versionOf(db); version < MIGRATIONS.length; version++) {
        db.raw.exec(MIGRATIONS[version]!);
        db.raw.pragma(`user_version = ${version + 1}`);
      }
      enterSamePersons(db);
      const [lost] = db.raw.pragma('foreign_key_check') as { table: string; parent: string }[];
      if (lost) throw new Error(`A row of ${lost.table} refers to a row of ${lost.parent} that is not there.`);
    });
  } finally {
    db.raw.pragma('foreign_keys = ON');
  }
}

/** Scans of one film: by every model of a large library, each in several samplings. */
const MOST_SCANS_OF_FILM = 256;

/**
 * Why tracks are none that were made here: a scan follows a face in one track, so that a face is in
 * no more of them than there are scans of its film. Undefined where they can be.
 */
export function whyTracksAreOdd({ raw }: CaseDatabase): string | undefined {
  if (raw.prepare("SELECT 1 FROM sqlite_master WHERE name = 'track_face'").get() === undefined) return undefined;
  const held = `SELECT tf.face_id, count(*) AS tracks, count(DISTINCT s.id) AS scans
    FROM track_face tf JOIN face f ON f.id = tf.face_id LEFT JOIN track t ON t.id = tf.track_id
    LEFT JOIN video_scan s ON s.id = t.video_scan_id AND s.evidence_id = f.evidence_id
    GROUP BY tf.face_id HAVING tracks > scans OR tracks > ${MOST_SCANS_OF_FILM} LIMIT 1`;
  const odd = raw.prepare(held).raw().get() as [number, number, number] | undefined;
  return odd && `its face ${odd[0]} is in ${odd[1]} tracks of ${odd[2]} scans of its film.`;
}

/**
 * A step of the layout compares all tracks that share a face. Throws CASE_DAMAGED for an older case
 * in which that are more than there can be.
 */
export function expectTracks(folder: string, db: CaseDatabase): void {
  if (versionOf(db) >= TRACKS_ARE_ONE_SINCE) return;
  const odd = whyTracksAreOdd(db);
  if (odd !== undefined) throw damaged(folder, new Error(odd));
}

/** Layouts from this one on know which tracks have the same faces. */
const TRACKS_ARE_ONE_SINCE = MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE same_track')) + 1;

/** No tables at all, or not one row about the case nor of its log. */
export function isEmpty({ raw }: CaseDatabase): boolean {
  const tables = raw.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  if (!tables.includes('case_info') || !tables.includes('audit')) return tables.length === 0;
  const rows = raw.prepare('SELECT (SELECT count(*) FROM case_info) + (SELECT count(*) FROM audit)').pluck().get();
  return rows === 0;
}

/** A database without rows, laid out as the newest, in memory: for making derived tables again. */
export function newDatabase(): CaseDatabase {
  const db = connectInMemory();
  migrate(db);
  return db;
}
