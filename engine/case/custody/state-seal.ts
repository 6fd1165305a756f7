// States of files in the seals. What a scan comes to is sealed once, by the entry at its end: the
// states of the files that it went through. A later look that finds another state says so in an
// entry of its own, with the state there was (evidence.restated), so that the seals before it can
// still be held against the rows.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../contract/brand.ts';
import type { Verification } from '../../../contract/case.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { eachKeptEntryOf } from '../log/audit.ts';
import { extentOf, joinedSpans, rangesFrom, spansFrom, spansOutside } from '../log/id-ranges.ts';
import { isHash, lastIdOf, lineOf, rowsInPortions, type Steps } from '../log/segment.ts';
import { PENDING, RESTATED } from '../rows/evidence.ts';

/** Ids of files ("3-7,9") that were gone through since the last seal, and the hash of their states. */
export type SettledSeal = { ids: string; sha256: Sha256 };
/** What an entry says as such a seal; undefined where it is none as is made here. */
export function settledFrom(said: unknown): SettledSeal | undefined {
  const { ids, sha256 } = (said ?? {}) as Partial<Record<keyof SettledSeal, unknown>>;
  return extentOf(ids) && isHash(sha256) ? { ids: ids as string, sha256 } : undefined;
}

/** One in the log. */
export type KnownSettled = SettledSeal & { seq: number };

type Problem = Verification['problems'][number];
type Said = { mediaType: string; state: string };
type Restated = { seq: number; was: Said; now: Said };

const STATES = { columns: ['media_type', 'state'], table: 'evidence' };

/** Spans of ids up to `last` that no seal has. */
const unsealed = (known: readonly KnownSettled[], last: number) =>
  spansOutside(
    joinedSpans(
      known.map((one) => one.ids),
      last,
    ),
    last,
  );

/** The seal over files that no seal has as gone through, and that are not waiting. */
export function* sealSettled(opened: ReadableCase, known: readonly KnownSettled[]): Steps<SettledSeal> {
  const last = lastIdOf(opened, 'evidence');
  const hash = createHash('sha256');
  const ids: number[] = [];
  for (const [from, to] of unsealed(known, last))
    yield* rowsInPortions(opened.db, STATES, [from - 1, to], (row, id) => {
      if (row[1] === PENDING) return;
      ids.push(id);
      hash.update(lineOf([id, ...row]));
    });
  return { ids: rangesFrom(ids), sha256: hash.digest('hex') as Sha256 };
}

/** Entries on states that a later look found to be others, by file, oldest first. */
function restatedOf(opened: ReadableCase): Map<number, Restated[]> {
  const found = new Map<number, Restated[]>();
  for (const { seq, details } of eachKeptEntryOf(opened, RESTATED)) {
    const { evidenceId, was, now } = details as { evidenceId: number; was: Said; now: Said };
    if (typeof was?.state !== 'string' || typeof now?.state !== 'string') continue;
    const before = found.get(evidenceId);
    if (before) before.push({ seq, was, now });
    else found.set(evidenceId, [{ seq, was, now }]);
  }
  return found;
}

/** Seals that the states do not fit, states that no seal has, and changes that do not follow. */
export function* settledProblems(
  opened: ReadableCase,
  known: readonly KnownSettled[],
  isOpen: boolean,
): Steps<Problem[]> {
  const restated = restatedOf(opened);
  const problems: Problem[] = [];
  const last = lastIdOf(opened, 'evidence');
  for (const { seq, ids, sha256 } of known) {
    const hash = createHash('sha256');
    for (const [from, to] of spansFrom(ids, last))
      yield* rowsInPortions(opened.db, STATES, [from - 1, to], (row, id) => {
        const was = restated.get(id)?.find((one) => one.seq > seq)?.was;
        hash.update(lineOf(was ? [id, was.mediaType, was.state] : [id, ...row]));
      });
    const found = hash.digest('hex');
    if (found !== sha256)
      problems.push(problemOf(`states of files ${shortened(ids)}, sealed by audit entry ${seq}`, sha256, found));
  }
  problems.push(...restatedProblems(opened, restated));
  if (known.length > 0 && !isOpen) problems.push(...(yield* unsettled(opened, known)));
  return problems;
}

const shortened = (ids: string): string => (ids.length > 100 ? `${ids.slice(0, 100)}…` : ids);

const problemOf = (subject: string, expected: string, found: string): Problem => ({
  kind: 'evidenceChanged',
  subject,
  expected,
  found,
});

const wordsOf = ({ mediaType, state }: Said): string => `${mediaType} ${state}`.slice(0, 500);

/** Each change begins with what the one before it left; the row has what the last one left. */
function restatedProblems({ db }: ReadableCase, restated: ReadonlyMap<number, readonly Restated[]>): Problem[] {
  const select = db.raw.prepare('SELECT media_type, state FROM evidence WHERE id = ?').raw();
  return [...restated].flatMap(([id, changes]) => {
    const row = select.get(id) as [string, string] | undefined;
    const becomes = [...changes.slice(1).map(({ was }) => was), row && { mediaType: row[0], state: row[1] }];
    return changes.flatMap(({ seq, now }, i) => {
      const found = becomes[i];
      const same = found?.state === now.state && found.mediaType === now.mediaType;
      const subject = `state of file ${id}, as audit entry ${seq} has it`;
      return same ? [] : [problemOf(subject, wordsOf(now), found ? wordsOf(found) : 'no such row')];
    });
  });
}

/** Files whose state is one that a scan leaves, while no scan of the log left it. */
function* unsettled(opened: ReadableCase, known: readonly KnownSettled[]): Steps<Problem[]> {
  const last = lastIdOf(opened, 'evidence');
  const problems: Problem[] = [];
  for (const [from, to] of unsealed(known, last))
    yield* rowsInPortions(opened.db, STATES, [from - 1, to], (row, id) => {
      if (row[1] !== PENDING && problems.length < NAMED)
        problems.push(
          problemOf(`state of file ${id}`, `${PENDING}: no scan of the log went through it`, String(row[1])),
        );
    });
  return problems;
}

/** Files named one by one. */
const NAMED = 100;

/** A sentence on states that later looks found to be others, where there are any. */
export function restatedRemark(opened: ReadableCase): string[] {
  const restated = restatedOf(opened);
  if (restated.size === 0) return [];
  const files = restated.size === 1 ? '1 file' : `${restated.size} files`;
  const first = Math.min(...[...restated.values()].map(([one]) => one!.seq));
  return [
    `A later look found another state of ${files} than the one before it, as the log says from entry ${first} on.`,
  ];
}
