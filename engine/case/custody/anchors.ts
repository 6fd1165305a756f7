// Anchors: entries of the log as they were seen from outside it, in a backup, a report, a note, or
// on this installation. A log that is cut short, replaced by an older one or made anew no longer
// has them, whatever its own hashes say.
import type { Sha256 } from '../../../contract/brand.ts';
import type { Verification } from '../../../contract/case.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit, auditEntriesOf, auditLink, firstEntryHash } from '../log/audit.ts';
import { headOfBackup, listBackups } from './backup.ts';

type Problem = Verification['problems'][number];

/** An entry that must be in the log, and where it was seen: "the backup …", "a report …". */
export type Anchor = { seq: number; hash: string; source: string };

const WENT_BACK = 'record.wentBack';

const hashAt = ({ db }: ReadableCase, seq: number): Sha256 | undefined =>
  db.first(query.selectFrom('audit').select('hash').where('seq', '=', seq))?.hash as Sha256 | undefined;

/**
 * What a case is known by wherever it lies: its first entry, the time it was made, and its first
 * file with the time it was taken in. A history that is made anew with the case's own rows keeps
 * one of them at least.
 */
export function identityMarks(opened: ReadableCase): string[] {
  const { db } = opened;
  const made = db.first(query.selectFrom('case_info').select('created_at'))?.created_at;
  const taken = db.first(query.selectFrom('evidence').select(['added_at', 'sha256']).orderBy('id').limit(1));
  return [
    ['first', firstEntryHash(opened)],
    ['made', made],
    ['taken', taken && `${taken.added_at} ${taken.sha256}`],
  ].flatMap(([what, mark]) => (typeof mark === 'string' && mark.length < 200 ? [`${what} ${mark}`] : []));
}

/** Anchors that the log does not have. */
export const missingAnchors = (opened: ReadableCase, anchors: readonly Anchor[]): Anchor[] =>
  anchors.filter(({ seq, hash }) => hashAt(opened, seq) !== hash);

/** The newest entries of the case's backups; one that cannot be read names none. */
export const backupAnchors = (folder: string): Anchor[] =>
  listBackups(folder).flatMap(({ file, name }) => {
    const head = headOfBackup(file);
    return head ? [{ ...head, source: `the backup ${name}` }] : [];
  });

/** What is said of a log that lacks an anchor. */
export function anchorWords(opened: ReadableCase, { seq, source }: Anchor): string {
  const now = auditLink(opened)?.seq ?? 0;
  return now < seq
    ? `The log was cut short or an older state was put in its place: ${source} has entry ${seq}, the log ends with entry ${now}.`
    : `The log is not the one that was seen before: its entry ${seq} is another than that of ${source}.`;
}

/** Enters each missing anchor once, so that it stays known. */
export function enterMissing(opened: WritableCase, anchors: readonly Anchor[]): void {
  const entered = new Set(auditEntriesOf(opened, WENT_BACK).map(({ details }) => details.hash));
  for (const anchor of anchors.filter(({ hash }) => !entered.has(hash))) {
    const subject = anchorWords(opened, anchor);
    appendAudit(opened, { who: '', action: WENT_BACK, subject, details: { ...anchor } });
  }
}

/** Anchors that are missing now, and those that were found missing before. */
export function anchorProblems(opened: ReadableCase, anchors: readonly Anchor[]): Problem[] {
  // An entry that is not of this shape was not made here; the chain says so.
  const before = auditEntriesOf(opened, WENT_BACK)
    .map(({ details }) => details as unknown as Anchor)
    .filter(({ seq, hash, source }) => [typeof seq, typeof hash, typeof source].join() === 'number,string,string');
  const known = new Set(before.map(({ hash }) => hash));
  const missing = missingAnchors(opened, anchors).filter(({ hash }) => !known.has(hash));
  return [...before, ...missing].map(({ seq, hash, source }) => ({
    kind: 'historyChanged',
    subject: `audit entry ${seq}, as ${source} has it`,
    expected: hash,
    found: hashAt(opened, seq) ?? 'no such entry',
  }));
}
