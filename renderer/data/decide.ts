// Deciding on the selected face, by key or by button, and going on to the next.
import type { Conclusion } from '../../contract/opinion.ts';
import { moveCursor, selectedRow, selectRow } from './grid-state.ts';
import { giveOpinion, waitsForUndo } from './opinions.ts';
import { settingsNow } from './settings.ts';

/**
 * Gives an opinion on the selected face and goes on to the next, if that is how the examiner works.
 * While a name or a reason is asked for, the face is the selected one again, and stays so without
 * an answer: none is passed over.
 */
export async function decide(conclusion: Conclusion): Promise<void> {
  const finding = selectedRow();
  // Before the cursor goes on: the undo brings it back to where it belongs.
  if (!finding || waitsForUndo(finding)) return;
  const goesOn = settingsNow().autoAdvance && conclusion !== 'withdrawn';
  if (goesOn) moveCursor(1);
  let asked = false;
  const given = await giveOpinion(finding, conclusion, undefined, () => {
    asked = true;
    selectRow(finding.verdictId);
  });
  if (given && asked && goesOn && selectRow(finding.verdictId)) moveCursor(1);
}
