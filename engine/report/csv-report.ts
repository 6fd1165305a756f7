// Report content -> CSV (RFC 4180, UTF-8 with byte order mark so that spreadsheets read every script), one row a verdict, in parts of
// some hundred rows.
import { stringify } from 'csv-stringify/sync';
import type { VerbalStep } from '../../contract/report-template.ts';
import type { ReportContent, ReportSubject } from './report-content.ts';
import { wordsFromOutcome } from './wording.ts';

const HEADER = [
  'file',
  'sha256',
  'face',
  'x',
  'y',
  'width',
  'height',
  'result',
  'score',
  'leaning',
  'words',
  'model',
  'made at',
];

/** Rows of a part. */
const PART = 200;

/** What stands in place of a number that a redacted copy leaves out. */
const WITHHELD = 'withheld';

const NUMBER = /^-?\d+(\.\d+)?$/;

/** A cell that a spreadsheet would run as a formula is led by an apostrophe: file names are not to be trusted. Numbers stay numbers. */
const harmless = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);

function boxCells(face: ReportSubject['face']): string[] {
  if (!face) return ['', '', '', ''];
  const { box } = face;
  return box ? [box.x, box.y, box.width, box.height].map(String) : [WITHHELD, WITHHELD, WITHHELD, WITHHELD];
}

function rowFrom({ verdict, file, face }: ReportSubject, scale: readonly VerbalStep[] | undefined): string[] {
  const { outcome, modelId, madeAt } = verdict;
  const scored = outcome.kind === 'scored' ? [String(outcome.score), outcome.leaning ?? ''] : ['', ''];
  return [
    file.relativePath,
    file.sha256 ?? '',
    face ? String(face.faceIndex + 1) : '',
    ...boxCells(face),
    outcome.kind,
    ...scored,
    wordsFromOutcome(outcome, scale),
    modelId,
    madeAt,
  ].map(harmless);
}

/** A cell with a line break of any kind is quoted: unquoted, a file's name could make a line, and a formula, of its own. */
const textOf = (rows: readonly string[][], bom = false): string =>
  stringify([...rows], { bom, record_delimiter: 'windows', quoted_match: /[\r\n]/ });

/** The table, from its header on. */
export function* partsOfCsv({ head, subjects }: ReportContent): Generator<string, void, undefined> {
  yield textOf([HEADER], true);
  let rows: string[][] = [];
  for (const subject of subjects()) {
    if (rows.push(rowFrom(subject, head.template?.verbalScale)) < PART) continue;
    yield textOf(rows);
    rows = [];
  }
  if (rows.length > 0) yield textOf(rows);
}
