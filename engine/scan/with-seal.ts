// A scan and the seal on what it wrote: whether it comes to its end, fails, is cancelled or the
// case is closed under it.

import { appendSeal, takeUpScan } from '../case/custody/seal.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { expectLayout } from '../case/db/case-layout.ts';

/**
 * Runs `scan` and seals the rows there are then; `details`, and what it resolves with, go into the
 * entry. Rejects as `scan` does, and with CASE_READ_ONLY where another program has put something
 * into the database since it was opened.
 */
export async function withSeal(
  opened: WritableCase,
  {
    who,
    paths,
    details,
  }: { who: string; paths: readonly string[]; details: { jobId: number } & Record<string, unknown> },
  scan: () => Promise<Record<string, unknown>>,
): Promise<void> {
  expectLayout(opened.folder, opened.db);
  const entry = { who, subject: paths.join(', ') || 'all evidence' };
  await takeUpScan(opened, details.jobId, who, entry.subject);
  let found: Record<string, unknown>;
  try {
    found = await scan();
  } catch (error) {
    try {
      const reason = reasonFrom(error);
      await appendSeal(opened, { ...entry, action: 'scan.ended', details: { ...details, reason } });
    } catch {
      // A disk that takes no seal now: the rows are sealed when the scan is taken up
      // (sealUnsealedRows).
    }
    throw error;
  }
  await appendSeal(opened, { ...entry, action: 'scan.finished', details: { ...details, ...found } });
}

/** Who cancelled it is the job's own entry to say; the case may have been closed as well. */
function reasonFrom(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AbortError' ? 'It was interrupted before its end.' : error.message;
}
