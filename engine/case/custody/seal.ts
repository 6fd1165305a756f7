// What the end of a scan, whatever its end, seals in the audit chain: the rows it added to each
// table, the state of every file, and the films it went through. What is not the scan's own is not
// taken over: an entry at its beginning says where its rows begin. Read by verify through
// seal-check.ts.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../contract/brand.ts';
import type { AuditEntry } from '../../../contract/case.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit, eachKeptEntryOf, entersEveryRow } from '../log/audit.ts';
import { SCAN_TABLES, type SealedTable } from '../log/held-tables.ts';
import { extentOf } from '../log/id-ranges.ts';
import {
  hashSegment,
  isCount,
  lastIdOf,
  lineOf,
  rowsInPortions,
  runYielding,
  type Segment,
  type Steps,
  segmentFrom,
} from '../log/segment.ts';
import { RESTATED } from '../rows/evidence.ts';
import type { EarlierSeal } from './earlier-seals.ts';
import { type KnownSettled, type SettledSeal, sealSettled, settledFrom } from './state-seal.ts';
import { lastFilm, sealVideos, unsealedFilms, type VideoSeal, videoSealFrom } from './video-seal.ts';

/**
 * The state of every file up to an id, as earlier versions sealed it. Only the last such seal can be
 * checked: states change with scans.
 */
export type StateSeal = { upTo: number; sha256: Sha256 };
/** What an entry at the end of a scan holds. */
export type ScanSeal = {
  sealed: Partial<Record<SealedTable, Segment>>;
  /** Of an earlier version: the states of all files together. */
  states?: StateSeal;
  settled: SettledSeal;
  videos: VideoSeal;
};
type RowNumbers = Partial<Record<SealedTable, number | undefined>>;
type SealingEntry = { who: string; action: string; subject: string; details: Record<string, unknown> };

const BEGINNING = ['scan.started', 'scan.resumed'] as const;
/** Entered where what a scan is about to change is not what the last seal says. */
const DIFFERS = 'record.differs';
const ENDING = ['scan.finished', 'scan.ended', 'record.sealed', 'job.cancelled'] as const;

/** Rows in a place of a table that no scan of the log wrote. */
export type Gap = { table: SealedTable; from: number; to: number; seq: number };

/** The seal that states do not fit, and both hashes. */
export type StateDifference = { sealedBy: number; expected: string; found: string };

export type OddEntry = { seq: number; what: string; expected: string; found: string };

/** What the log says of scans and their rows. */
export type ScanLedger = {
  /** Jobs that have begun, or may at any moment, and have not ended. */
  open: ReadonlySet<number>;
  /**
   * Where the rows of what is open begin; undefined where an earlier version left rows that no seal
   * covers.
   */
  next: RowNumbers;
  /** Tables that a seal of this kind covers. */
  sealed: ReadonlySet<SealedTable>;
  gaps: readonly Gap[];
  /**
   * Film scans that were there when a scan began, and that no scan before it had made or left so.
   */
  filmsOfNoScan: ReadonlySet<number>;
  /** States of files that scans found changed when they began. */
  differences: readonly StateDifference[];
  /**
   * Seals over other states of the same files than the seal before them, with which no row and no
   * film came that they could follow from.
   */
  unfounded: readonly { seq: number; before: number }[];
  /** Seals on the states of the files that each scan went through. */
  settled: readonly KnownSettled[];
  /**
   * Entries on a scan that say what none of a scan says: bounds that are none, rows, files or films
   * that were not there when the next scan began.
   */
  odd: readonly OddEntry[];
  /** Entries on a state found to be another one, while no scan was on its way. */
  restatedByNone: readonly number[];
  /** True where an earlier version has scanned. */
  foundEarlier: boolean;
  last: (Partial<ScanSeal> & { seq: number }) | undefined;
};

