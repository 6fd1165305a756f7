// Evidence that lies elsewhere now, told to the case by hash. Every file is hashed before anything
// is entered; what does not fit stays as it was and is counted with its reason.
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import type { Evidence } from '../../contract/evidence.ts';
import {
  RELOCATION_REFUSALS_NAMED,
  type Relocation,
  type RelocationEvent,
  type RelocationRefusal,
  type RelocationRequest,
} from '../../contract/relocation.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { isFromElsewhere, leadsOut, recordedPlace } from '../blobs/evidence-place.ts';
import { hashEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { allEvidence, findEvidenceByPath } from '../case/rows/evidence.ts';
import type { MovedFile } from '../case/rows/relocation.ts';

/** A file of the case, and where it should lie now. */
type Expected = { evidence: Evidence; path: string };
type Looked = ({ kind: 'fits' } & MovedFile) | { kind: 'refused'; reason: RelocationRefusal; message: string };

/**
 * Paths of a case may come from another system: one with a drive or with backslashes alone is
 * parted at both.
 */
const separatorsOf = (from: string): RegExp =>
  /^[A-Za-z]:/.test(from) || (from.includes('\\') && !from.includes('/')) ? /[\\/]/ : /\//;

/**
 * The part of `file` below `from`, in names; none for `from` itself, undefined where it does not
 * lie there. Both as the case has them, whatever system they are of.
 */
export function namesBelow(file: string, from: string): string[] | undefined {
  const separators = separatorsOf(from);
  const folder = from.split(separators).filter((name, i) => name !== '' || i === 0);
  const names = file.split(separators).filter((name, i) => name !== '' || i === 0);
  if (names.length < folder.length || folder.some((name, i) => name !== names[i])) return undefined;
  return names.slice(folder.length);
}

function expectedFiles(opened: ReadableCase, { from, to }: RelocationRequest): Expected[] {
  return allEvidence(opened).flatMap((evidence) => {
    const names = namesBelow(recordedPlace(evidence), from);
    // A name can be no way out of the folder it is looked for in.
    if (!names || names.some((name) => name === '..' || name === '.')) return [];
    return [{ evidence, path: path.join(to, ...names) }];
  });
}

async function lookAt(
  opened: ReadableCase,
  { evidence, path: file }: Expected,
  to: string,
  signal: AbortSignal,
): Promise<Looked> {
  const refused = (reason: RelocationRefusal, message: string): Looked => ({ kind: 'refused', reason, message });
  if (evidence.sha256 === null)
    return refused('withoutHash', 'No byte of it could be read at intake: there is no hash to hold a file against.');
  const other = findEvidenceByPath(opened, file);
  if (other && other.id !== evidence.id)
    return refused('placeTaken', `The case has this place as another file, ${other.shownPath}.`);
  if (isFromElsewhere(opened.folder) && leadsOut(to, file))
    return refused('unreadable', 'A link leads out of the folder that was named. Name the folder it leads to.');
  const hashed = await hashEvidenceFile(file, signal);
  if (hashed.kind === 'failed')
    return refused(hashed.reason === 'disappeared' ? 'missing' : 'unreadable', unreadableWords(hashed));
  if (hashed.sha256 !== evidence.sha256)
    return refused('otherContent', `Its SHA-256 is ${hashed.sha256}; ${evidence.sha256} is recorded.`);
  return { kind: 'fits', evidence, path: file, modifiedAt: hashed.modifiedAt };
}

/**
 * What keeps the places of files that fit: the case, or for one that cannot be written this
 * installation.
 */
export type KeepPlaces = {
  by: 'case' | 'workstation';
  keep(relocation: Relocation, moved: readonly MovedFile[]): Promise<void> | void;
};

/**
 * Says how far it is and, last, what came of it. Throws NOT_FOUND where the case has no file below
 * `from`, PATH_NOT_FOUND where `to` is no absolute path; the signal's reason with nothing entered.
 */
export async function relocateEvidence(
  opened: ReadableCase,
  request: RelocationRequest,
  { by, keep }: KeepPlaces,
  say: (event: RelocationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { from, to, check } = request;
  if (!path.isAbsolute(to)) throw new RecceError('PATH_NOT_FOUND', to, 'expected a whole path.');
  const expected = expectedFiles(opened, request);
  if (expected.length === 0)
    throw new RecceError(
      'NOT_FOUND',
      from,
      'the case has no file there or below. Its files are listed with their paths.',
    );
  const moved: MovedFile[] = [];
  const relocation: Relocation = {
    from,
    to,
    files: expected.length,
    moved: 0,
    refused: {},
    refusals: [],
    entered: false,
    keptBy: by,
  };
  for (const [done, one] of expected.entries()) {
    signal.throwIfAborted();
    const { id: evidenceId, shownPath } = one.evidence;
    say({ kind: 'progress', done, total: expected.length, shownPath });
    const looked = await lookAt(opened, one, to, signal);
    if (looked.kind === 'fits') {
      moved.push(looked);
      continue;
    }
    const { reason, message } = looked;
    relocation.refused[reason] = (relocation.refused[reason] ?? 0) + 1;
    if (relocation.refusals.length < RELOCATION_REFUSALS_NAMED)
      relocation.refusals.push({ evidenceId, shownPath, path: one.path, reason, message });
  }
  signal.throwIfAborted();
  relocation.moved = moved.length;
  if (!check && moved.length > 0) {
    await keep(relocation, moved);
    relocation.entered = true;
  }
  say({ kind: 'done', relocation });
}
