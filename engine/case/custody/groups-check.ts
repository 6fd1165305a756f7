// Groups of faces against the log: their file is what its last entry holds,
// and each step in it what its own entry does. Embeddings can be made again, and
// that they are not there is no change; groups are the work of examiners, and that they are gone is one.
import type { Verification } from '../../../contract/case.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { stepNotAsEntered } from '../groups/entered-steps.ts';
import { GROUPS_FILE, hasGroups, whyGroupsNotAsHeld } from '../groups/groups-file.ts';
import { heldGroups, switchedOn } from '../rows/persons.ts';

type Problem = Verification['problems'][number];

export function groupsProblems(opened: ReadableCase): Problem[] {
  const { folder } = opened;
  const problem = (expected: string, found: string): Problem[] => [
    { kind: 'groupsChanged', subject: GROUPS_FILE, expected, found },
  ];
  const held = heldGroups(opened);
  if (held) {
    const found = whyGroupsNotAsHeld(folder, held);
    const expected = `${held.steps} steps in ${held.bytes} bytes of SHA-256 ${held.sha256}, as audit entry ${held.seq} says`;
    if (found !== undefined) return problem(expected, found);
    const other = stepNotAsEntered(opened, held);
    return other ? problem(`${other.expected}, as audit entry ${other.seq} says`, other.found) : [];
  }
  // Of a step whose entry was not made there may be one.
  return hasGroups(folder) && !switchedOn(opened)
    ? problem('none: faces are not compared in this case', 'groups of faces')
    : [];
}
