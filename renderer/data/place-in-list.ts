// Where the cursor belongs in a list that has just come: on the face that is selected by then. A
// list takes a while to come, and the hand does not wait for it.
import type { VerdictId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import type { FindingList } from './finding-list.ts';

/** The engine's answer: how many come before the face of this finding; null where it is not there. */
type PlaceOf = (list: FindingList, verdictId: VerdictId) => Promise<number | null>;

async function placeOfRow(list: FindingList, row: Finding, placeOf: PlaceOf): Promise<number> {
  const here = (): number => Math.max(list.indexOf(row.verdictId), list.indexOfSubject(row));
  if (here() >= 0) return here();
  const place = await placeOf(list, row.verdictId);
  if (place !== null) await list.get(place);
  return Math.max(0, here());
}

/**
 * Index in `list` of the face that is selected when this resolves, however often the selection moved
 * meanwhile; 0 where nothing is, or the list has it not.
 */
export async function placeInList(
  list: FindingList,
  selected: () => Finding | undefined,
  placeOf: PlaceOf,
): Promise<number> {
  for (;;) {
    const row = selected();
    const at = row ? await placeOfRow(list, row, placeOf) : 0;
    if (selected()?.verdictId === row?.verdictId) return at;
  }
}
