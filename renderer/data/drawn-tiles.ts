// Which faces of the grid are on screen with their picture: nobody says anything of one that was not
// drawn yet. After a reload, or a leap in the list, its row is there before its picture is.
import type { VerdictId } from '../../contract/brand.ts';

const drawn = new Set<VerdictId>();

/** Returns what takes it back. */
export function tileDrawn(id: VerdictId): () => void {
  drawn.add(id);
  return () => void drawn.delete(id);
}

export const isTileDrawn = (id: VerdictId): boolean => drawn.has(id);
