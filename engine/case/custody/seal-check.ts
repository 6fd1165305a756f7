// Do the rows still say what the entries that were made with them say? Every segment is hashed
// again; rows that no entry knows are named, as is what no seal covers. Read-only; goes in steps.
import type { Verification } from '../../../contract/case.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { eachSealedEntry, entersEveryRow } from '../log/audit.ts';
import { ENTRY_TABLES, SCAN_TABLES, type SealedTable, sealedWords } from '../log/held-tables.ts';
import { columnsOf, hashSegment, lastIdOf, type Segment, type Steps, segmentFrom } from '../log/segment.ts';
import { isEarlier, type OddEntry, readScanLedger, type ScanLedger, stateDifference } from './seal.ts';
import { restatedRemark, settledProblems } from './state-seal.ts';
import { partsOfNoFilm, unsealedFilms, videoProblems } from './video-seal.ts';

type Problem = Verification['problems'][number];
/** What is wrong, and sentences on what the seals do not cover. */
export type Checked = { problems: Problem[]; remarks: string[] };

type Sealed = Segment & { seq: number };

/** The segments of every table, in the order of the log, and what stands in the place of one. */
function segmentsOf(opened: ReadableCase): { all: Map<SealedTable, Sealed[]>; problems: Problem[] } {
  const all = new Map<SealedTable, Sealed[]>([...SCAN_TABLES, ...ENTRY_TABLES].map((table) => [table, []]));
  const problems: Problem[] = [];
  const layouts = new Map<string, readonly string[]>();
  for (const { seq, details } of eachSealedEntry(opened))
    for (const [table, said] of Object.entries(details.sealed as Record<string, unknown>)) {
      const segments = all.get(table as SealedTable);
      const segment = segments && segmentFrom(table as SealedTable, said);
      if (!segment) problems.push(noSeal(seq, segments ? `${sealedWords(table as SealedTable).what}s` : 'rows'));
      else segments.push({ seq, ...segment, columns: keptOnce(layouts, segment.columns) });
    }
  return { all, problems };
}

const noSeal = (seq: number, what: string): Problem => ({
  kind: 'rowsUnaccounted',
  subject: `${what} sealed by audit entry ${seq}`,
  expected: 'a seal as the workstation makes it',
  found: 'another, which holds nothing',
});

/** A million opinions have a million entries and one list of columns. */
function keptOnce(known: Map<string, readonly string[]>, columns: readonly string[]): readonly string[] {
  const key = columns.join();
  const before = known.get(key) ?? columns;
  known.set(key, before);
  return before;
}

/** Everything that seals hold of rows, states and films. */
export function* checkSeals(opened: ReadableCase): Steps<Checked> {
  const ledger = readScanLedger(opened);
  const all: Checked = { problems: [], remarks: [] };
  const { all: sealedRows, problems: noSeals } = segmentsOf(opened);
  all.problems.push(...noSeals, ...ledger.odd.map(oddProblem));
  for (const [table, segments] of sealedRows) {
    const { problems, remarks } = yield* checkTable(opened, table, segments, ledger);
    all.problems.push(...problems);
    all.remarks.push(...remarks);
  }
  all.problems.push(
    ...gapProblems(opened, ledger),
    ...(yield* stateProblems(opened, ledger)),
    ...(yield* settledProblems(opened, ledger.settled, ledger.open.size > 0)),
    ...restatedByNone(ledger),
    ...openWithoutJob(opened, ledger),
    ...(yield* videoProblems(opened)),
  );
  all.problems.push(...filmsOfNoScan(opened, ledger));
  if (ledger.open.size > 0)
    all.remarks.push('A scan is on its way: what it adds and changes is held from its end on. Verify again then.');
  // Not wrong by itself: a newer version may know what a file is that an older one did not.
  for (const { seq, before } of ledger.unfounded)
    all.remarks.push(
      `Audit entry ${seq} seals other states of files than entry ${before}, and no new verdict or film that they could follow from.`,
    );
  all.remarks.push(...restatedRemark(opened));
  return all;
}

