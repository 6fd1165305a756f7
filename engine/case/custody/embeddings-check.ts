// The embeddings of faces against the log: what is there is what its last entry holds. That they are
// not there is no change: they are made from the evidence, are left out of copies, and can be made
// again.
import type { Verification } from '../../../contract/case.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { EMBEDDINGS_FILE, hasEmbeddings, whyNotAsHeld } from '../embeddings-file.ts';
import { heldEmbeddings, switchedOn } from '../rows/persons.ts';

type Problem = Verification['problems'][number];

export function embeddingsProblems(opened: ReadableCase): Problem[] {
  const { folder } = opened;
  if (!hasEmbeddings(folder)) return [];
  const problem = (expected: string, found: string): Problem[] => [
    { kind: 'embeddingsChanged', subject: EMBEDDINGS_FILE, expected, found },
  ];
  const held = heldEmbeddings(opened);
  if (held) {
    const found = whyNotAsHeld(folder, held);
    const expected = `${held.embeddings} embeddings of SHA-256 ${held.sha256}, as audit entry ${held.seq} says`;
    return found === undefined ? [] : problem(expected, found);
  }
  // A run that was killed before its first entry leaves a file that none holds yet.
  return switchedOn(opened) ? [] : problem('none: faces are not compared in this case', 'embeddings of faces');
}
