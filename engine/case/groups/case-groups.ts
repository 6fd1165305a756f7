// The groups of an open case: read from their file as the log holds them, and a step entered in both.

import type { Sha256 } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { CaseDatabase } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit } from '../log/audit.ts';
import { heldGroups } from '../rows/persons.ts';
import { stepNotAsEntered } from './entered-steps.ts';
import { appendGroupStep, groupsFile, type KeptStep, NOT_AS_HELD, readGroupSteps } from './groups-file.ts';
import { actionOf, type StandingGroups, standingGroups } from './standing-groups.ts';

/** As they were last read, by the database of their case: good as long as the log holds these bytes. */
const known = new WeakMap<CaseDatabase, { sha256: Sha256; standing: StandingGroups }>();

const NONE: StandingGroups = standingGroups([]);

/** As they stand. Throws SEARCH_REFUSED where the file is not what the log holds. */
export function readGroups(opened: ReadableCase): StandingGroups {
  const held = heldGroups(opened);
  if (!held) return NONE;
  const before = known.get(opened.db);
  if (before?.sha256 === held.sha256) return before.standing;
  const standing = standingGroups(readGroupSteps(opened.folder, held));
  if (stepNotAsEntered(opened, held)) throw new RecceError('SEARCH_REFUSED', groupsFile(opened.folder), NOT_AS_HELD);
  known.set(opened.db, { sha256: held.sha256, standing });
  return standing;
}

/** Nothing of them is left in memory. */
export const forgetGroups = ({ db }: ReadableCase): void => void known.delete(db);

/** How a step is entered: the entry has its numbers, the file what it is about. */
export type StepEntry = { step: KeptStep; subject: string; details: Readonly<Record<string, unknown>> };

/**
 * Enters a step in the file, then in the log, which holds the file from then on. A process killed
 * between the two leaves a step that no entry holds: it is not read, and the next is written over it.
 */
export function enterGroupStep(opened: WritableCase, { step, subject, details }: StepEntry): StandingGroups {
  opened.db.transaction(() => {
    const held = heldGroups(opened);
    const now = appendGroupStep(opened.folder, held, step);
    const { who } = step;
    appendAudit(opened, { who, action: actionOf(step), subject, details: { ...details, ...now } });
  });
  return readGroups(opened);
}
