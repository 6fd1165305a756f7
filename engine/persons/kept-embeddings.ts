// What of the embeddings that the log holds is there.
import type { ReadableCase } from '../case/db/case-handle.ts';
import { hasEmbeddings } from '../case/embeddings-file.ts';
import { type HeldEmbeddings, heldEmbeddings } from '../case/rows/persons.ts';

/**
 * As the log holds them; undefined where there are to be none, or the file is not there: it is in no
 * portable case and in no backup, and is made anew.
 */
export const keptEmbeddings = (opened: ReadableCase): HeldEmbeddings | undefined =>
  hasEmbeddings(opened.folder) ? heldEmbeddings(opened) : undefined;
