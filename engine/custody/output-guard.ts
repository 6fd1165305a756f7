// Before anything is written to a place that a person named: what is there may be evidence, under
// whatever name it is reached. Every writer of the engine and the command line asks here
// (docs/security.md). Nothing is changed by asking.
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import { readHead } from '../blobs/read-evidence-file.ts';
import { isCaseFolder } from '../case/open-case.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../media/sniff.ts';

/**
 * What must stay: files known as evidence (asked for only where something would be replaced), and
 * what the command itself reads.
 */
export type Kept = { evidence: () => Iterable<string>; inputs: readonly string[] };

/** What a case writes itself, and nobody else: by the first part of the path below its folder. */
const CASE_OWN =
  /^(case\.sqlite|lock\.sqlite|blobs$|backups$|evidence$|damaged-|face-embeddings\.bin$|face-groups\.ndjson$|picture-hashes\.ndjson$)/;

const refusal = (file: string, why: string): RecceError =>
  new RecceError('WRITE_FAILED', file, `${why} Choose another name.`);

/**
 * Refuses a file that is evidence or a photograph or video, a file of a case's own, and what is
 * read for the very writing. Links, also hard ones, are seen through. Throws WRITE_FAILED.
 */
export async function refuseOverwrite(file: string, kept: Kept): Promise<void> {
  for (const one of [path.resolve(file), `${path.resolve(file)}.tmp`]) await refuseOne(one, kept);
}

async function refuseOne(file: string, { evidence, inputs }: Kept): Promise<void> {
  const place = await placeOf(file);
  refuseCaseOwn(file, place);
  for (const input of inputs)
    if (isInside(place, await placeOf(input)))
      throw refusal(file, 'It is, or lies in, what is read to make it, which is never changed.');
  const now = await stat(file, { bigint: true }).catch(() => undefined);
  if (!now?.isFile()) return;
  const type = mediaTypeFromBytes(await readHead(file, SNIFF_BYTES).catch(() => new Uint8Array()));
  if (type) throw refusal(file, `There is a photograph or video there (${type}), which is never replaced.`);
  if (await isSigned(file)) throw refusal(file, 'There is a signed report there, which is never replaced.');
  for (const one of [...evidence(), ...inputs]) {
    const known = await stat(one, { bigint: true }).catch(() => undefined);
    if (known?.isFile() && known.ino === now.ino && known.dev === now.dev)
      throw refusal(file, `It is the same file as ${one}, which is evidence or is read here, and never changed.`);
  }
}

/** True for a PDF with a signature. What cannot be read is for the writer to fail at. */
async function isSigned(file: string): Promise<boolean> {
  const head = await readHead(file, SNIFF_BYTES).catch(() => new Uint8Array());
  if (!Buffer.from(head).includes('%PDF-')) return false;
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  return bytes.includes('/ByteRange');
}

/** Where a path leads, links followed; of what is not there yet, where it would be. */
async function placeOf(file: string): Promise<string> {
  const found = await realpath(file).catch(() => undefined);
  if (found !== undefined) return found;
  const parent = path.dirname(path.resolve(file));
  return parent === path.resolve(file) ? parent : path.join(await placeOf(parent), path.basename(file));
}

/** True for the folder (or file) itself and everything below it. */
const isInside = (target: string, folder: string): boolean =>
  target === folder || target.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);

/**
 * By the place a link leads to as well as by the name given: a link in `blobs/` is the case's as
 * much as what it leads to.
 */
function refuseCaseOwn(file: string, place: string): void {
  for (const named of new Set([file, place]))
    for (let folder = path.dirname(named); ; folder = path.dirname(folder)) {
      const [first] = path.relative(folder, named).split(path.sep);
      if (isCaseFolder(folder) && CASE_OWN.test(first!))
        throw refusal(file, `It is a place of the case in ${folder}, which writes there itself.`);
      if (folder === path.dirname(folder)) break;
    }
}

/**
 * Refuses a folder that many files are written into: one of a case's own, one inside what is read,
 * and one that holds anything but what an earlier run of the same kind, known by `mark`, left
 * there. Throws WRITE_FAILED.
 */
export async function refuseFolder(folder: string, mark: string, inputs: readonly string[]): Promise<void> {
  const place = await placeOf(folder);
  refuseCaseOwn(path.join(folder, mark), path.join(place, mark));
  for (const input of inputs)
    if (isInside(place, await placeOf(input)))
      throw refusal(folder, 'It is, or lies in, what is read, which is never changed.');
  const names = await readdir(folder).catch((): string[] => []);
  const left = names.includes(mark) || (await lstat(folder).catch(() => undefined)) === undefined;
  if (names.length > 0 && !left) throw refusal(folder, 'It holds other files.');
}
