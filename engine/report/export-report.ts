// The report as a file, with its hash: written whole or not at all. Text is written row by row from the case, in memory that does not grow
// with it; the PDF is made from the document. Engine process; called by the handlers of `report`.
import { readFile } from 'node:fs/promises';
import type { Sha256 } from '../../contract/brand.ts';
import type { ExportedReport, ReportDocument, ReportOptions, Signing } from '../../contract/report.ts';
import { visibleJson, visibleLines } from '../../contract/visible-text.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { partsOfCaseJsonLd } from './case-json-ld.ts';
import { partsOfCsv } from './csv-report.ts';
import { makePdfReport } from './pdf-report.ts';
import { partsOfContent, type ReportContent } from './report-content.ts';
import type { ReportPictures } from './sections/face-blocks.ts';
import { signReport } from './signing/sign-report.ts';
import { verifyReport } from './signing/verify-report.ts';

export type TextFormat = 'json' | 'csv' | 'jsonld';
export type ReportFormat = 'pdf' | TextFormat;

function* partsOfRecord(content: ReportContent, contentSha256: Sha256): Generator<string, void, undefined> {
  yield* partsOfContent(content, contentSha256);
  yield '\n';
}

const PARTS: Readonly<Record<TextFormat, (content: ReportContent, contentSha256: Sha256) => Iterable<string>>> = {
  json: partsOfRecord,
  csv: partsOfCsv,
  jsonld: partsOfCaseJsonLd,
};

/** Names of files may hold what acts on a terminal that a report is shown on; what the text says stays the same. */
const SHOWN: Readonly<Record<TextFormat, (part: string) => string>> = {
  json: visibleJson,
  csv: visibleLines,
  jsonld: visibleJson,
};

function* shownParts(parts: Iterable<string>, format: TextFormat): Generator<string, void, undefined> {
  for (const part of parts) yield SHOWN[format](part);
}

/** Writes the content to `file`, while its reading lasts. Throws WRITE_FAILED, DISK_FULL, and the signal's reason. */
export async function exportText(
  content: ReportContent,
  contentSha256: Sha256,
  format: TextFormat,
  file: string,
  signal?: AbortSignal,
): Promise<ExportedReport> {
  const written = await writeAtomic(file, shownParts(PARTS[format](content, contentSha256), format), signal);
  return { path: file, ...written, pages: null, contentSha256, signature: null };
}

const makePdf = (document: ReportDocument, options: ReportOptions, pictures: ReportPictures, signing?: Signing) =>
  signing
    ? signReport(signing, new Date(), (signature) => makePdfReport(document, options.paper, pictures, signature))
    : makePdfReport(document, options.paper, pictures);

/** Writes the PDF to `file`. Throws WRITE_FAILED, DISK_FULL, and where it is signed SIGNING_REFUSED, TIME_STAMP_FAILED. */
export async function exportPdf(
  document: ReportDocument,
  options: ReportOptions,
  pictures: ReportPictures,
  file: string,
  signing?: Signing,
): Promise<ExportedReport> {
  const { bytes, pages } = await makePdf(document, options, pictures, signing);
  return {
    path: file,
    ...(await writeAtomic(file, [bytes])),
    pages,
    contentSha256: document.contentSha256,
    signature: signing ? verifyReport(await readFile(file)) : null,
  };
}
