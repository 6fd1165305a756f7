// The report as a file, with its hash: written whole or not at all. Text is written row by row from
// the case, in memory that does not grow with it; the PDF page by page.
import type { FileHandle } from 'node:fs/promises';
import type { Sha256 } from '../../contract/brand.ts';
import {
  type CsvOptions,
  csvOptionsSchema,
  type ExportedReport,
  type ReportOptions,
  type ReportProgress,
} from '../../contract/report.ts';
import { visibleJson, visibleLines } from '../../contract/visible-text.ts';
import { fillAtomic, writeAtomic } from '../files/write-atomic.ts';
import { partsOfCaseJsonLd } from './case-json-ld.ts';
import { partsOfCsv } from './csv-report.ts';
import { writePdfReport } from './pdf-report.ts';
import { partsOfContent, type ReportContent } from './report-content.ts';
import { readPrintedDocument } from './report-document.ts';
import type { ReportPictures } from './sections/face-blocks.ts';
import type { ReadySignature } from './signing/sign-report.ts';
import { verifyReport } from './signing/verify-report.ts';

export type TextFormat = 'json' | 'csv' | 'jsonld';
export type ReportFormat = 'pdf' | TextFormat;

function* partsOfRecord(content: ReportContent, contentSha256: Sha256): Generator<string, void, undefined> {
  yield* partsOfContent(content, contentSha256);
  yield '\n';
}

type Parts = (content: ReportContent, contentSha256: Sha256, csv: CsvOptions) => Iterable<string>;

const PARTS: Readonly<Record<TextFormat, Parts>> = {
  json: partsOfRecord,
  csv: (content, _, csv) => partsOfCsv(content, csv),
  jsonld: partsOfCaseJsonLd,
};

/**
 * Names of files may hold what acts on a terminal that a report is shown on; what the text says
 * stays the same.
 */
const SHOWN: Readonly<Record<TextFormat, (part: string) => string>> = {
  json: visibleJson,
  csv: visibleLines,
  jsonld: visibleJson,
};

function* shownParts(parts: Iterable<string>, format: TextFormat): Generator<string, void, undefined> {
  for (const part of parts) yield SHOWN[format](part);
}

/**
 * Writes the content to `file`, while its reading lasts. Throws WRITE_FAILED, DISK_FULL, and the
 * signal's reason.
 */
export async function exportText(
  content: ReportContent,
  contentSha256: Sha256,
  format: TextFormat,
  file: string,
  signal?: AbortSignal,
  csv: CsvOptions = csvOptionsSchema.parse({}),
): Promise<ExportedReport> {
  const parts = PARTS[format](content, contentSha256, csv);
  const written = await writeAtomic(file, shownParts(parts, format), signal);
  return { path: file, ...written, pages: null, contentSha256, signature: null };
}

/** What a PDF is exported from, while the reading of `content` lasts. */
export type PdfExport = {
  content: ReportContent;
  contentSha256: Sha256;
  options: Pick<ReportOptions, 'paper'>;
  pictures: ReportPictures;
  /** With its key already open. */
  signature?: ReadySignature | undefined;
  signal?: AbortSignal | undefined;
  progress?: (now: ReportProgress) => void;
};

/**
 * Writes the PDF to `file` as it is made. Throws WRITE_FAILED, DISK_FULL, where it is signed
 * TIME_STAMP_FAILED, and the signal's reason.
 */
export async function exportPdf(
  { content, contentSha256, options, pictures, signature, signal, progress = () => {} }: PdfExport,
  file: string,
): Promise<ExportedReport> {
  const document = await readPrintedDocument(content, contentSha256, signal);
  const total = document.shown.length;
  const record = () => partsOfRecord(content, contentSha256);
  const making = { document, record, paper: options.paper, pictures, signature };
  const sign = (handle: FileHandle) => {
    progress({ step: 'signing', done: total, total });
    return signature!.sign(handle);
  };
  const { written, filled: pages } = await fillAtomic(
    file,
    (write) => writePdfReport(making, { write, signal }, progress),
    signal,
    signature && sign,
  );
  return {
    path: file,
    ...written,
    pages,
    contentSha256,
    signature: signature ? await verifyReport(file) : null,
  };
}