/** Goes through the beginnings and ends of scans in the log. */
export function readScanLedger(opened: ReadableCase): ScanLedger {
  const open = new Set<number>();
  const sealed = new Set<SealedTable>();
  const next: RowNumbers = Object.fromEntries(SCAN_TABLES.map((table) => [table, 0]));
  const gaps: Gap[] = [];
  const filmsOfNoScan = new Set<number>();
  const differences: StateDifference[] = [];
  const unfounded: { seq: number; before: number }[] = [];
  const settled: KnownSettled[] = [];
  const restatedByNone: number[] = [];
  const odd: OddEntry[] = [];
  /** The last file and film that a seal names, and the entry. */
  const named = { files: { last: 0, seq: 0 }, films: { last: 0, seq: 0 } };
  const ofThisVersion = entersEveryRow(opened);
  const notBeyond = (what: keyof typeof named, there: unknown, seq: number): void => {
    const { last: id, seq: by } = named[what];
    if (!isCount(there) || id <= there) return;
    named[what] = { last: there, seq: by };
    odd.push({
      seq: by,
      what: `${what} up to ${id}`,
      expected: `up to ${there}, as entry ${seq} has it`,
      found: `${id}`,
    });
  };
  const name = (what: keyof typeof named, seq: number, ranges: unknown): void => {
    const id = extentOf(ranges)?.last ?? 0;
    if (id > named[what].last) named[what] = { last: id, seq };
  };
  let last: ScanLedger['last'];
  let foundEarlier = false;
  const forgetUnsealed = (): void => {
    foundEarlier = true;
    for (const table of SCAN_TABLES) if (!sealed.has(table)) next[table] = undefined;
  };
  const begin = ({ seq, details }: AuditEntry): void => {
    if (details.before === undefined && open.size === 0) {
      if (ofThisVersion) odd.push({ seq, what: 'a beginning', expected: 'where its rows begin', found: 'nothing' });
      forgetUnsealed();
    }
    notBeyond('films', details.lastFilm, seq);
    notBeyond('files', (details.before as RowNumbers | null | undefined)?.evidence, seq);
    for (const table of SCAN_TABLES) {
      const from = ((details.before ?? {}) as RowNumbers)[table];
      if (from === undefined) continue;
      const known = next[table];
      // Rows are only added: what was sealed before is there when the next scan begins.
      if (!isCount(from) || (known !== undefined && from < known)) {
        odd.push({
          seq,
          what: `a beginning of ${table}`,
          expected: `a number from ${known ?? 0} on`,
          found: String(from),
        });
        if (!isCount(from)) continue;
      }
      if (known !== undefined && known < from) gaps.push({ table, from: known, to: from, seq });
      if (known !== undefined || sealed.has(table)) next[table] = from;
    }
    for (const id of (details.filmsOfNoScan ?? []) as number[]) filmsOfNoScan.add(id);
    open.add(Number(details.jobId ?? 0));
  };
  const end = ({ seq, action, details }: AuditEntry): void => {
    const { sealed: segments, upToVerdict, upToEvidence } = details as Partial<ScanSeal & EarlierSeal>;
    if (details.jobId === undefined) open.clear();
    else open.delete(Number(details.jobId));
    if (action === 'job.cancelled') return;
    if (segments === undefined) {
      if (ofThisVersion) odd.push({ seq, what: 'the end of a scan', expected: 'its seals', found: 'none' });
      forgetUnsealed();
      if (isCount(upToVerdict)) next.verdict = upToVerdict;
      if (isCount(upToEvidence)) next.evidence = upToEvidence;
      return;
    }
    for (const table of SCAN_TABLES) {
      // One that is none is named by whoever holds rows against segments.
      const segment = segmentFrom(table, segments?.[table]);
      if (!segment) continue;
      next[table] = segment.to;
      sealed.add(table);
    }
    if (details.videos !== undefined && !videoSealFrom(details.videos))
      odd.push({ seq, what: 'films', expected: FORM, found: 'another' });
    else name('films', seq, (details.videos as VideoSeal | undefined)?.finished);
    const now = { seq, ...(details as Partial<ScanSeal>) };
    if (last?.states && isUnfounded(last.states, now)) unfounded.push({ seq, before: last.seq });
    last = now;
    const states = settledFrom(now.settled);
    if (states) settled.push({ ...states, seq });
    else if (now.settled !== undefined) odd.push({ seq, what: 'states of files', expected: FORM, found: 'another' });
    name('files', seq, states?.ids);
  };
  for (const entry of eachKeptEntryOf(opened, ...BEGINNING, ...ENDING, DIFFERS, RESTATED))
    if (entry.action === RESTATED) {
      if (open.size === 0) restatedByNone.push(entry.seq);
    } else if (entry.action === DIFFERS) differences.push(differenceFrom(entry.details));
    else if ((BEGINNING as readonly string[]).includes(entry.action)) begin(entry);
    else end(entry);
  return {
    open,
    next,
    sealed,
    gaps,
    filmsOfNoScan,
    differences,
    unfounded,
    settled,
    odd,
    restatedByNone,
    foundEarlier,
    last,
  };
}

const FORM = 'a seal as the workstation makes it';

const differenceFrom = ({ sealedBy, expected, found }: AuditEntry['details']): StateDifference => ({
  sealedBy: Number(sealedBy),
  expected: String(expected),
  found: String(found),
});

/** True for a seal that says another thing of the same files, and seals nothing new but that. */
const isUnfounded = (before: StateSeal, { sealed, states, videos }: Partial<ScanSeal>): boolean =>
  states?.upTo === before.upTo &&
  states.sha256 !== before.sha256 &&
  Object.keys(sealed ?? {}).length === 0 &&
  !videos?.finished;

/** Rows there are now, by table. */
const rowNumbers = (opened: ReadableCase): RowNumbers =>
  Object.fromEntries(SCAN_TABLES.map((table) => [table, lastIdOf(opened, table)]));

/**
 * Enters that a scan begins, and where its rows will begin, unless another scan is on its way
 * already.
 */
