// One file -> a case folder. The file is hostile until proven whole: names from a closed list,
// sizes as announced, every hash checked while writing, the database one of ours. Until the end
// everything lies in a folder of its own beside the target.
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { RecceError } from '../../contract/errors.ts';
import { type Model, modelSchema } from '../../contract/model.ts';
import { hashFile } from '../blobs/read-evidence-file.ts';
import { settleForeign } from '../case/custody/foreign-case.ts';
import { takeLock } from '../case/db/connect.ts';
import { findSchemaProblem } from '../case/db/schema-check.ts';
import { isCaseFolder } from '../case/open-case.ts';
import { saysFull } from '../files/system-error.ts';
import type { CameWith } from '../library/foreign-model.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { ARCHIVE_VERSION, MANIFEST, type Manifest, manifestSchema } from './archive-format.ts';

/**
 * A manifest names each entry in some 200 bytes, and the zip around it does so twice: it is shorter
 * than the file that holds it, give or take a title.
 */
const MANIFEST_SLACK_BYTES = 2 ** 16;
/**
 * Braces and brackets of a manifest besides one for each entry: its own, and what a title may hold.
 */
const MANIFEST_SLACK_VALUES = 1000;
/** The largest card of a model: its validation record has some hundred kilobytes. */
const CARD_LIMIT_BYTES = 2 ** 25;

/** Only the database is compressed, to about a fifth; more than a hundredth is a bomb. */
const EXPANSION_LIMIT = 100;

/** The end of a name of a folder that is being unpacked into. */
const STAGING = /\.unpacking-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const refuse = (file: string, detail: string, cause?: unknown): RecceError =>
  new RecceError('ARCHIVE_REFUSED', file, detail, { cause });

/** The library that models come into, and the test of a new one's decoder. */
export type UnpackDeps = Pick<ModelLibrary, 'adoptForeign'> & {
  testDecoder: Parameters<ModelLibrary['adoptForeign']>[3];
};

/**
 * Unpacks into `folder`, which must not hold a case; resolves with the models that are new here.
 * Throws ARCHIVE_REFUSED, CASE_EXISTS, PATH_NOT_FOUND, WRITE_FAILED, DISK_FULL.
 */
export async function unpackCase(file: string, folder: string, deps: UnpackDeps): Promise<Model[]> {
  if (isCaseFolder(folder)) throw new RecceError('CASE_EXISTS', folder, 'choose another folder.');
  const staging = `${folder}.unpacking-${randomUUID()}`;
  let lock: ReturnType<typeof takeLock> | undefined;
  const begin = async (): Promise<void> => {
    await removeLeftStagings(folder);
    await mkdir(staging, { recursive: true });
    lock = takeLock(staging);
  };
  try {
    const manifest = await extract(file, staging, begin);
    const problem = findSchemaProblem(path.join(staging, 'case.sqlite'));
    if (problem) throw refuse(file, problem);
    settleForeign(path.join(staging, 'case.sqlite'), file, new Date().toISOString());
    const from = { file: path.basename(file), fileSha256: await hashFile(file) };
    const adopted = await adoptModels(manifest, staging, from, deps);
    await mkdir(path.join(staging, 'reports'), { recursive: true });
    await mkdir(path.join(staging, 'blobs'), { recursive: true });
    lock?.close();
    await rename(staging, folder);
    return adopted;
  } catch (cause) {
    throw errorFrom(cause, file, folder);
  } finally {
    lock?.close();
    await rm(staging, { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * What a killed process had unpacked for this folder. One that a living process unpacks is held by
 * its lock, and stays.
 */
async function removeLeftStagings(folder: string): Promise<void> {
  const beginning = `${path.basename(folder)}.unpacking-`;
  const names = await readdir(path.dirname(folder)).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(beginning) && STAGING.test(one))) {
    const left = path.join(path.dirname(folder), name);
    try {
      takeLock(left).close();
      await rm(left, { recursive: true, force: true });
    } catch {
      // Another process unpacks into it.
    }
  }
}

function errorFrom(cause: unknown, file: string, folder: string): RecceError {
  if (cause instanceof RecceError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (saysFull(cause)) return new RecceError('DISK_FULL', folder, message, { cause });
  if (code && /^E(ACCES|PERM|ROFS|EXIST|NOTEMPTY|ISDIR|NOTDIR)$/.test(code))
    return new RecceError('WRITE_FAILED', folder, message, { cause });
  return refuse(file, message, cause);
}

async function openArchive(file: string): Promise<yauzl.ZipFile> {
  return yauzl.openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: true }).catch((cause) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw code === 'ENOENT' ? new RecceError('PATH_NOT_FOUND', file, message, { cause }) : refuse(file, message, cause);
  });
}

