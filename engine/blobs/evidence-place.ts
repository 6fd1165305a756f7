// Where an evidence file lies now: inside a case that came with its evidence, else where it was found at intake.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Evidence } from '../../contract/evidence.ts';

/** Folder of evidence that a portable case brought along, by SHA-256. */
export const carriedFolder = (caseFolder: string): string => path.join(caseFolder, 'evidence');

/** Where the case looks for a file: where it was said to have moved to, else where it was found at intake. */
export const recordedPlace = ({ path, movedTo }: Pick<Evidence, 'path' | 'movedTo'>): string => movedTo?.path ?? path;

/** The path to open, read-only. The row keeps the path of intake. */
export function placeOfEvidence(caseFolder: string, evidence: Pick<Evidence, 'path' | 'movedTo' | 'sha256'>): string {
  if (evidence.sha256 === null) return recordedPlace(evidence);
  const carried = path.join(carriedFolder(caseFolder), evidence.sha256);
  return existsSync(carried) ? carried : recordedPlace(evidence);
}

/** The time of change a file has where the case looks for it, as recorded. */
export const recordedTime = ({ modifiedAt, movedTo }: Pick<Evidence, 'modifiedAt' | 'movedTo'>): string | null =>
  movedTo?.modifiedAt ?? modifiedAt;

/** True if size and time of change of the file are those recorded: for what is too large to be hashed at every look. The copy in a portable case has a time of its own. */
export async function isAsTakenIn(
  place: string,
  evidence: Pick<Evidence, 'path' | 'movedTo' | 'sizeBytes' | 'modifiedAt'>,
): Promise<boolean> {
  const now = await stat(place).catch(() => undefined);
  if (!now || now.size !== evidence.sizeBytes) return false;
  return place !== recordedPlace(evidence) || now.mtime.toISOString() === recordedTime(evidence);
}
