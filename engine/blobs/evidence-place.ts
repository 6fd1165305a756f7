// Where an evidence file lies now: inside a case that came with its evidence, else where it was found at intake.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Evidence } from '../../contract/evidence.ts';

/** Folder of evidence that a portable case brought along, by SHA-256. */
export const carriedFolder = (caseFolder: string): string => path.join(caseFolder, 'evidence');

/** The path to open, read-only. The row keeps the path of intake. */
export function placeOfEvidence(caseFolder: string, evidence: Pick<Evidence, 'path' | 'sha256'>): string {
  if (evidence.sha256 === null) return evidence.path;
  const carried = path.join(carriedFolder(caseFolder), evidence.sha256);
  return existsSync(carried) ? carried : evidence.path;
}

/** True if size and time of change of the file are those recorded: for what is too large to be hashed at every look. The copy in a portable case has a time of its own. */
export async function isAsTakenIn(
  place: string,
  { path: found, sizeBytes, modifiedAt }: Pick<Evidence, 'path' | 'sizeBytes' | 'modifiedAt'>,
): Promise<boolean> {
  const now = await stat(place).catch(() => undefined);
  if (!now || now.size !== sizeBytes) return false;
  return place !== found || now.mtime.toISOString() === modifiedAt;
}
