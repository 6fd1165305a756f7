// The embeddings of faces against the log and the case: what is there is what its last entry holds, and
// of faces that the case has. That they are not there is no change: they are made from the evidence,
// are left out of copies, and can be made again.
import type { ReadableCase } from '../db/case-handle.ts';
import { EMBEDDINGS_FILE, hasEmbeddings, whyNotAsHeld } from '../embeddings-file.ts';
import type { Steps } from '../log/segment.ts';
import { areMadeHere, type BoundHere, faceTexts, heldEmbeddings, switchedOn } from '../rows/persons.ts';
import type { Checked } from './seal-check.ts';

/** Whether they were made on this workstation is asked where `boundHere` is given. */
export function* checkEmbeddings(opened: ReadableCase, boundHere?: BoundHere): Steps<Checked> {
  const { folder } = opened;
  if (!hasEmbeddings(folder)) return { problems: [], remarks: [] };
  const problem = (expected: string, found: string): Checked => ({
    problems: [{ kind: 'embeddingsChanged', subject: EMBEDDINGS_FILE, expected, found }],
    remarks: [],
  });
  const held = heldEmbeddings(opened);
  if (held) {
    const found = yield* whyNotAsHeld(folder, held, faceTexts(opened));
    const expected = `${held.embeddings} embeddings of SHA-256 ${held.sha256}, as audit entry ${held.seq} says`;
    if (found !== undefined) return problem(expected, found);
    const isForeign = boundHere !== undefined && !areMadeHere(opened, held, boundHere);
    return { problems: [], remarks: isForeign ? [MADE_ELSEWHERE] : [] };
  }
  // A run that was killed before its first entry leaves a file that none holds yet.
  if (switchedOn(opened)) return { problems: [], remarks: [] };
  return problem('none: faces are not compared in this case', 'embeddings of faces');
}

const MADE_ELSEWHERE =
  'The embeddings of faces were made by another installation of the workstation, or by an earlier version. They are as the log holds them, which whoever wrote the log can have made so: nothing is compared with them here until they are made anew.';
