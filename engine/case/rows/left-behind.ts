// What a portable case leaves behind, told from the log of the case that was unpacked: the work that its
// entries speak of stays with the case that was packed.
import { GROUP_ACTIONS } from '../../../contract/face-groups.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { entryNumbersOf, lastAuditBefore } from '../log/audit.ts';
import { heldHashes } from './copies.ts';
import { unpackedAt } from './rows-of-job.ts';

/** Groups stood when it was packed, this time or one before; erased ones did not. */
export const hasLeftGroups = (opened: ReadableCase): boolean =>
  entryNumbersOf(opened, 'case.unpacked').some((seq) => {
    const last = lastAuditBefore(opened, seq, ...GROUP_ACTIONS, 'persons.erased', 'case.unpacked');
    return last?.action.startsWith('group.') ?? false;
  });

/** Hashes of pictures were kept when it was packed, and none have been made since. */
export function hasLeftCopies(opened: ReadableCase): boolean {
  const held = heldHashes(opened);
  return held !== undefined && held.seq < unpackedAt(opened);
}
