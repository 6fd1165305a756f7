// Deciding on the selected face, by key or by button, and going on to the next.
import type { Finding } from '../../contract/finding.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import { isTileDrawn } from './drawn-tiles.ts';
import { clearMarks, goOn, grid, isOfMany, markedRows, selectedRow, selectRow, setCursor } from './grid-state.ts';
import { notify } from './notices.ts';
import { giveOpinion, hasExaminer, waitsForUndo } from './opinions.ts';
import { show } from './overlays.ts';
import { settingsNow } from './settings.ts';

export const LAST_ONE =
  'that was the last face of the list, and it is decided. To change what you said of it, press an arrow key first.';

/** By a key; on the last face of the list, once it is decided, it was meant for one that is not there. */
export function decideByKey(conclusion: Conclusion): void {
  const { ended } = grid.get();
  if (ended !== null && ended === selectedRow()?.verdictId) notify(`Nothing was recorded: ${LAST_ONE}`);
  else void decide(conclusion);
}

const NOT_DRAWN = 'Nothing was recorded: the picture of that face was not on screen yet. Give it again.';
const NOT_THERE = 'Nothing was recorded: the list was still being read. Give it again.';

/** True, and said, while the rows on screen are not those that were asked for. */
export function waitsForList(): boolean {
  const { awaited } = grid.get();
  if (awaited) notify(NOT_THERE);
  return awaited;
}

/** True, and said, while the row's picture is not on screen. */
export function waitsForPicture(row: Finding | undefined): boolean {
  const waits = row !== undefined && !isTileDrawn(row.verdictId);
  if (waits) notify(NOT_DRAWN);
  return waits;
}

/** After an opinion: on to the next face, if that is how the examiner works. */
const goesOnAfter = (conclusion: Conclusion): boolean =>
  settingsNow().autoAdvance && conclusion !== 'withdrawn' && conclusion !== 'note';

/**
 * Gives an opinion on the selected face and goes on to the next, if that is how the examiner works.
 * While a name or a reason is asked for, the face is the selected one again, and stays so without
 * an answer: none is passed over.
 */
export async function decide(conclusion: Conclusion): Promise<void> {
  if (waitsForList()) return;
  if (isOfMany(grid.get())) return decideMany(conclusion);
  const finding = selectedRow();
  // Before the cursor goes on: the undo brings it back to where it belongs.
  if (!finding || waitsForUndo(finding)) return;
  if (waitsForPicture(finding)) return;
  await giveAndGoOn(finding, conclusion);
}

/**
 * Gives an opinion on a row of the list and goes on to the next, if that is how the examiner works.
 * Resolves to whether it stands.
 */
export async function giveAndGoOn(finding: Finding, conclusion: Conclusion, note?: string): Promise<boolean> {
  const { verdictId } = finding;
  const goesOn = goesOnAfter(conclusion);
  let isLast = goesOn && !goOn(verdictId);
  let asked = false;
  const given = await giveOpinion(finding, conclusion, note, () => {
    asked = true;
    selectRow(verdictId);
  });
  if (given && asked && goesOn && selectRow(verdictId)) isLast = !goOn(verdictId);
  if (isLast && given) notify('That was the last face of the list.');
  // Nothing was recorded: the next key is for this one.
  else if (isLast && grid.get().ended === verdictId) selectRow(verdictId);
  return given;
}

/** After an opinion on all that is selected: on to the one behind the last of them. */
export function goOnBehindMarked(conclusion: Conclusion): void {
  const last = Math.max(...grid.get().marked, grid.get().cursor);
  if (!goesOnAfter(conclusion)) {
    clearMarks();
    return;
  }
  setCursor(last);
  const row = selectedRow();
  if (row && !goOn(row.verdictId)) notify('That was the last face of the list.');
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
  if (waitsForList()) return;
  if (isOfMany(grid.get())) void decideMany('note');
  else if (selectedRow()) show({ kind: 'note' });
}
