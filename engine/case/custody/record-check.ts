// Is the record whole? The layout is that of the migrations, rows are what the entries of the log
// that hold them say, and what follows from other rows does follow. Read-only.
import type { AuditEntry, Verification } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { layoutDifferences } from '../db/schema-check.ts';
import { eachEntryOf } from '../log/audit.ts';
import { allSteps, type Steps } from '../log/segment.ts';
import { modelProblems } from '../rows/model.ts';
import type { BoundHere } from '../rows/persons.ts';
import { derivedProblems, type WhyOdd } from './derived-check.ts';
import { earlierSealProblems } from './earlier-seals.ts';
import { checkEmbeddings } from './embeddings-check.ts';
import { entryChecks, jobsOnTheirWay } from './entry-check.ts';
import { checkHashes } from './hashes-check.ts';
import { leftBehindRemarks } from './left-behind-check.ts';
import { type Checked, checkSeals } from './seal-check.ts';
import { unreadableRows } from './unreadable-rows.ts';

type Problem = Verification['problems'][number];

/** All that is wrong, at once. */
export const recordProblems = (opened: ReadableCase): Problem[] => allSteps(checkRecord(opened)).problems;

/**
 * What a case does not know of itself: why a score does not follow from its logit, which the trunk
 * says, and what this installation says of what it made.
 */
export type KnownHere = { whyOdd?: WhyOdd; boundHere?: BoundHere };

/**
 * All that is wrong, and what the log does not hold, in steps. A part of the record that cannot be
 * read is a problem like others.
 */
export function* checkRecord(opened: ReadableCase, { whyOdd, boundHere }: KnownHere = {}): Steps<Checked> {
  const problems = layoutProblems(opened);
  const remarks = [...sealedAsFound(opened), ...jobsOnTheirWay(opened)];
  const parts: [string, () => Steps<Checked>][] = [
    ...entryChecks.map(({ name, problems: check }): (typeof parts)[number] => [
      name,
      () => atOnce(() => check(opened)),
    ]),
    ['embeddings of faces', () => checkEmbeddings(opened, boundHere)],
    ['hashes of pictures', () => checkHashes(opened, boundHere)],
    ['what a portable case leaves behind', () => remarksOf(() => leftBehindRemarks(opened))],
    ['models', () => atOnce(() => modelProblems(opened))],
    ['rows', () => withoutRemarks(unreadableRows(opened))],
    ['seals', () => checkSeals(opened)],
    ['seals of earlier versions', () => atOnce(() => earlierSealProblems(opened))],
    ['what follows from other rows', () => withoutRemarks(derivedProblems(opened, whyOdd))],
  ];
  for (const [name, part] of parts) {
    const found = yield* orUnreadable(name, part());
    problems.push(...found.problems);
    remarks.push(...found.remarks);
  }
  return { problems, remarks };
}

// biome-ignore lint/correctness/useYield: one step
function* remarksOf(say: () => string[]): Steps<Checked> {
  return { problems: [], remarks: say() };
}

// biome-ignore lint/correctness/useYield: one step
function* atOnce(check: () => Problem[]): Steps<Checked> {
  return { problems: check(), remarks: [] };
}

function* withoutRemarks(steps: Steps<Problem[]>): Steps<Checked> {
  return { problems: yield* steps, remarks: [] };
}

/** A database that somebody has changed may lack what is asked for. */
function* orUnreadable(name: string, steps: Steps<Checked>): Steps<Checked> {
  try {
    return yield* steps;
  } catch (error) {
    const found = error instanceof RecceError ? error.detail : error instanceof Error ? error.message : String(error);
    return {
      problems: [
        { kind: 'databaseDamaged', subject: `a part of the record: ${name}`, expected: 'readable rows', found },
      ],
      remarks: [],
    };
  }
}

/**
 * What is in the database that the migrations did not make, and what they made that is no longer
 * so.
 */
const layoutProblems = ({ db }: ReadableCase): Problem[] =>
  layoutDifferences(db.raw).map(({ name, expected, found }) => ({
    kind: expected !== null && found === null && name.startsWith('trigger') ? 'guardMissing' : 'layoutChanged',
    subject: name,
    expected: expected ?? 'nothing of this name',
    found: found ?? 'none',
  }));

/** Rows that were sealed when they were found, not when they were made; of a scan that added none, nothing. */
function sealedAsFound(opened: ReadableCase): string[] {
  const remarks: string[] = [];
  for (const { seq, at, details } of eachEntryOf(opened, 'record.sealed'))
    if (hasSealed(details))
      remarks.push(
        `Rows of a scan that was interrupted were sealed as they were found, by audit entry ${seq} (${at}).`,
      );
  return remarks;
}

function hasSealed({ sealed, settled, videos }: AuditEntry['details']): boolean {
  const [states, films] = [settled as { ids?: string }, videos as { finished?: string; unfinished?: unknown[] }];
  if (Object.keys(sealed ?? {}).length > 0 || states?.ids !== '' || films?.finished !== '') return true;
  return (films.unfinished?.length ?? 0) > 0;
}
