// The files of a scan, and which of them have their verdicts already.

import type { Evidence } from '../../contract/evidence.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { placeOfEvidence, recordedPlace } from '../blobs/evidence-place.ts';
import { allEvidence, findEvidenceByPath } from '../case/rows/evidence.ts';
import { countFaces, hasFacesToScore, hasVerdicts, type VerdictsKey } from '../case/rows/verdict.ts';
import { findVideoScan } from '../case/rows/video-scan.ts';
import { canBeRead, isUntouched } from './ingest.ts';
import { withInside } from './list-archives.ts';
import { type ListedFile, listMedia } from './list-media.ts';
import type { ScanDeps, ScanModel } from './scan-deps.ts';
import { whyLookedAgain } from './second-look.ts';

/** What says whether a file has been scanned by a model. */
export type DoneKey = Pick<ScanDeps, 'opened' | 'sampling' | 'minimumFacePx'> &
  Pick<ScanModel, 'model' | 'second'> & { parameters: Pick<VerdictParameters, 'pipelineVersion'> };

/**
 * The files of `paths`, or every file of the case when empty. Throws RangeError when the paths hold
 * no file at all: a scan of nothing must not end like one that found nothing.
 */
export async function listFiles({ opened }: Pick<ScanDeps, 'opened'>, paths: readonly string[]): Promise<ListedFile[]> {
  if (paths.length === 0)
    return latestByPath(allEvidence(opened)).map((one) => {
      const { relativePath, state } = one;
      // What listing refused is refused again: a link out of the folder is not followed because it
      // is asked for by its row.
      const refused =
        state.kind === 'unreadable' && (state.reason === 'outsideFolder' || state.reason === 'nameNotUnicode');
      return {
        path: recordedPlace(one),
        relativePath,
        readFrom: placeOfEvidence(opened.folder, one),
        ...(refused ? { problem: state.reason as 'outsideFolder' | 'nameNotUnicode' } : {}),
      };
    });
  const files: ListedFile[] = [];
  for await (const file of listMedia(paths, [opened.folder])) for await (const one of withInside(file)) files.push(one);
  if (files.length === 0)
    throw new RangeError(
      `No file to examine was found in ${paths.join(', ')}. The folder of the case itself is never examined.`,
    );
  return files;
}

/** A path that was refused at first and read later has two rows: the later one is the file. */
const latestByPath = (all: readonly Evidence[]): Evidence[] => [
  ...new Map(all.map((one) => [recordedPlace(one), one])).values(),
];

/** What came of files at an earlier scan. */
export type ExaminedBefore = {
  files: number;
  faces: number;
  unreadable: { shownPath: string; message: string }[];
};

/**
 * The files that are still to be examined by one of several models, and what came of the others when
 * they were: the whole scan counts both.
 */
export async function splitDone(
  keys: readonly DoneKey[],
  files: readonly ListedFile[],
): Promise<{ todo: ListedFile[]; before: ExaminedBefore }> {
  const todo: ListedFile[] = [];
  const before: ExaminedBefore = { files: 0, faces: 0, unreadable: [] };
  for (const file of files) {
    const done = await doneEvidence(keys, file);
    if (!done) {
      todo.push(file);
      continue;
    }
    const { faces, unreadable } = outcomeBefore(keys[0]!, done);
    before.files += 1;
    before.faces += faces;
    if (unreadable !== undefined) before.unreadable.push({ shownPath: done.shownPath, message: unreadable });
  }
  return { todo, before };
}

/**
 * True for a file that has its verdicts from this model and pipeline, down to the smallest face
 * asked for, and is as it was.
 */
export const isDone = async (key: DoneKey, file: ListedFile): Promise<boolean> =>
  (await doneEvidence([key], file)) !== undefined;

/** What the case has of such a file; undefined for one that is to be read. */
async function doneEvidence(keys: readonly DoneKey[], file: ListedFile): Promise<Evidence | undefined> {
  const { opened } = keys[0]!;
  const evidence = findEvidenceByPath(opened, file.path);
  if (!evidence || !keys.every((key) => isExamined(key, evidence))) return undefined;
  return (await isAsItWas(opened.folder, evidence, file)) ? evidence : undefined;
}

const isAsItWas = async (caseFolder: string, evidence: Evidence, file: ListedFile): Promise<boolean> => {
  if (evidence.sha256 !== null) return isUntouched(caseFolder, evidence);
  return file.problem !== undefined || !(await canBeRead(file.readFrom ?? file.path));
};

/**
 * True for a file that has all its verdicts from this model and pipeline, down to the smallest face
 * asked for. [Note: the hash decides] Times of change move (FAT, daylight saving, copying,
 * unpacking) without a byte changing: a file whose time is another is hashed again, and nothing but
 * its hash says whether it is still the one that was examined.
 */
export function isExamined(deps: DoneKey, evidence: Evidence): boolean {
  const { opened, sampling, minimumFacePx, second } = deps;
  if (second && isPassedOver(deps, second, evidence)) return true;
  const key = verdictsKeyOf(deps, evidence);
  if (!hasVerdicts(opened, key)) return false;
  // A video has verdicts from its first seconds on; it is done when the walk through it has ended.
  if (isWalked(evidence)) return findVideoScan(opened, { ...key, sampling, minimumFacePx })?.finished ?? false;
  return !hasFacesToScore(opened, key, minimumFacePx);
}

/** By a second look that this file gives no reason for. */
const isPassedOver = (deps: DoneKey, second: NonNullable<ScanModel['second']>, evidence: Evidence): boolean =>
  isExamined({ ...deps, ...second.first, second: undefined }, evidence) &&
  whyLookedAgain(deps, second, evidence) === undefined;

/** What came of one file when it was examined. */
export const outcomeBefore = (
  deps: DoneKey,
  evidence: Evidence,
): { faces: number; unreadable: string | undefined } => ({
  faces: countFaces(deps.opened, verdictsKeyOf(deps, evidence)),
  unreadable: evidence.state.kind === 'unreadable' ? unreadableWords(evidence.state) : undefined,
});

const verdictsKeyOf = ({ model, parameters }: DoneKey, { id }: Evidence): VerdictsKey => ({
  evidenceId: id,
  modelId: model.id,
  pipelineVersion: parameters.pipelineVersion,
});

/** True for a video that could be opened at all: its scan has a record of its own. */
const isWalked = ({ mediaType, sha256, sizeBytes }: Evidence): boolean =>
  mediaType.startsWith('video/') && sha256 !== null && sizeBytes > 0;
