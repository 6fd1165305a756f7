// A scan whose files are examined by other machines. This process alone writes the case: it lists
// and hashes the evidence, hands out a bounded number of files, and writes what comes back. Killed
// and started again, it goes on: what has its rows is not asked for again, and what was said
// meanwhile waits in the inbox.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sha256 } from '../../../contract/brand.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import type { JobControl } from '../../jobs/job-queue.ts';
import { dispatch } from './dispatch.ts';
import { afterKey, aliveKey, inboxKey, KEPT_SECONDS, modelKey, scanKeyOf, takenKey } from './farm-keys.ts';
import { createFarmProgress, type FarmDeps, type FarmRun, type FarmShare } from './farm-run.ts';
import { takeInbox } from './inbox.ts';
import { openQueue } from './open-queue.ts';
import { takeMessage } from './take-message.ts';
import { createTaskQueue } from './task-queue.ts';
import { watchTasks } from './watch-tasks.ts';

/**
 * The machine with the case says this often that it is there, and is taken for gone after the
 * longer time.
 */
const ALIVE_EVERY_MS = 5000;
const ALIVE_SECONDS = 30;
/**
 * Time in which a cancelled scan takes its files back; where the queue is away, it ends without.
 */
const GIVE_UP_MS = 6000;
/** Time for the message that is being written when a scan ends. */
const LAST_WRITE_MS = 2000;

/**
 * Scans `paths`, or every file of the case when empty. Throws QUEUE_UNAVAILABLE before anything is
 * done.
 */
export async function scanFarm(deps: FarmDeps, job: JobControl, paths: readonly string[]): Promise<FarmShare> {
  const queue = await openQueue(deps.queue, deps.credentials);
  const modelRecordSha256 = hashOfValue(deps.model);
  const run: FarmRun = {
    ...{ deps, modelRecordSha256, job, scan: scanKeyOf(deps.opened, settingsOf(deps, modelRecordSha256)) },
    redis: queue.connect(),
    tasks: createTaskQueue(queue, (message) => job.report({ message })),
    underWay: new Map(),
    progress: createFarmProgress(job),
    told: new Set(),
    inboxEmpty: { times: 0 },
  };
  const blocking = queue.connect({ autoResendUnfulfilledCommands: false });
  const [ended, over] = [new AbortController(), new AbortController()];
  const background: Promise<void>[] = [];
  const work = async (): Promise<void> => {
    await begin(run);
    const inbox = { write: (bytes: Buffer) => takeMessage(run, bytes), onEmpty: () => seeEmpty(run) };
    background.push(
      takeInbox(blocking, run.scan, inbox, ended.signal),
      watchTasks(run, ended.signal),
      stayAlive(run, ended.signal),
    );
    await firstEnd(dispatch(run, paths), background);
    ended.abort();
    await cleanUp(run);
  };
  try {
    await firstEnd(work(), [givenUp(job.signal, over.signal)]);
    run.progress.end();
    return run.progress.share;
  } finally {
    ended.abort();
    over.abort();
    run.redis.disconnect();
    blocking.disconnect();
    await run.tasks.close();
    // What was being written when it ended is in the case before the scan is sealed.
    await Promise.race([Promise.allSettled(background), sleep(LAST_WRITE_MS, undefined, { ref: false })]);
  }
}

/**
 * Rejects when a scan that was cancelled has had its time to end by itself: a queue that is away
 * answers nothing that it is asked.
 */
async function givenUp(cancelled: AbortSignal, signal: AbortSignal): Promise<void> {
  if (!cancelled.aborted) await once(cancelled, 'abort', { signal });
  await sleep(GIVE_UP_MS, undefined, { signal });
  cancelled.throwIfAborted();
}

/** What makes another scan of this one. */
const settingsOf = ({ passport, sampling, minimumFacePx }: FarmDeps, record: Sha256): Record<string, unknown> => ({
  ...{ passport, sampling, minimumFacePx, record },
});

/**
 * Resolves with the work; rejects with whatever fails first. Background work does not end by
 * itself.
 */
async function firstEnd(work: Promise<void>, background: readonly Promise<void>[]): Promise<void> {
  const never = new Promise<never>(() => {});
  await Promise.race([work, ...background.map((one) => one.then(() => never))]);
}

/**
 * The model's record lies beside the queue, and the workers know that someone takes what they say.
 */
async function begin({ deps: { model }, modelRecordSha256, redis, scan }: FarmRun): Promise<void> {
  await redis
    .multi()
    .set(modelKey(modelRecordSha256), canonicalJson(model), 'EX', KEPT_SECONDS)
    .set(aliveKey(scan), '1', 'EX', ALIVE_SECONDS)
    .exec();
}

function seeEmpty({ inboxEmpty }: FarmRun): void {
  inboxEmpty.times += 1;
}

async function stayAlive(
  { modelRecordSha256, redis, scan, tasks, underWay }: FarmRun,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(ALIVE_EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    await redis.set(aliveKey(scan), '1', 'EX', ALIVE_SECONDS);
    await redis.expire(modelKey(modelRecordSha256), KEPT_SECONDS);
    await tasks.keep(scan, [...underWay.keys()]);
  }
}

async function cleanUp({ redis, scan }: FarmRun): Promise<void> {
  await redis.del(inboxKey(scan), takenKey(scan), afterKey(scan), aliveKey(scan));
}
