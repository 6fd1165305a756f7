// A disk that is full when a case is restored or packed, or when one of an older version is kept
// before it is changed: what was there stays, and nothing half-written is taken for whole.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { createBlobStore } from '../blobs/blob-store.ts';
import { backUpCase, restoreCase } from '../case/custody/backup.ts';
import { MIGRATIONS } from '../case/db/migrations.ts';
import { findSchemaProblem } from '../case/db/schema-check.ts';
import { blobFolder, closeCase, createCase, openCase, readCase } from '../case/open-case.ts';
import { packCase } from '../portable/pack-case.ts';
import { makeSmallDisk } from './testing/small-disk.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-full-disk-'));
const disk = makeSmallDisk(path.join(root, 'disk'), 16);
afterAll(() => {
  disk?.remove();
  rmSync(root, { recursive: true, force: true });
});

/** As long as a database of some size: there is room for the case, and none for a second one. */
const TITLE = 'long '.repeat(300_000);
/** What is read of it: no more than a case may be called. */
const SHOWN = `${TITLE.slice(0, 300)}…`;

describe('a disk of 16 MB', { tags: ['small-disk'] }, () => {
  test('a case whose backup has no room is not moved out of the way, and is restored once there is', async () => {
    const folder = path.join(disk!.folder, 'case');
    const made = createCase(folder, { title: TITLE, reference: '', demonstration: false });
    await backUpCase(made);
    closeCase(made);
    disk!.fill(200 * 1024);
    const before = readdirSync(folder).sort();
    expect(() => restoreCase(folder)).toThrow(expect.objectContaining({ code: 'DISK_FULL' }));
    expect(readdirSync(folder).sort()).toEqual(before);
    const opened = openCase(folder);
    expect(readCase(opened).title).toBe(SHOWN);
    closeCase(opened);
    disk!.empty();
    const restored = restoreCase(folder);
    expect(readCase(restored.opened).title).toBe(SHOWN);
    closeCase(restored.opened);
    rmSync(folder, { recursive: true });
  });

  test('a case that has no room to be packed says that the disk is full, and leaves nothing of it', async () => {
    const folder = path.join(disk!.folder, 'packed');
    const opened = createCase(folder, { title: TITLE, reference: '', demonstration: false });
    const before = readdirSync(folder).sort();
    disk!.fill(200 * 1024);
    const deps = { opened, blobs: createBlobStore(blobFolder(folder)), library: undefined as never, appVersion: '1' };
    const request = { file: path.join(root, 'case.recce'), evidence: false, models: false, replace: true };
    await expect(packCase(deps, request)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(readdirSync(folder).sort()).toEqual(before);
    disk!.empty();
    expect((await packCase(deps, request)).files).toBe(1);
    closeCase(opened);
    rmSync(folder, { recursive: true });
  });

  test('an older case that cannot be kept whole is not changed: the copy that is kept of it is always whole', () => {
    const version = MIGRATIONS.length - 1;
    const folder = path.join(disk!.folder, 'older');
    mkdirSync(folder);
    const db = new Database(path.join(folder, 'case.sqlite'));
    for (const step of MIGRATIONS.slice(0, version)) db.exec(step);
    db.prepare('INSERT INTO case_info (id, title, reference, created_at, demonstration) VALUES (1, ?, ?, ?, 0)').run(
      TITLE,
      '',
      '2026-01-01T00:00:00.000Z',
    );
    db.pragma(`user_version = ${version}`);
    db.close();
    disk!.fill(500 * 1024);
    expect(() => openCase(folder)).toThrow(/full/);
    expect(readdirSync(path.join(folder, 'backups'))).toEqual([]);
    disk!.empty();
    closeCase(openCase(folder));
    const kept = path.join(folder, 'backups', `before-version-${version + 1}.sqlite`);
    expect(findSchemaProblem(kept)).toBeUndefined();
    const looking = new Database(kept, { readonly: true });
    expect(looking.pragma('user_version', { simple: true })).toBe(version);
    expect(looking.prepare('SELECT title FROM case_info').pluck().get()).toBe(TITLE);
    looking.close();
  });
});
