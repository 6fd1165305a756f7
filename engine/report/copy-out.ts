// Originals out of a case: the files of chosen results, copied byte for byte into a new folder. Each is
// hashed as it is read and once more as it was written; what is not the file taken in is not copied.
// Evidence is opened read-only, by the opener of evidence. Engine process.
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Sha256 } from '../../contract/brand.ts';
import type { AuditEntry, Case } from '../../contract/case.ts';
import {
  type CopiedFile,
  type CopiedOut,
  type CopyOutEvent,
  MOST_LEFT_NAMED,
  WITHOUT_UNDECIDED,
} from '../../contract/copy-out.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Evidence } from '../../contract/evidence.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { hashEvidenceFile, readPortions } from '../blobs/read-evidence-file.ts';
import { indentedParts } from '../files/indented-json.ts';
import { writeRefused } from '../files/system-error.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { harmlessCell } from './csv-cell.ts';

/** In the folder, beside the copies, whose names begin with a number. */
export const MANIFEST_JSON = 'manifest.json';
export const MANIFEST_CSV = 'manifest.csv';

/** A file of the case, with the numbers of its results that were chosen. */
export type Chosen = { file: Evidence; results: readonly number[] };

export type CopyOutDeps = {
  /** The folder of the case: where its evidence lies depends on it. */
  caseFolder: string;
  /** What the manifest says of the case and of who asked. */
  about: {
    case: Pick<Case, 'title' | 'reference'>;
    firstEntry: Sha256 | null;
    auditHead: Pick<AuditEntry, 'seq' | 'hash'> | null;
    examiner: string;
    withoutUndecided: boolean;
    madeAt: string;
    appVersion: string;
  };
};

/**
 * Copies them into `folder`, which it makes. Throws FILE_EXISTS where that is there, WRITE_FAILED,
 * DISK_FULL and the signal's reason, and leaves nothing behind then.
 */
export async function copyOut(
  { caseFolder, about }: CopyOutDeps,
  chosen: readonly Chosen[],
  folder: string,
  say: (event: CopyOutEvent) => void,
  signal: AbortSignal,
): Promise<CopiedOut> {
  await makeNew(folder);
  try {
    const files: (CopiedFile & { results: readonly number[] })[] = [];
    for (const [done, { file, results }] of chosen.entries()) {
      signal.throwIfAborted();
      say({ kind: 'progress', done, total: chosen.length, shownPath: file.shownPath });
      files.push({ ...(await copyOne(caseFolder, file, folder, signal)), results });
    }
    const remarks = about.withoutUndecided ? [WITHOUT_UNDECIDED] : [];
    const manifest = { format: 'recce-copies', version: 1, ...about, remarks, files };
    await writeAtomic(path.join(folder, MANIFEST_CSV), [csvOf(files)], signal);
    const { sha256 } = await writeAtomic(path.join(folder, MANIFEST_JSON), indentedParts(manifest), signal);
    const left = files.filter((one) => one.left !== null);
    const copied = files.filter((one) => one.left === null);
    return {
      folder,
      copied: copied.length,
      sizeBytes: copied.reduce((sum, one) => sum + one.sizeBytes, 0),
      left: left.length,
      leftFiles: left.slice(0, MOST_LEFT_NAMED).map(({ results: _, ...one }) => one),
      withoutUndecided: about.withoutUndecided,
      manifestSha256: sha256,
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

/** Of its own making alone: what is there already is nobody's to fill. */
async function makeNew(folder: string): Promise<void> {
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw new RecceError('FILE_EXISTS', folder, 'copies are written into a new folder. Choose another name.');
    throw writeRefused(cause, folder);
  }
}

type Left = NonNullable<CopiedFile['left']>;

async function copyOne(caseFolder: string, file: Evidence, folder: string, signal: AbortSignal): Promise<CopiedFile> {
  const { id: evidenceId, exhibit, shownPath, sha256, sizeBytes } = file;
  const said = { evidenceId, exhibit, shownPath, sha256, sizeBytes };
  const leave = (reason: Left['reason'], message: string): CopiedFile => ({
    ...said,
    name: null,
    left: { reason, message },
  });
  if (sha256 === null)
    return leave('withoutHash', 'No byte of it could be read at intake: there is no hash to hold a copy against.');
  const place = placeOfEvidence(caseFolder, file);
  const now = await hashEvidenceFile(place, signal);
  if (now.kind === 'failed')
    return leave(now.reason === 'disappeared' ? 'missing' : 'unreadable', unreadableWords(now));
  if (now.sha256 !== sha256) return leave('changed', `It has changed: SHA-256 ${now.sha256} now.`);
  const name = nameOf(file);
  const copy = path.join(folder, name);
  await copyBytes(place, copy, signal);
  // As it lies there, not as it went by.
  const written = await hashEvidenceFile(copy, signal);
  if (written.kind === 'hashed' && written.sha256 === sha256) return { ...said, name, left: null };
  await rm(copy, { force: true });
  const found = written.kind === 'hashed' ? `SHA-256 ${written.sha256}` : unreadableWords(written);
  return leave('changed', `Its copy was not what was taken in, and was removed: ${found}.`);
}

async function copyBytes(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      for await (const portion of readPortions(from)) {
        signal.throwIfAborted();
        await target.writeFile(portion);
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof RecceError ? cause : writeRefused(cause, to);
  }
}

/** Longest part of a name that is kept of the file's own, characters. */
const LONGEST_NAME = 80;

/**
 * `00012_holiday.jpg`: the number of the file in the case, by which no two are the same, and its name as
 * far as every system takes it. Where it lay stands in the manifest.
 */
export function nameOf({ id, shownPath }: Pick<Evidence, 'id' | 'shownPath'>): string {
  const own = shownPath.split(/[\\/]/).at(-1)!;
  const extension = /\.[\p{L}\p{N}]{1,8}$/u.exec(own)?.[0] ?? '';
  const stem = own
    .slice(0, own.length - extension.length)
    .replace(/[^\p{L}\p{M}\p{N}.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `${String(id).padStart(5, '0')}_${[...stem].slice(0, LONGEST_NAME).join('')}${extension}`;
}

const HEADER = ['name', 'exhibit', 'path', 'sha256', 'size bytes', 'results', 'left out because'];

const csvOf = (files: readonly (CopiedFile & { results: readonly number[] })[]): string =>
  stringify(
    [
      HEADER,
      ...files.map(({ name, exhibit, shownPath, sha256, sizeBytes, results, left }) =>
        [
          name ?? '',
          String(exhibit),
          shownPath,
          sha256 ?? '',
          String(sizeBytes),
          results.join(' '),
          left === null ? '' : `${left.reason}: ${left.message}`,
        ].map(harmlessCell),
      ),
    ],
    { bom: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  );
