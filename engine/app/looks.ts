// Results that are handed out while nobody has said who looks: whoever takes a name next has seen
// them. It is entered here, where they leave the engine, and not by whoever asked for them: a window,
// a command and a picture alike.
import type { Contract } from '../../contract/procedures.ts';
import { isWritable } from '../case/db/case-handle.ts';
import { appendAudit } from '../case/log/audit.ts';
import { hasLookedUnnamed } from '../case/rows/last-open-look.ts';
import { hasResults } from '../case/rows/verdict.ts';
import type { CurrentCase, OpenedCase } from './current-case.ts';

/** True where the answer tells of single results, or of what was said of them. */
type Tells = boolean | ((input: unknown) => boolean);

/** Of all results of a case a count says nothing of any: every screen asks for it. */
const narrowed: Tells = (input) =>
  Object.values((input as { filter?: Readonly<Record<string, unknown>> } | undefined)?.filter ?? {}).some(
    (one) => one !== undefined,
  );

type AboutResults = 'finding' | 'video' | 'opinion' | 'rerun' | 'stability' | 'persons' | 'copies';
type Table = { readonly [R in AboutResults]: Readonly<Record<keyof Contract[R], Tells>> };

const TELLS: Table = {
  finding: {
    query: true,
    place: true,
    facets: narrowed,
    counts: narrowed,
    inspect: true,
    subject: false,
    // Of what somebody with a name has just marked.
    marked: false,
    views: false,
    saveView: false,
    removeView: false,
  },
  video: { list: true, timeline: true, opinionsElsewhere: true },
  // Who gives an opinion or takes one back is named; the reasons are their own.
  opinion: { give: false, giveMany: false, undo: false, reasons: false, agreement: true, history: true },
  rerun: { start: false, read: true },
  stability: { start: false, read: true, ofVerdict: true, measured: false },
  // Which faces look alike does not hang on what was said of them: blind review shows it.
  persons: { state: false, switchOn: false, measure: false, erase: false, find: false },
  // Nor which pictures do.
  copies: { state: false, make: false, find: false, like: false },
};

/** What a report and a folder of faces hold is entered by the entry of what was written out. */
const ELSEWHERE: readonly string[] = ['case.activity', 'report.preview', 'report.countShown'];

/** Whether this call of the contract hands out results. */
export function tellsOfResults([router = '', name = '']: readonly string[], input: unknown): boolean {
  const row: Readonly<Record<string, Tells>> = TELLS[router as AboutResults] ?? {};
  const tells = row[name] ?? ELSEWHERE.includes(`${router}.${name}`);
  return typeof tells === 'function' ? tells(input) : tells;
}

/** Before results of the open case leave the engine. Throws what keeps an entry from being written. */
export function beforeResults(currentCase: CurrentCase): void {
  if (currentCase.isOpen && hasResults(currentCase.opened.handle) && enterLook(currentCase.opened))
    currentCase.changes.publish(null);
}

/**
 * Enters a look by nobody, once until a name is taken; in blind review there is none, since nothing
 * is shown, nor of a case that takes no entry. True where it was entered.
 */
export function enterLook({ handle, session }: Pick<OpenedCase, 'handle' | 'session'>): boolean {
  if (session.examiner !== null || session.blind || !isWritable(handle) || hasLookedUnnamed(handle)) return false;
  appendAudit(handle, { who: '', action: 'examiner.unnamed', subject: 'no examiner', details: {} });
  return true;
}
