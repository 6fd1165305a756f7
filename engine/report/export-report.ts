// The report as a file: written whole or not at all, with its hash.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import type { ExportedReport, ReportDocument, ReportOptions, Signing } from '../../contract/report.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { canonicalJson } from '../case/canonical-json.ts';
import { makeCaseJsonLd } from './case-json-ld.ts';
import { makeCsvReport } from './csv-report.ts';
import { makePdfReport, type ReportPictures } from './pdf-report.ts';
import { signReport } from './signing/sign-report.ts';
import { verifyReport } from './signing/verify-report.ts';

export type ReportFormat = 'pdf' | 'json' | 'csv' | 'jsonld';

async function make(
  document: ReportDocument,
  format: ReportFormat,
  options: ReportOptions,
  pictures: ReportPictures,
  signing: Signing | undefined,
): Promise<{ bytes: Uint8Array; pages: number | null }> {
  if (format === 'pdf') return makePdf(document, options, pictures, signing);
  const text = {
    json: () => `${canonicalJson(document)}\n`,
    csv: () => makeCsvReport(document),
    jsonld: () => makeCaseJsonLd(document),
  }[format]();
  return { bytes: Buffer.from(text, 'utf8'), pages: null };
}

const makePdf = (document: ReportDocument, options: ReportOptions, pictures: ReportPictures, signing?: Signing) =>
  signing
    ? signReport(signing, new Date(), (signature) => makePdfReport(document, options.paper, pictures, signature))
    : makePdfReport(document, options.paper, pictures);

/** Writes the report to `file`. Throws WRITE_FAILED, DISK_FULL. */
export async function exportReport(
  document: ReportDocument,
  format: ReportFormat,
  options: ReportOptions,
  pictures: ReportPictures,
  file: string,
  signing?: Signing,
): Promise<ExportedReport> {
  const { bytes, pages } = await make(document, format, options, pictures, signing);
  const temporary = `${file}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new RecceError(full ? 'DISK_FULL' : 'WRITE_FAILED', file, (cause as Error).message, { cause });
  }
  return {
    path: file,
    sha256: sha256Of(bytes),
    sizeBytes: bytes.length,
    pages,
    contentSha256: document.contentSha256,
    signature: signing && format === 'pdf' ? verifyReport(await readFile(file)) : null,
  };
}
