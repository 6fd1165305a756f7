// Backups without anyone asking: when a case is opened, after each job that is done, and every ten
// minutes in between, if something happened.

import { createSerialQueue } from '../async/serial-queue.ts';
import { backUpCase } from '../case/custody/backup.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { appendAudit } from '../case/log/audit.ts';
import type { JobQueue } from '../jobs/job-queue.ts';

export type KeptBackups = { close(): Promise<void> };

const EVERY_MS = 10 * 60_000;

/**
 * Starts keeping. One backup at a time; a failed one is entered in the log where that is possible,
 * and work goes on.
 */
export function keepBackups(opened: WritableCase, queue: JobQueue): KeptBackups {
  const stop = new AbortController();
  const inTurn = createSerialQueue();
  const backUp = (): void => {
    void inTurn(() => (stop.signal.aborted ? undefined : tryBackup(opened)));
  };
  const timer = setInterval(backUp, EVERY_MS);
  timer.unref();
  void (async () => {
    for await (const { job } of queue.watch(stop.signal)) if (job.state === 'done') backUp();
  })();
  backUp();
  return {
    async close() {
      clearInterval(timer);
      stop.abort();
      await inTurn(() => {});
    },
  };
}

async function tryBackup(opened: WritableCase): Promise<void> {
  try {
    await backUpCase(opened);
  } catch (error) {
    try {
      const details = { message: error instanceof Error ? error.message : String(error) };
      appendAudit(opened, { who: '', action: 'case.backupFailed', subject: 'backups', details });
    } catch {
      // The disk that cannot take a backup cannot take the note either; the case itself is as it
      // was.
    }
  }
}
