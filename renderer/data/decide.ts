// Deciding on the selected face, by key or by button, and going on to the next.
import type { Finding } from '../../contract/finding.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import { grid, isOfMany, markedRows, moveCursor, selectedRow, selectRow } from './grid-state.ts';
import { notify } from './notices.ts';
import { giveOpinion, hasExaminer, waitsForUndo } from './opinions.ts';
import { show } from './overlays.ts';
import { settingsNow } from './settings.ts';

/**
 * Gives an opinion on the selected face and goes on to the next, if that is how the examiner works.
 * While a name or a reason is asked for, the face is the selected one again, and stays so without
 * an answer: none is passed over.
 */
export async function decide(conclusion: Conclusion): Promise<void> {
  if (isOfMany(grid.get())) return decideMany(conclusion);
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

/** Of several faces selected together: asked first, with their number and names. */
export async function decideMany(conclusion: Conclusion): Promise<void> {
  const rows = await markedRows();
  const takes = ({ faceId, ownConclusion }: Finding): boolean =>
    conclusion === 'withdrawn' ? ownConclusion !== null : conclusion === 'note' || faceId !== null;
  const findings = rows.filter(takes);
  const [first] = findings;
  if (!first) notify('Nothing was recorded: none of the selected results takes it.');
  else if (!waitsForUndo(first) && (await hasExaminer()))
    show({ kind: 'many', findings, left: rows.length - findings.length, conclusion });
}

/** A note of the selected face, or of those selected together. */
export function editNote(): void {
  if (isOfMany(grid.get())) void decideMany('note');
  else if (selectedRow()) show({ kind: 'note' });
}
