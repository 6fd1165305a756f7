// Hashes of pictures against the log: what is there is what its last entry holds. That they are not there
// is no change: they are made from the evidence, are left out of copies, and can be made again.
import type { ReadableCase } from '../db/case-handle.ts';
import { HASHES_FILE, hasHashes, whyHashesNotAsHeld } from '../hashes-file.ts';
import { lastAudit } from '../log/audit.ts';
import type { Steps } from '../log/segment.ts';
import { areHashesMadeHere, heldHashes } from '../rows/copies.ts';
import type { BoundHere } from '../rows/persons.ts';
import type { Checked } from './seal-check.ts';

/** Whether they were made on this workstation is asked where `boundHere` is given. */
export function* checkHashes(opened: ReadableCase, boundHere?: BoundHere): Steps<Checked> {
  const { folder } = opened;
  if (!hasHashes(folder)) return { problems: [], remarks: [] };
  const problem = (expected: string, found: string): Checked => ({
    problems: [{ kind: 'copiesChanged', subject: HASHES_FILE, expected, found }],
    remarks: [],
  });
  const held = heldHashes(opened);
  if (held) {
    const found = yield* whyHashesNotAsHeld(folder, held);
    const expected = `${held.pictures} pictures in ${held.bytes} bytes of SHA-256 ${held.sha256}, as audit entry ${held.seq} says`;
    if (found !== undefined) return problem(expected, found);
    const isForeign = boundHere !== undefined && !areHashesMadeHere(opened, held, boundHere);
    return { problems: [], remarks: isForeign ? [MADE_ELSEWHERE] : [] };
  }
  // A run that was killed before its first entry leaves a file that none holds yet.
  if (lastAudit(opened, 'copies.started')) return { problems: [], remarks: [] };
  return problem('none: no hashes of pictures were made in this case', 'hashes of pictures');
}

const MADE_ELSEWHERE =
  'The hashes of pictures were made by another installation of the workstation. They are as the log holds them, which whoever wrote the log can have made so: nothing is compared with them here until they are made anew.';