export function enterScanBegin(
  opened: WritableCase,
  entry: SealingEntry & { action: (typeof BEGINNING)[number] },
): void {
  opened.db.transaction(() => {
    const ledger = readScanLedger(opened);
    const before = ledger.open.size > 0 ? null : rowNumbers(opened);
    // What an earlier version left of films is sealed as it is found, like its faces.
    const planted = before && !isEarlier(ledger.next) ? unsealedFilms(opened) : [];
    const films = planted.length > 0 ? { filmsOfNoScan: planted } : {};
    const there = before && { lastFilm: lastFilm(opened) };
    appendAudit(opened, { ...entry, details: { ...entry.details, before, ...there, ...films } });
  });
}

/**
 * A film is gone on with behind the last frame that there is: not where a frame, or the film's row,
 * was put there by no scan, or what was not looked at would count as looked at. Throws, in a sentence
 * for the file's own row.
 */
export function expectFilmOfScan(opened: ReadableCase, filmId: number): void {
  if (readScanLedger(opened).filmsOfNoScan.has(filmId))
    throw new Error(
      'It was not examined: frames of it stand in the case that no scan wrote, and it cannot be told which were looked at. "recce verify" names them; scan it in a new case.',
    );
}

/**
 * A scan takes up its work: entered anew where the log has it as ended. What it will change is
 * first held against the last seal; a difference is entered, so that the next seal does not cover
 * it up.
 */
export async function takeUpScan(opened: WritableCase, jobId: number, who: string, subject: string): Promise<void> {
  await sealUnsealedRows(opened, jobId);
  const ledger = readScanLedger(opened);
  const differs = await runYielding(stateDifference(opened, ledger));
  if (differs) appendAudit(opened, { who: '', action: DIFFERS, subject: 'states of files', details: differs });
  if (!ledger.open.has(jobId)) enterScanBegin(opened, { who, action: 'scan.resumed', subject, details: { jobId } });
}

/** The states that the last seal has and those there are, where they are not the same. */
export function* stateDifference(opened: ReadableCase, { last }: ScanLedger): Steps<StateDifference | undefined> {
  if (!last?.states) return undefined;
  const { sha256 } = yield* hashStates(opened, last.states.upTo);
  return sha256 === last.states.sha256
    ? undefined
    : { sealedBy: last.seq, expected: last.states.sha256, found: sha256 };
}

function* hashStates({ db }: ReadableCase, upTo: number): Steps<StateSeal> {
  const hash = createHash('sha256');
  const columns = ['id', 'media_type', 'state'];
  yield* rowsInPortions(db, { columns, table: 'evidence' }, [Number.MIN_SAFE_INTEGER, upTo], (row) =>
    hash.update(lineOf(row)),
  );
  return { upTo, sha256: hash.digest('hex') as Sha256 };
}

/** The seal over what was added since the last one. */
function* sealNewRows(opened: ReadableCase, ledger: ScanLedger): Steps<ScanSeal> {
  const { next, sealed, filmsOfNoScan } = ledger;
  const segments: [SealedTable, Segment][] = [];
  for (const table of SCAN_TABLES) {
    // Rows of an earlier version are sealed as they are found; verify says from when on they are
    // held.
    const from = sealed.has(table) ? (next[table] ?? 0) : isEarlier(next) ? 0 : (next[table] ?? 0);
    const to = lastIdOf(opened, table);
    if (to > from) segments.push([table, yield* hashSegment(opened, table, from, to)]);
  }
  return {
    sealed: Object.fromEntries(segments),
    settled: yield* sealSettled(opened, ledger.settled),
    videos: yield* sealVideos(opened, filmsOfNoScan),
  };
}

/**
 * True where an earlier version has scanned: faces, which none of its seals covers, begin nowhere.
 */
export const isEarlier = (next: RowNumbers): boolean => next.face === undefined;

/**
 * Seals the rows there are with an entry of the log. Hashing them gives way to others in between:
 * one scan runs at a time, and nothing else adds rows of these tables.
 */
export async function appendSeal(
  opened: WritableCase,
  entry: SealingEntry & { action: (typeof ENDING)[number] },
): Promise<void> {
  const seal = await runYielding(sealNewRows(opened, readScanLedger(opened)));
  appendAudit(opened, { ...entry, details: { ...entry.details, ...seal } });
}

/**
 * Rows that a process left without a seal when it was ended are sealed as they are found, before
 * any are added to them: those of scans that the log knows, other than `beginning`, and of no
 * others. A scan that added none ends with it as well: none stays open without a process at it.
 */
export async function sealUnsealedRows(opened: WritableCase, beginning?: number): Promise<void> {
  const ledger = readScanLedger(opened);
  const left = [...ledger.open].filter((id) => id !== beginning);
  if (ledger.open.size === 0 || (left.length === 0 && beginning !== undefined)) return;
  // What an earlier version left open in tables that it did not seal is taken up by the next scan's
  // seal.
  const numbers = rowNumbers(opened);
  const addedNone = SCAN_TABLES.every((table) => (numbers[table] ?? 0) <= (ledger.next[table] ?? Infinity));
  if (addedNone && isEarlier(ledger.next)) return;
  await appendSeal(opened, {
    who: '',
    action: 'record.sealed',
    subject: 'rows of a scan that was interrupted',
    details: {},
  });
}
