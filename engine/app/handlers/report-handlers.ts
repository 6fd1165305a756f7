// Handlers of `report`.
import path from 'node:path';
import type { Sha256 } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { ExportedReport, ReportOptions, ReportProgress, Signing } from '../../../contract/report.ts';
import { isWritable, type ReadableCase } from '../../case/db/case-handle.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { withReadTransaction } from '../../case/read-transaction.ts';
import { expectWholeDatabase } from '../../custody/check-integrity.ts';
import { exportPdf, exportText, type TextFormat } from '../../report/export-report.ts';
import {
  countInBlocks,
  hashOfContent,
  type ReportContent,
  type ReportMaking,
  readReportContent,
} from '../../report/report-content.ts';
import { readReportDocument } from '../../report/report-document.ts';
import { prepareSignature } from '../../report/signing/sign-report.ts';
import { authorityOf } from '../../report/signing/time-stamp.ts';
import { getTemplate, listTemplates, removeTemplate, saveTemplate } from '../../report/templates.ts';
import type { OpenedCase } from '../current-case.ts';
import { examineAll } from '../examine-provenance-of-evidence.ts';
import { guardOutput } from '../guard-output.ts';
import { laterRecords } from '../later-records.ts';
import { recordsElsewhere } from '../records-elsewhere.ts';
import { reportPictures } from '../report-pictures.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';

/**
 * What a report is made of, with the template it asks for. Throws NOT_FOUND for a template there is
 * not.
 */
async function makingFor(
  deps: Pick<Services, 'installation' | 'library' | 'boundHere'>,
  handle: ReadableCase,
  options: ReportOptions,
  signal: AbortSignal | undefined,
): Promise<ReportMaking> {
  const name = options.template;
  const template = name === undefined ? null : await getTemplate(deps.installation.appDataFolder, name);
  const later = await laterRecords(handle, deps.library);
  return {
    options,
    appVersion: deps.installation.appVersion,
    template,
    laterRecords: later,
    recordsElsewhere: await recordsElsewhere(handle, deps.library),
    boundHere: deps.boundHere,
    signal,
  };
}

/**
 * Where a report is kept that is given no place: with its case, or where that cannot be written
 * with the application's data.
 */
const reportFolder = (deps: Pick<Services, 'installation'>, handle: ReadableCase): string =>
  path.join(isWritable(handle) ? handle.folder : deps.installation.appDataFolder, 'reports');

/**
 * The case's reference (its title where it has none), the day of the content and its hash: the same
 * content gives the same name. A signed copy has its moment in its name too: it is never written
 * over, nor over another.
 */
function nameOf({ head }: ReportContent, contentSha256: Sha256, signed: boolean): string {
  const { reference, title } = head.case;
  const moment = signed ? `_signed-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}` : '';
  return `${fileNamePart(reference || title)}_${head.asOf.slice(0, 10)}_report-${contentSha256.slice(0, 12)}${moment}`;
}

/** What any file system takes of a name: letters, digits, dots and dashes, not too many. */
const fileNamePart = (text: string): string =>
  text
    .replace(/[^\p{L}\p{M}\p{N}.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 40) || 'case';

export const reportHandlers = (
  deps: Pick<
    Services,
    'boundHere' | 'currentCase' | 'decoder' | 'installation' | 'library' | 'reportProgress' | 'videoPictures'
  >,
) => ({
  templates: procedures.report.templates.handler(() => listTemplates(deps.installation.appDataFolder)),
  saveTemplate: procedures.report.saveTemplate.handler(({ input }) =>
    saveTemplate(deps.installation.appDataFolder, input),
  ),
  removeTemplate: procedures.report.removeTemplate.handler(async ({ input }) => {
    await removeTemplate(deps.installation.appDataFolder, input.name);
    return null;
  }),
  preview: procedures.report.preview.handler(async ({ input, signal }) => {
    const { handle, session } = deps.currentCase.opened;
    // It holds every score and every opinion, and writes no file that an entry could name.
    if (session.blind)
      throw new RecceError(
        'BLIND_REVIEW',
        'The report',
        'it shows every score and every opinion. Leave blind review, or export the report: that is entered as a look.',
      );
    return readReportDocument(handle, await makingFor(deps, handle, input, signal));
  }),
  countShown: procedures.report.countShown.handler(({ input }) => {
    const { handle, session } = deps.currentCase.opened;
    return session.blind ? null : withReadTransaction(handle, (reading) => countInBlocks(reading, input.filter));
  }),
  /** What is under way is told from its next step on. */
  progress: procedures.report.progress.handler(({ signal }) => deps.reportProgress.follow(signal)),
  export: procedures.report.export.handler(({ input, signal }) => {
    const { opened } = deps.currentCase;
    // Of the case it was asked for: another window may open another meanwhile, and that ends this.
    const progress = (now: ReportProgress) => deps.reportProgress.publish(now);
    return opened.exports
      .run(signal, (stop) => exportOf(deps, opened, input, stop, progress))
      .finally(() => deps.reportProgress.publish(null));
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
  deps: Pick<Services, 'boundHere' | 'currentCase' | 'decoder' | 'installation' | 'library' | 'videoPictures'>,
  opened: OpenedCase,
  request: ExportRequest,
  signal: AbortSignal,
  progress: (now: ReportProgress) => void,
): Promise<ExportedReport> {
  const { handle, session } = opened;
  // Whoever asked for it: it takes minutes, and another may sit here at its end.
  const who = session.examiner?.name ?? '';
  const { format, options, path: place, signing } = request;
  const guard = (file: string) => guardOutput(deps, file, signing ? [signing.pkcs12Path] : []);
  if (place !== undefined) await guard(place);
  // A wrong password is told before anything is read or set.
  const signature = signing && (await prepareSignature(signing, new Date()));
  progress({ step: 'reading', done: 0, total: 0 });
  const unrecorded = await examineAll(deps, handle, signal);
  const making = { ...(await makingFor(deps, handle, options, signal)), unrecorded };
  const exported = await withReadTransaction(handle, async (reading) => {
    await expectWholeDatabase(reading, signal);
    const content = await readReportContent(reading, making);
    const contentSha256 = await hashOfContent(content, signal);
    const file =
      place ?? path.join(reportFolder(deps, handle), `${nameOf(content, contentSha256, !!signature)}.${format}`);
    await guard(file);
    if (format !== 'pdf') return exportText(content, contentSha256, format, file, signal, options.csv);
    const pictures = reportPictures(deps, opened, options, signal);
    return exportPdf({ content, contentSha256, options, pictures, signature, signal, progress }, file);
  });
  if (!isWritable(handle)) return exported;
  appendAudit(handle, {
    who,
    action: 'report.exported',
    subject: path.basename(exported.path),
    details: {
      format,
      sha256: exported.sha256,
      contentSha256: exported.contentSha256,
      redaction: options.redaction,
      signed: signing !== undefined,
      ...(signing?.timeStampUrl === undefined ? {} : { timeStampedBy: authorityOf(signing) }),
    },
  });
  return exported;
}
