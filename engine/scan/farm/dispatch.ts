// Step 1 of a farm scan, on the machine with the case: files are listed, hashed and given their
// rows; what is a photograph or a video goes to the workers, a bounded number at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from '../../../contract/evidence.ts';
import type { FarmTask } from '../../../contract/farm.ts';
import { NOT_WALKED } from '../../../contract/track.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { placeOfEvidence } from '../../blobs/evidence-place.ts';
import { walkedSoFar } from '../../case/rows/video-scan.ts';
import { SURE_SCORE } from '../../media/find-faces.ts';
import { ingestFile } from '../ingest.ts';
import type { ListedFile } from '../list-media.ts';
import { isDone, isExamined, listFiles, splitDone } from '../select-files.ts';
import { type FarmRun, writeOwnRow } from './farm-run.ts';
import { videoScanOf } from './write-result.ts';

/** A cancelled scan is noticed within this. */
const LOOK_EVERY_MS = 500;

/**
 * Sends out every file that has no verdicts yet, and resolves when all of them are back. Rejects
 * when the scan is cancelled.
 */
export async function dispatch(run: FarmRun, paths: readonly string[]): Promise<void> {
  const files = await listFiles(run.deps, paths);
  const { todo, before } = await splitDone([run.deps], files);
  run.progress.begin(before, files.length, todo);
  try {
    for (const file of todo) {
      await room(run, run.deps.inFlight - 1);
      // Its result may have come from an earlier run of this scan before it was asked for in this
      // one.
      if (await isDone(run.deps, file)) run.progress.fileDone();
      else await handOutFile(run, file);
    }
    await room(run, 0);
  } catch (error) {
    await takeBack(run);
    throw error;
  }
}

async function handOutFile(run: FarmRun, file: ListedFile): Promise<void> {
  const { evidence, state, bytes } = await ingestFile(run.deps, file, run.job.signal);
  if (state.kind === 'unreadable') {
    writeOwnRow(run.deps, evidence, state, state);
    run.progress.notRead(evidence, unreadableWords(state));
    return run.progress.fileDone();
  }
  if (isExamined(run.deps, evidence)) return run.progress.fileDone();
  const task = taskFor(run, file, evidence, bytes ? 'still' : 'video');
  run.underWay.set(evidence.id, { evidence, task, lost: 0, emptyAt: undefined });
  await run.tasks.add(task);
  const { size } = run.underWay;
  run.progress.report(size === 1 ? '1 file is with the workers' : `${size} files are with the workers`);
}

function taskFor(
  { deps, scan, modelRecordSha256 }: FarmRun,
  file: ListedFile,
  evidence: Evidence,
  kind: FarmTask['kind'],
): FarmTask {
  const { opened, sampling, minimumFacePx, passport } = deps;
  return {
    ...{ scan, kind, sampling, minimumFacePx, passport, modelRecordSha256 },
    evidenceId: evidence.id,
    path: evidence.path,
    readFrom: file.readFrom ?? placeOfEvidence(opened.folder, evidence),
    mediaType: evidence.mediaType,
    sha256: evidence.sha256!,
    sizeBytes: evidence.sizeBytes,
    ...(kind === 'video' ? walkedSoFar(opened, videoScanOf(deps, evidence), SURE_SCORE) : NOT_WALKED),
  };
}

/** Resolves when at most `most` files are with the workers. */
async function room({ underWay, progress, job }: FarmRun, most: number): Promise<void> {
  await job.pausePoint();
  while (underWay.size > most) {
    await Promise.race([progress.changed(), sleep(LOOK_EVERY_MS, undefined, { ref: false })]);
    await job.pausePoint();
  }
}

/**
 * What no worker has begun is taken off the queue. Where the queue is away, it ends with the
 * workers' answers unread.
 */
const takeBack = ({ tasks, scan, underWay }: FarmRun): Promise<unknown> =>
  Promise.race([
    Promise.all([...underWay.keys()].map((id) => tasks.remove(scan, id))),
    sleep(5000, undefined, { ref: false }),
  ]);
