// Whenever a case is opened for writing, files that a killed scan, import or backup left
// half-written are removed: only those that carry the workstation's own name for what is
// unfinished, none of this process, and the log says which. In the background: a case of a million
// faces has four million files. The lock keeps every other writer out until `close` has returned.
import { type Swept, sweepBlobs } from '../blobs/sweep-blobs.ts';
import { sweepBackups } from '../case/custody/backup.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { appendAudit } from '../case/log/audit.ts';
import { blobFolder } from '../case/open-case.ts';

export type RunningSweep = {
  /** Ends it where it is; what is left waits for the next time. */
  close(): Promise<void>;
};

/** Names entered in the log; more are counted. */
const NAMED = 20;

/**
 * Begins; backups are swept before it returns, pictures afterwards. A disk that refuses is left as
 * it is.
 */
export function sweepCase(opened: WritableCase): RunningSweep {
  const stop = new AbortController();
  const running = sweep(opened, stop.signal).catch(() => {});
  return {
    close() {
      stop.abort();
      return running;
    },
  };
}

async function sweep(opened: WritableCase, signal: AbortSignal): Promise<void> {
  const backups = sweepBackups(opened);
  enter(opened, [...backups, ...(await sweepBlobs(blobFolder(opened.folder), signal))]);
}

function enter(opened: WritableCase, swept: readonly Swept[]): void {
  if (swept.length === 0) return;
  const sizeBytes = swept.reduce((sum, one) => sum + one.sizeBytes, 0);
  const names = swept.slice(0, NAMED).map(({ name }) => name);
  const subject = `${swept.length} unfinished files of an interrupted process`;
  appendAudit(opened, { who: '', action: 'files.swept', subject, details: { files: swept.length, sizeBytes, names } });
}
