// A packed case whose database somebody has changed, with sizes and hashes that are right: what a
// hostile sender would make. Tests only.
import { copyFileSync, createWriteStream, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import Database from 'better-sqlite3';
import yazl from 'yazl';
import { sha256Of } from '../blobs/blob-store.ts';
import { ARCHIVE_FORMAT, MANIFEST } from '../portable/archive-format.ts';

/** Packs the database of the closed case in `folder` into `file`, after `change`. */
export async function craftPackedCase(
  folder: string,
  file: string,
  change: (db: Database.Database) => void,
): Promise<void> {
  const copy = `${file}.sqlite`;
  copyFileSync(path.join(folder, 'case.sqlite'), copy);
  const db = new Database(copy);
  db.pragma('journal_mode = DELETE');
  change(db);
  db.close();
  const bytes = readFileSync(copy);
  rmSync(copy);
  const entries = [{ name: 'case.sqlite', sizeBytes: bytes.length, sha256: sha256Of(bytes) }];
  const manifest = { format: ARCHIVE_FORMAT, version: 1, appVersion: '0', title: 'x', entries };
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), MANIFEST);
  zip.addBuffer(bytes, 'case.sqlite', { compress: false });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