const oddProblem = ({ seq, what, expected, found }: OddEntry): Problem => ({
  kind: 'rowsUnaccounted',
  subject: `${what}, as audit entry ${seq} has it`,
  expected,
  found,
});

/** A scan that goes on has a job that does: while one is open, what it adds is not held yet. */
function openWithoutJob({ db }: ReadableCase, { open, foundEarlier }: ScanLedger): Problem[] {
  const select = db.raw.prepare('SELECT state FROM job WHERE id = ?').pluck();
  return [...open].flatMap((id) => {
    const state = select.get(id) as string | undefined;
    if (state !== undefined && GOES_ON.includes(state)) return [];
    // Entries of earlier versions name no job.
    if (id === 0 && foundEarlier) return [];
    const subject = `scan of job ${id}, which has not ended`;
    return [{ kind: 'rowsUnaccounted', subject, expected: 'a job that goes on', found: state ?? 'no such job' }];
  });
}

const GOES_ON: readonly string[] = ['queued', 'running', 'paused'];

/** A state is found to be another one by a scan, and by nothing else. */
const restatedByNone = (ledger: ScanLedger): Problem[] =>
  ledger.restatedByNone.map((seq) => ({
    kind: 'evidenceChanged',
    subject: `state of a file, changed by audit entry ${seq}`,
    expected: 'a scan that was on its way',
    found: 'none',
  }));

function* checkTable(
  opened: ReadableCase,
  table: SealedTable,
  segments: readonly Sealed[],
  ledger: ScanLedger,
): Steps<Checked> {
  const { kind, what } = sealedWords(table);
  const there = new Set(columnsOf(opened.db, table));
  const problems: Problem[] = [];
  const remarks: string[] = [];
  const gaps = new Map(ledger.gaps.filter((gap) => gap.table === table).map(({ from, to }) => [from, to]));
  // What scans found when they began is named by itself (gapProblems).
  const behindGaps = (from: number): number => (gaps.has(from) ? behindGaps(gaps.get(from)!) : from);
  let reached = SCAN_TABLES.includes(table) ? 0 : undefined;
  for (const { seq, from, to, rows, sha256, columns } of segments) {
    if (reached !== undefined && from > behindGaps(reached))
      problems.push(unaccounted(opened, { table, from: reached, to: from, seq }));
    reached = Math.max(to, reached ?? to);
    const gone = columns.filter((name) => !there.has(name));
    if (gone.length > 0) {
      remarks.push(
        `The ${what}s of audit entry ${seq} cannot be held against their seal: ${gone.join(', ')} is laid out anew.`,
      );
      continue;
    }
    const found = yield* hashSegment(opened, table, from, to, columns);
    const subject = `${stretchWords(what, from, to)}, sealed by audit entry ${seq}`;
    if (found.sha256 === sha256) {
      // The last row of a seal was there when it was made, and rows stay.
      if (count(opened, table, to - 1, to) === 0)
        problems.push({ kind, subject, expected: `a row ${to}`, found: 'none such' });
      continue;
    }
    problems.push({ kind, subject, expected: rowsWords(rows, sha256), found: rowsWords(found.rows, found.sha256) });
  }
  const rest = checkRest(opened, table, segments, ledger);
  return {
    problems: [...belowFirst(opened, table), ...problems, ...rest.problems],
    remarks: [...remarks, ...rest.remarks],
  };
}

const stretchWords = (what: string, from: number, to: number): string =>
  from + 1 === to ? `${what} ${to}` : `${what}s ${from + 1} to ${to}`;
const rowsWords = (rows: number, sha256: string): string => `${rows} ${rows === 1 ? 'row' : 'rows'}, ${sha256}`;

/**
 * SQLite numbers rows from 1 on. A row below was put there under a number of its maker's choice,
 * where no segment begins.
 */
function belowFirst({ db }: ReadableCase, table: SealedTable): Problem[] {
  const ids = db.raw.prepare(`SELECT id FROM "${table}" WHERE id < 1 ORDER BY id`).pluck().all() as number[];
  if (ids.length === 0) return [];
  const { what } = sealedWords(table);
  return [nobodysRow(ids.length === 1 ? `${what} ${ids[0]}` : `${what}s ${ids[0]} to ${ids.at(-1)}`, ids.length)];
}

