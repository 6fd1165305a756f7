// The table of every file of the case: what it is, when it was changed, its hash, and what became
// of it.

import type { Evidence } from '../../../contract/evidence.ts';
import { remarkWords } from '../../../contract/remark-words.ts';
import { isArchive } from '../../../contract/unreadable.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { equalsWords, filesByHash } from './equal-files.ts';

/** `2026-11-24 20:31:00` from an ISO instant. */
const instantText = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;

const sizeOf = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`;

function asRead({ state, succeeds, succeededBy }: Evidence): string {
  if (succeededBy !== undefined) return 'could not be read then; read later, see its row with a hash';
  const before = succeeds
    ? [`refused before (${succeeds.reason}), on ${instantText(succeeds.addedAt)}: that row stays`]
    : [];
  switch (state.kind) {
    case 'read':
      return [`${state.widthPx} x ${state.heightPx} px`, ...state.remarks.map(remarkWords), ...before].join('\n');
    case 'pending':
      return ['not examined yet', ...before].join('\n');
    default:
      return [isArchive(state) ? 'an archive, see above' : 'unreadable, see above', ...before].join('\n');
  }
}

export async function writeEvidenceTable(sheet: Sheet, evidence: readonly Evidence[]): Promise<void> {
  sheet.heading('Annex A: files and hashes');
  await sheet.table(
    [0.25, 0.16, 0.485, 0.105],
    rowsOf(evidence),
    ['File', 'Type, size, last changed (UTC)', 'SHA-256', 'As read'],
    { style: STYLES.dense, head: STYLES.denseHead },
  );
}

/** Of a file in an archive nothing but the archive's own time is known to the system. */
function changedText({ modifiedAt, archive }: Evidence): string {
  const time = modifiedAt ? instantText(modifiedAt) : 'time unknown';
  return archive ? `its archive: ${time}` : time;
}

function* rowsOf(evidence: readonly Evidence[]): Generator<string[]> {
  const byHash = filesByHash(evidence);
  for (const one of evidence)
    yield [
      visibleText(one.shownPath),
      `${one.mediaType}, ${one.sha256 ? sizeOf(one.sizeBytes) : 'size unknown'}\n${changedText(one)}`,
      one.sha256 ? [one.sha256, equalsWords(one, byHash) ?? []].flat().join('\n') : 'not hashed: no byte could be read',
      asRead(one),
    ];
}
