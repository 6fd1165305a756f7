// What became of the files of which nothing comes back: a file that no worker could examine gets
// its row with the reason, one whose result got lost with the server's memory is asked for again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from '../../../contract/evidence.ts';
import { walkedSoFar } from '../../case/rows/video-scan.ts';
import { SURE_SCORE } from '../../media/find-faces.ts';
import { type FarmRun, type UnderWay, writeOwnRow } from './farm-run.ts';
import { videoScanOf } from './write-result.ts';

/** Time between two looks. */
const LOOK_EVERY_MS = 2000;
/** Times a file is asked for again. */
const LOST_LIMIT = 5;

/** Looks until `signal` aborts. */
export async function watchTasks(run: FarmRun, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    for (const one of [...run.underWay.values()]) if (!signal.aborted) await lookAt(run, one);
  }
}

/**
 * A task that is off the queue has said its result: it counts as lost when the inbox was seen empty
 * since, and the result was not in it.
 */
async function lookAt(run: FarmRun, one: UnderWay): Promise<void> {
  const state = await run.tasks.stateOf(run.scan, one.evidence.id);
  if (!run.underWay.has(one.evidence.id)) return;
  if (state.kind === 'underWay') one.emptyAt = undefined;
  else if (state.kind === 'failed') await giveUp(run, one.evidence, state.reason);
  else if (one.emptyAt === undefined) one.emptyAt = run.inboxEmpty.times;
  else if (run.inboxEmpty.times > one.emptyAt + 1) await askAgain(run, one);
}

async function askAgain(run: FarmRun, one: UnderWay): Promise<void> {
  one.lost += 1;
  one.emptyAt = undefined;
  if (one.lost > LOST_LIMIT) return giveUp(run, one.evidence, `its result got lost ${LOST_LIMIT} times.`);
  const { deps } = run;
  const isVideo = one.task.kind === 'video';
  const so = isVideo ? walkedSoFar(deps.opened, videoScanOf(deps, one.evidence), SURE_SCORE) : {};
  await run.tasks.add({ ...one.task, ...so });
}

/** Never a score: the row says that no tool could examine the file, and why. */
async function giveUp(
  { deps, progress, tasks, underWay, scan }: FarmRun,
  evidence: Evidence,
  why: string,
): Promise<void> {
  const message = `No worker could examine it: ${why}`;
  writeOwnRow(deps, evidence, undefined, { kind: 'toolError', message });
  underWay.delete(evidence.id);
  progress.notRead(evidence, message);
  progress.fileDone();
  await tasks.remove(scan, evidence.id);
}
