// Handlers of `farm`: a scan by many machines, and how their queue is. The queue's client is loaded
// with the first call.
import { setTimeout as sleep } from 'node:timers/promises';
import { RecceError } from '../../../contract/errors.ts';
import type { FarmQueue, FarmScanRequest, FarmStatus } from '../../../contract/farm.ts';
import { listJobs } from '../../case/rows/job.ts';
import { type FarmJob, farmJobOf } from '../../scan/farm/farm-job.ts';
import { splitAddress } from '../../scan/farm/queue-address.ts';
import type { StatusReader } from '../../scan/farm/read-status.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { enqueueScan, type StartedScan } from './work-handlers.ts';

/** The credentials stay in memory; the job has the address alone. */
async function startFarmScan(
  deps: Pick<Services, 'currentCase' | 'devices' | 'library' | 'loadedModels' | 'queueCredentials'>,
  { queue: given, inFlight, ...request }: FarmScanRequest & Pick<StartedScan, 'examiner'>,
) {
  if (request.furtherModelIds.length > 0)
    throw new RecceError(
      'MODEL_REFUSED',
      `${1 + request.furtherModelIds.length} models`,
      'workers judge by one model. Start a farm scan with each, one after the other; or scan here with all of them in one pass.',
    );
  const { passport, name } = await deps.library.choose(request.modelId);
  if (passport.composite)
    throw new RecceError(
      'MODEL_REFUSED',
      name,
      'workers judge by one network. Start a farm scan with each of its parts, then scan here with it: their results stand, and it is made of them.',
    );
  const { openQueue } = await import('../../scan/farm/open-queue.ts');
  const { queue, credentials } = splitAddress(given);
  const { server } = await openQueue(queue, credentials);
  deps.queueCredentials.set(queue.address, credentials);
  const farm: FarmJob = { queue, inFlight };
  return enqueueScan(deps, request, { farm }, { queue: queue.address, server });
}

async function openStatus(deps: Pick<Services, 'queueCredentials'>, given: FarmQueue): Promise<StatusReader> {
  const { createStatusReader } = await import('../../scan/farm/read-status.ts');
  const { queue, credentials } = splitAddress(given);
  return createStatusReader(queue, { ...deps.queueCredentials.get(queue.address), ...credentials });
}

async function readStatus(deps: Pick<Services, 'queueCredentials'>, given: FarmQueue): Promise<FarmStatus> {
  const reader = await openStatus(deps, given);
  return reader.read().finally(() => reader.close());
}

const WATCH_EVERY_MS = 1000;

/**
 * The queue of the farm scan that is running or waiting, if it was named in this sitting; undefined
 * where there is none.
 */
function queueInUse(deps: Pick<Services, 'currentCase' | 'queueCredentials'>): FarmQueue | undefined {
  if (!deps.currentCase.isOpen) return undefined;
  const jobs = listJobs(deps.currentCase.opened.handle).filter((job) =>
    ['running', 'paused', 'queued'].includes(job.state),
  );
  return jobs
    .map((job) => farmJobOf(job.input)?.queue)
    .find((queue) => queue && deps.queueCredentials.has(queue.address));
}

/** While there is none, null is said once. */
async function* watchFarm(
  deps: Pick<Services, 'currentCase' | 'queueCredentials'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<FarmStatus | null> {
  let reader: StatusReader | undefined;
  let saidNone = false;
  try {
    while (!signal?.aborted) {
      const queue = queueInUse(deps);
      if (reader && reader.queue.address !== queue?.address) reader = await reader.close().then(() => undefined);
      if (queue) reader ??= await openStatus(deps, queue);
      if (reader) yield await reader.read();
      else if (!saidNone) yield null;
      saidNone = reader === undefined;
      await sleep(WATCH_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    await reader?.close();
  }
}

export const farmHandlers = (
  deps: Pick<Services, 'currentCase' | 'devices' | 'library' | 'loadedModels' | 'queueCredentials'>,
) => ({
  scan: procedures.farm.scan.handler(({ input }) => startFarmScan(deps, input)),
  status: procedures.farm.status.handler(({ input }) => readStatus(deps, input)),
  watch: procedures.farm.watch.handler(({ signal }) => watchFarm(deps, signal)),
});
