// Handlers of `report`.
import path from 'node:path';
import type { Sha256 } from '../../../contract/brand.ts';
import type { ExportedReport, ReportOptions, Signing } from '../../../contract/report.ts';
import { isWritable, type ReadableCase } from '../../case/db/case-handle.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { readCase } from '../../case/open-case.ts';
import { withReadTransaction } from '../../case/read-transaction.ts';
import { exportPdf, exportText, type TextFormat } from '../../report/export-report.ts';
import { hashOfContent, type ReportMaking, readReportContent } from '../../report/report-content.ts';
import { readReportDocument } from '../../report/report-document.ts';
import { getTemplate, listTemplates, removeTemplate, saveTemplate } from '../../report/templates.ts';
import { examineAll } from '../examine-provenance-of-evidence.ts';
import { guardOutput } from '../known-evidence.ts';
import { laterRecords } from '../later-records.ts';
import { reportPictures } from '../report-pictures.ts';
import type { OpenedCase, Services } from '../services.ts';
import { procedures } from './implementer.ts';

/** What a report is made of, with the template it asks for. Throws NOT_FOUND for a template there is not. */
async function makingFor(
  state: Services,
  handle: ReadableCase,
  options: ReportOptions,
  signal: AbortSignal | undefined,
): Promise<ReportMaking> {
  const name = options.template;
  const template = name === undefined ? null : await getTemplate(state.options.appDataFolder, name);
  const later = await laterRecords(handle, state.library);
  return { options, appVersion: state.appVersion, template, laterRecords: later, signal };
}

/** Where a report is kept that is given no place: with its case, or where that cannot be written with the application's data. */
const reportFolder = (state: Services, handle: ReadableCase): string =>
  path.join(isWritable(handle) ? handle.folder : state.options.appDataFolder, 'reports');

/**
 * The case's reference (its title where it has none), the day, and the content's hash: the same content gives the same name on a day. A
 * signed copy has its moment in its name too: it is never written over, nor over another.
 */
function nameOf(handle: ReadableCase, contentSha256: Sha256, signing: Signing | undefined): string {
  const now = new Date().toISOString();
  const { reference, title } = readCase(handle);
  const signed = signing ? `_signed-${now.slice(11, 19).replace(/:/g, '')}` : '';
  return `${fileNamePart(reference || title)}_${now.slice(0, 10)}_report-${contentSha256.slice(0, 12)}${signed}`;
}

/** What any file system takes of a name: letters, digits, dots and dashes, not too many. */
const fileNamePart = (text: string): string =>
  text
    .replace(/[^\p{L}\p{M}\p{N}.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 40) || 'case';

export const reportHandlers = (state: Services) => ({
  templates: procedures.report.templates.handler(() => listTemplates(state.options.appDataFolder)),
  saveTemplate: procedures.report.saveTemplate.handler(({ input }) => saveTemplate(state.options.appDataFolder, input)),
  removeTemplate: procedures.report.removeTemplate.handler(async ({ input }) => {
    await removeTemplate(state.options.appDataFolder, input.name);
    return null;
  }),
  preview: procedures.report.preview.handler(async ({ input, signal }) => {
    const { handle } = state.opened;
    return readReportDocument(handle, await makingFor(state, handle, input, signal));
  }),
  export: procedures.report.export.handler(({ input, signal }) => {
    const { opened } = state;
    // Of the case it was asked for: another window may open another meanwhile, and that ends this.
    return opened.exports.run(signal, (stop) => exportOf(state, opened, input, stop));
  }),
});

type ExportRequest = {
  options: ReportOptions;
  format: 'pdf' | TextFormat;
  path?: string | undefined;
  signing?: Signing | undefined;
};

/** Writes the report and enters it in the log. */
async function exportOf(
  state: Services,
  opened: OpenedCase,
  request: ExportRequest,
  signal: AbortSignal,
): Promise<ExportedReport> {
  const { handle, session } = opened;
  const { format, options, path: place, signing } = request;
  const guard = (file: string) => guardOutput(state, file, signing ? [signing.pkcs12Path] : []);
  if (place !== undefined) await guard(place);
  const unrecorded = await examineAll(state, handle, signal);
  const making = { ...(await makingFor(state, handle, options, signal)), unrecorded };
  const placeFor = async (contentSha256: Sha256): Promise<string> => {
    const file = place ?? path.join(reportFolder(state, handle), `${nameOf(handle, contentSha256, signing)}.${format}`);
    await guard(file);
    return file;
  };
  const exported = await (format === 'pdf'
    ? writePdf(state, opened, making, placeFor, signing)
    : writeText(handle, making, placeFor, format));
  if (!isWritable(handle)) return exported;
  appendAudit(handle, {
    who: session.examiner?.name ?? '',
    action: 'report.exported',
    subject: path.basename(exported.path),
    details: {
      format,
      sha256: exported.sha256,
      contentSha256: exported.contentSha256,
      redaction: options.redaction,
      signed: signing !== undefined,
    },
  });
  return exported;
}

type PlaceFor = (contentSha256: Sha256) => Promise<string>;

async function writePdf(
  state: Services,
  opened: OpenedCase,
  making: ReportMaking,
  placeFor: PlaceFor,
  signing: Signing | undefined,
): Promise<ExportedReport> {
  const document = await readReportDocument(opened.handle, making);
  const file = await placeFor(document.contentSha256);
  const pictures = reportPictures(state, opened, document, making.signal!);
  return exportPdf(document, making.options, pictures, file, signing);
}

const writeText = (handle: ReadableCase, making: ReportMaking, placeFor: PlaceFor, format: TextFormat) =>
  withReadTransaction(handle, async (reading) => {
    const content = await readReportContent(reading, making);
    const contentSha256 = await hashOfContent(content, making.signal);
    return exportText(content, contentSha256, format, await placeFor(contentSha256), making.signal);
  });
