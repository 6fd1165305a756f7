// The table of every file of the case: what it is, when it was changed, its hash, and what became of it.
import type { Evidence } from '../../../contract/evidence.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import type { Sheet } from '../sheet.ts';
import { equalsInWords, filesByHash } from './equal-files.ts';

/** `2026-11-24 20:31:00 UTC` from an ISO instant. */
const wordsFromInstant = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;

/** A hash in two lines of 32, so that it can be compared by eye. */
const twoLines = (sha256: string): string => `${sha256.slice(0, 32)}\n${sha256.slice(32)}`;

const sizeOf = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`;

function asRead({ state, succeeds, succeededBy }: Evidence): string {
  if (succeededBy !== undefined) return 'could not be read then; read later, see its row with a hash';
  const before = succeeds
    ? [`refused before (${succeeds.reason}), on ${wordsFromInstant(succeeds.addedAt)}: that row stays`]
    : [];
  switch (state.kind) {
    case 'read':
      return [`${state.widthPx} x ${state.heightPx} px`, ...state.remarks, ...before].join('\n');
    case 'pending':
      return ['not examined yet', ...before].join('\n');
    default:
      return ['unreadable, see above', ...before].join('\n');
  }
}

export function writeEvidenceTable(sheet: Sheet, evidence: readonly Evidence[]): void {
  sheet.heading('Evidence');
  const byHash = filesByHash(evidence);
  const rows = evidence.map((one) => [
    visibleText(one.relativePath),
    one.mediaType,
    `${one.sha256 ? sizeOf(one.sizeBytes) : 'size unknown'}\n${one.modifiedAt ? wordsFromInstant(one.modifiedAt) : 'time unknown'}`,
    one.sha256
      ? [twoLines(one.sha256), equalsInWords(one, byHash) ?? []].flat().join('\n')
      : 'not hashed: no byte could be read',
    asRead(one),
  ]);
  sheet.table([0.21, 0.11, 0.21, 0.33, 0.14], rows, ['File', 'Type', 'Size, last changed', 'SHA-256', 'As read']);
}