/** Rows before the first segment and behind the last. */
function checkRest(opened: ReadableCase, table: SealedTable, segments: readonly Sealed[], ledger: ScanLedger): Checked {
  const { what } = sealedWords(table);
  const last = lastIdOf(opened, table);
  const first = segments[0];
  const remarks: string[] = [];
  if (SCAN_TABLES.includes(table)) {
    const reached = ledger.next[table];
    if (ledger.open.size > 0) {
      const open = last - (reached ?? 0);
      if (open > 0) remarks.push(`Of a scan that has not ended, ${what}s are not sealed yet: ${open}.`);
    } else if (reached === undefined && last > 0) remarks.push(notCovered(what, last));
    else if (reached !== undefined && last > reached)
      return { problems: [unaccounted(opened, { table, from: reached, to: last })], remarks };
    if (first?.from === 0 && ledger.foundEarlier)
      remarks.push(
        `What an earlier version wrote of ${what}s is held in full since audit entry ${first.seq} only; earlier seals hold less of it.`,
      );
    return { problems: [], remarks };
  }
  const problems: Problem[] = [];
  const before = (to: number): void => {
    // A case that was made by this version has had an entry for each of them from the start.
    if (entersEveryRow(opened)) problems.push(unaccounted(opened, { table, from: 0, to }));
    else remarks.push(notCovered(what, to));
  };
  const [start, end] = [first?.from ?? last, segments.at(-1)?.to];
  if (start > 0) before(start);
  if (end !== undefined && last > end) problems.push(unaccounted(opened, { table, from: end, to: last }));
  return { problems, remarks };
}

const notCovered = (what: string, upTo: number): string =>
  `No seal covers the ${what}s up to number ${upTo}: they were written by an earlier version, or by another program.`;

const count = ({ db }: ReadableCase, table: SealedTable, from: number, to: number): number =>
  db.raw.prepare(`SELECT count(*) FROM "${table}" WHERE id > ? AND id <= ?`).pluck().get(from, to) as number;

type Stretch = { table: SealedTable; from: number; to: number; seq?: number };

function unaccounted(opened: ReadableCase, { table, from, to, seq }: Stretch): Problem {
  const { what } = sealedWords(table);
  const rows = count(opened, table, from, to);
  return nobodysRow(`${stretchWords(what, from, to)}${seq === undefined ? '' : `, before audit entry ${seq}`}`, rows);
}

const nobodysRow = (subject: string, rows: number): Problem => ({
  kind: 'rowsUnaccounted',
  subject,
  expected: 'an entry of the log that they were made with',
  found: `none; ${rows} ${rows === 1 ? 'row' : 'rows'}`,
});

const gapProblems = (opened: ReadableCase, { gaps }: ScanLedger): Problem[] =>
  gaps.map((gap) => unaccounted(opened, gap));

/** States changed since the last seal, and changes that a scan found when it began. */
function* stateProblems(opened: ReadableCase, ledger: ScanLedger): Steps<Problem[]> {
  const now = ledger.open.size > 0 ? undefined : yield* stateDifference(opened, ledger);
  return [...ledger.differences, ...(now ? [now] : [])].map(({ sealedBy, expected, found }) => ({
    kind: 'evidenceChanged',
    subject: `states of files, sealed by audit entry ${sealedBy}`,
    expected,
    found,
  }));
}

/**
 * Films, frames and tracks that no scan of the log made. While one is open, what it adds is not
 * known yet.
 */
function filmsOfNoScan(opened: ReadableCase, ledger: ScanLedger): Problem[] {
  const films = ledger.open.size > 0 || isEarlier(ledger.next) ? [...ledger.filmsOfNoScan] : unsealedFilms(opened);
  return [...films.map((id) => `film scan ${id}`), ...partsOfNoFilm(opened)].map((subject) => ({
    kind: 'rowsUnaccounted',
    subject,
    expected: 'an entry of the log that it was made with',
    found: 'none',
  }));
}
