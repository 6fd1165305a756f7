// What of the embeddings that the log holds is there, and was made here.
import type { ReadableCase } from '../case/db/case-handle.ts';
import { hasEmbeddings } from '../case/embeddings-file.ts';
import { areMadeHere, type BoundHere, type HeldEmbeddings, heldEmbeddings } from '../case/rows/persons.ts';

/**
 * As the log holds them; undefined where there are to be none, or the file is not there: it is in no
 * portable case and in no backup, and is made anew.
 */
export const keptEmbeddings = (opened: ReadableCase): HeldEmbeddings | undefined =>
  hasEmbeddings(opened.folder) ? heldEmbeddings(opened) : undefined;

/** Whether what is kept was made by another installation: its numbers are somebody's word. */
export function areFromElsewhere(opened: ReadableCase, boundHere: BoundHere): boolean {
  const held = keptEmbeddings(opened);
  return held !== undefined && !areMadeHere(opened, held, boundHere);
}

/** Those of this installation alone. */
export const ownEmbeddings = (opened: ReadableCase, boundHere: BoundHere): HeldEmbeddings | undefined =>
  areFromElsewhere(opened, boundHere) ? undefined : keptEmbeddings(opened);