/** Checks the manifest, then fills the folder that `begin` makes. */
async function extract(file: string, staging: string, begin: () => Promise<void>): Promise<Manifest> {
  const zip = await openArchive(file);
  try {
    const entries = zip.eachEntry();
    const first = (await entries.next()).value as yauzl.Entry | undefined;
    const manifest = await readManifest(file, zip, first);
    await begin();
    await checkRoom(file, staging, manifest);
    const wanted = new Map(manifest.entries.map((one) => [one.name, one]));
    if (wanted.size !== manifest.entries.length) throw refuse(file, 'its manifest names a file twice.');
    for await (const entry of entries) {
      const announced = wanted.get(entry.fileName);
      wanted.delete(entry.fileName);
      if (!announced) throw refuse(file, `${entry.fileName} is not in its manifest, or is there twice.`);
      await extractEntry(file, zip, entry, announced, path.join(staging, entry.fileName));
    }
    const [missing] = wanted.keys();
    if (missing) throw refuse(file, `${missing} is in its manifest and not in the file.`);
    return manifest;
  } finally {
    zip.close();
  }
}

async function readManifest(file: string, zip: yauzl.ZipFile, entry: yauzl.Entry | undefined): Promise<Manifest> {
  if (entry?.fileName !== MANIFEST) throw refuse(file, `it does not begin with ${MANIFEST}.`);
  if (entry.uncompressedSize > zip.fileSize + MANIFEST_SLACK_BYTES)
    throw refuse(file, 'its manifest is larger than itself.');
  const chunks: Buffer[] = [];
  let values = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    values += countOpened(chunk as Buffer);
    // Before it is parsed: each of them is an object in memory.
    if (values > zip.entryCount + MANIFEST_SLACK_VALUES)
      throw refuse(file, `its manifest names more than the ${zip.entryCount} entries it has.`);
    chunks.push(chunk as Buffer);
  }
  const raw: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const parsed = manifestSchema.safeParse(raw);
  if (!parsed.success) throw refuse(file, `its manifest is not one: ${parsed.error.issues[0]?.message}.`);
  if (parsed.data.version > ARCHIVE_VERSION)
    throw refuse(file, `it was written by Recce Workstation ${parsed.data.appVersion}, which is newer than this one.`);
  return parsed.data;
}

/** Objects and lists that begin in a piece of JSON, those inside texts too. */
function countOpened(json: Buffer): number {
  let count = 0;
  for (const byte of json) if (byte === 0x7b || byte === 0x5b) count += 1;
  return count;
}

/** Nothing is written unless all of it fits on the disk as announced. */
async function checkRoom(file: string, staging: string, manifest: Manifest): Promise<void> {
  const needed = manifest.entries.reduce((sum, one) => sum + one.sizeBytes, 0);
  const { size } = await stat(file);
  if (needed > EXPANSION_LIMIT * size + 2 ** 20)
    throw refuse(file, `its ${size} bytes would become ${needed}, more than ${EXPANSION_LIMIT} times as many.`);
  const { bavail, bsize } = await statfs(staging);
  if (needed > bavail * bsize)
    throw new RecceError('DISK_FULL', file, `it needs ${needed} bytes, ${bavail * bsize} are free.`);
}

/** Writes one entry, counted and hashed on the way; the first byte too many ends it. */
async function extractEntry(
  file: string,
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  announced: Manifest['entries'][number],
  target: string,
): Promise<void> {
  if (entry.uncompressedSize !== announced.sizeBytes)
    throw refuse(file, `${announced.name} has ${entry.uncompressedSize} bytes, ${announced.sizeBytes} are announced.`);
  await mkdir(path.dirname(target), { recursive: true });
  const hash = createHash('sha256');
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > announced.sizeBytes ? refuse(file, `${announced.name} is longer than announced.`) : null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), count, createWriteStream(target, { flags: 'wx' }));
  const found = hash.digest('hex');
  if (found !== announced.sha256)
    throw refuse(file, `${announced.name} has SHA-256 ${found}, ${announced.sha256} is announced.`);
}

/**
 * Models that came along enter the library, unless they are there already; those that did are
 * named.
 */
async function adoptModels(
  manifest: Manifest,
  staging: string,
  from: CameWith,
  { adoptForeign, testDecoder }: UnpackDeps,
): Promise<Model[]> {
  const adopted: Model[] = [];
  for (const { name } of manifest.entries) {
    if (!name.endsWith('.pth')) continue;
    const id = path.basename(name, '.pth');
    const cardFile = path.join(staging, `models/${id}.card.json`);
    const { size } = await stat(cardFile);
    if (size > CARD_LIMIT_BYTES) throw refuse(from.file, `the card of model ${id} has ${size} bytes.`);
    const card: unknown = JSON.parse(await readFile(cardFile, 'utf8'));
    const model = modelSchema.parse({ ...(card as object), id });
    const taken = await adoptForeign(await readFile(path.join(staging, name)), model, from, testDecoder);
    if (taken) adopted.push(taken);
  }
  await rm(path.join(staging, 'models'), { recursive: true, force: true });
  return adopted;
}
