// Open case -> one file. The database goes in as a consistent copy, while the case stays open;
// everything is hashed on the way.
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { ModelId, Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { PackedCase, PackRequest } from '../../contract/portable-case.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { type BlobStore, sha256Of } from '../blobs/blob-store.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { hashEvidenceFile, hashFile, readPortions } from '../blobs/read-evidence-file.ts';
import { isWritable, type ReadableCase } from '../case/db/case-handle.ts';
import { writeSnapshot } from '../case/db/copy-database.ts';
import { blobFolder, readCase } from '../case/open-case.ts';
import { allEvidence } from '../case/rows/evidence.ts';
import { allModels } from '../case/rows/model.ts';
import { refuseReplacing } from '../files/refuse-replacing.ts';
import { writeRefused } from '../files/system-error.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { ARCHIVE_FORMAT, ARCHIVE_VERSION, MANIFEST, type Manifest } from './archive-format.ts';

/** What packing works with. */
export type PackDeps = { opened: ReadableCase; blobs: BlobStore; library: ModelLibrary; appVersion: string };

type Source = { name: string; sizeBytes: number; sha256: Sha256; from: string | Buffer };
type LeftOut = PackedCase['leftOut'][number];

/** Entries carry this time: the same case gives the same file. */
const ENTRY_TIME = new Date(Date.UTC(2000, 0, 1));

/**
 * Writes the portable case to `request.file`, whole or not at all. Throws FILE_EXISTS,
 * WRITE_FAILED, DISK_FULL.
 */
export async function packCase(deps: PackDeps, request: PackRequest): Promise<PackedCase> {
  refuseReplacing(request.file, request.replace);
  const temporary = `${request.file}.tmp`;
  const beside = isWritable(deps.opened) ? deps.opened.folder : path.dirname(request.file);
  const copy = path.join(beside, `.pack-${process.pid}.sqlite`);
  try {
    writeSnapshot(deps.opened, copy);
    const leftOut: LeftOut[] = [];
    const sources = [await fromFile('case.sqlite', copy), ...(await blobSources(deps, leftOut))];
    if (request.evidence) for (const one of await evidenceSources(deps, leftOut)) sources.push(one);
    if (request.models) for (const one of await modelSources(deps, leftOut)) sources.push(one);
    await writeArchive(deps, sources, temporary);
    await rename(temporary, request.file);
    const { size } = await stat(request.file);
    return {
      path: request.file,
      sha256: await hashFile(request.file),
      sizeBytes: size,
      files: sources.length,
      leftOut,
    };
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    if (cause instanceof RecceError) throw cause;
    throw writeRefused(cause, request.file);
  } finally {
    await rm(copy, { force: true }).catch(() => {});
  }
}

async function fromFile(name: string, from: string): Promise<Source> {
  const hashed = await hashEvidenceFile(from);
  if (hashed.kind === 'failed') throw new Error(unreadableWords(hashed));
  return { name, from, sizeBytes: hashed.sizeBytes, sha256: hashed.sha256 };
}

/** Pictures by hash. What lies under such a name and is no file leads elsewhere, and stays out. */
async function blobSources({ opened, blobs }: PackDeps, leftOut: LeftOut[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const sha256 of await blobs.list()) {
    const group = sha256.slice(0, 2);
    if (!blobs.has(sha256)) {
      leftOut.push({ subject: `picture ${sha256}`, reason: 'It is a link, a pipe or a device, not a file.' });
      continue;
    }
    sources.push(await fromFile(`blobs/${group}/${sha256}`, path.join(blobFolder(opened.folder), group, sha256)));
  }
  return sources;
}

/** Evidence by hash, each content once. What is not the file taken in stays out. */
async function evidenceSources({ opened }: PackDeps, leftOut: LeftOut[]): Promise<Source[]> {
  const sources = new Map<string, Source>();
  for (const one of allEvidence(opened)) {
    if (one.sha256 === null || sources.has(one.sha256)) continue;
    const source = await fromFile(`evidence/${one.sha256}`, placeOfEvidence(opened.folder, one)).catch(
      (error: Error) => error,
    );
    if (source instanceof Error) leftOut.push({ subject: one.shownPath, reason: source.message });
    else if (source.sha256 === one.sha256) sources.set(one.sha256, source);
    else leftOut.push({ subject: one.shownPath, reason: `It has changed: SHA-256 ${source.sha256} now.` });
  }
  return [...sources.values()];
}

async function modelSources({ opened, library }: PackDeps, leftOut: LeftOut[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const model of allModels(opened)) {
    if (model.passport.onnx) {
      const reason = 'a network of one’s own (ONNX) is not packed: import its file there, with its passport.';
      leftOut.push({ subject: `model ${model.name}`, reason });
      continue;
    }
    if (model.passport.composite) {
      const reason = 'a model made of models is not packed: its card stays in the case; fuse its parts again there.';
      leftOut.push({ subject: `model ${model.name}`, reason });
      continue;
    }
    const weights = await library.readWeights(model.id as ModelId).catch((error: Error) => error);
    if (weights instanceof Error) {
      leftOut.push({ subject: `model ${model.name}`, reason: weights.message });
      continue;
    }
    const { id, ...card } = model;
    sources.push(fromBytes(`models/${id}.pth`, Buffer.from(weights)));
    sources.push(fromBytes(`models/${id}.card.json`, Buffer.from(`${JSON.stringify(card, null, 2)}\n`)));
  }
  return sources;
}

const fromBytes = (name: string, from: Buffer): Source => ({
  name,
  from,
  sizeBytes: from.length,
  sha256: sha256Of(from),
});

/**
 * By the opener of evidence: a pipe or a device that has come in a file's place since it was hashed
 * is refused, not waited for.
 */
function addRegularFile(zip: yazl.ZipFile, from: string, name: string, options: Partial<yazl.Options>): void {
  zip.addReadStreamLazy(name, options, (done) => {
    const bytes = Readable.from(readPortions(from), { objectMode: false });
    bytes.on('error', (error) => zip.emit('error', error));
    done(null, bytes);
  });
}

async function writeArchive(deps: PackDeps, sources: readonly Source[], file: string): Promise<void> {
  const zip = new yazl.ZipFile();
  const manifest: Manifest = {
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    appVersion: deps.appVersion,
    title: readCase(deps.opened).title,
    entries: sources.map(({ name, sizeBytes, sha256 }) => ({ name, sizeBytes, sha256 })),
  };
  const options = { mtime: ENTRY_TIME, mode: 0o100644 };
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), MANIFEST, options);
  for (const { name, from } of sources) {
    // Pictures and weights are as small as they get; the database shrinks to a fifth.
    const entry = { ...options, compress: name === 'case.sqlite' };
    if (typeof from === 'string') addRegularFile(zip, from, name, entry);
    else zip.addBuffer(from, name, entry);
  }
  // What cannot be read ends the writing as well: the file is closed before it is removed.
  zip.on('error', (error: Error) => (zip.outputStream as PassThrough).destroy(error));
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file, { flush: true }));
}
