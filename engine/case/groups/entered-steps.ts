// Each step of the groups of faces against the entry that entered it. The last entry holds all of the file;
// but whoever can write an entry could have it hold a file in which an earlier step says something else.
import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../../contract/case.ts';
import { GROUP_ACTIONS } from '../../../contract/face-groups.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { eachEntryBehind } from '../log/audit.ts';
import { endOfGroups, saidOfGroups } from '../rows/persons.ts';
import { bytesOfGroups, type KeptStep, keptStepSchema, type SaidOfGroups } from './groups-file.ts';
import { actionOf } from './standing-groups.ts';

/** The first step that is not what its entry says. */
export type OtherStep = { seq: number; expected: string; found: string };

/** Undefined where every step is as it was entered. `held`: what the last entry holds, which the file has. */
export function stepNotAsEntered(opened: ReadableCase, held: SaidOfGroups): OtherStep | undefined {
  const bytes = bytesOfGroups(opened.folder, held.bytes);
  const hash = createHash('sha256');
  let [steps, at] = [0, 0];
  for (const entry of eachEntryBehind(opened, endOfGroups(opened), ...GROUP_ACTIONS)) {
    steps += 1;
    const said = saidOfGroups(entry);
    const expected = `step ${steps}, entered as ${entry.action} by ${entry.who}`;
    const other = (found: string): OtherStep => ({ seq: entry.seq, expected, found });
    if (said?.steps !== steps || said.bytes <= at || said.bytes > bytes.length)
      return other('an entry that does not follow the one before it');
    const added = bytes.subarray(at, said.bytes);
    at = said.bytes;
    if (hash.update(added).copy().digest('hex') !== said.sha256) return other('another step, or one before it');
    const step = lastStepIn(added, steps === 1);
    if (!step || !isStepOf(step, entry)) return other('a step of another kind, by somebody else or of others');
  }
  return undefined;
}

/** A step is a line; before the first stands one that says what the file is. */
function lastStepIn(added: Uint8Array, isFirst: boolean): KeptStep | undefined {
  const lines = Buffer.from(added).toString('utf8').split('\n');
  if (lines.length !== (isFirst ? 3 : 2) || lines.at(-1) !== '') return undefined;
  try {
    return keptStepSchema.safeParse(JSON.parse(lines.at(-2)!)).data;
  } catch {
    return undefined;
  }
}

/** What an entry says of a step, beside more: numbers of groups and faces, never which or what they are called. */
export function saidOfStep(step: KeptStep): Readonly<Record<string, unknown>> {
  if (step.kind === 'undone') return {};
  if (step.kind === 'proposed') return { groups: step.groups.length };
  const { group } = step;
  switch (step.kind) {
    case 'merged':
      return { group, groups: step.groups };
    case 'split':
      return { group, as: step.as, faces: step.faces.length };
    case 'takenOut':
    case 'added':
      return { group, faces: step.faces.length };
    default:
      return { group };
  }
}

const isStepOf = (step: KeptStep, { action, who, details }: AuditEntry): boolean =>
  actionOf(step) === action &&
  step.who === who &&
  Object.entries(saidOfStep(step)).every(([name, said]) => JSON.stringify(details[name]) === JSON.stringify(said));
