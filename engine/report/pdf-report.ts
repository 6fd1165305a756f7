// Printed document -> PDF, section by section, handed on as it is made. The same document gives the
// same bytes: no clock, no chance.
import type { ReportProgress } from '../../contract/report.ts';
import { DEMONSTRATION_NOTICE } from '../../contract/wording.ts';
import { attach } from './archival.ts';
import type { PrintedDocument } from './report-document.ts';
import { indexOf } from './report-index.ts';
import { writeCopies } from './sections/copies.ts';
import { writeCover } from './sections/cover.ts';
import { writeEvidenceTable } from './sections/evidence-table.ts';
import { type ReportPictures, writeFaceBlocks } from './sections/face-blocks.ts';
import { writeFindings, writeSignatures } from './sections/findings.ts';
import { writeGroups } from './sections/groups.ts';
import { writeIntegrity } from './sections/integrity.ts';
import { writeMethod } from './sections/method.ts';
import { writeModels } from './sections/models.ts';
import { writeOpinions } from './sections/opinions.ts';
import { writeParameters } from './sections/parameters.ts';
import { writePropositions } from './sections/propositions.ts';
import { writeProvenance } from './sections/provenance.ts';
import { writeResults } from './sections/results.ts';
import { writeSummary } from './sections/summary.ts';
import { writeUnscored } from './sections/unscored.ts';
import { writeValidation } from './sections/validation.ts';
import { writeVideos } from './sections/videos.ts';
import { Sheet, type SheetOutput } from './sheet.ts';
import { addSignatureField, type SignatureWords } from './signing/signature-field.ts';
import { isDemonstration } from './wording.ts';

/** What a PDF is made of. `record`: the machine-readable report, in parts, as it is attached. */
export type PdfMaking = {
  document: PrintedDocument;
  record: () => Iterable<string>;
  paper: 'A4' | 'Letter';
  pictures: ReportPictures;
  signature?: { words: SignatureWords; room: number } | undefined;
};

/**
 * Writes the document to `output`; resolves with the number of its pages. Throws the output's
 * errors and its signal's reason.
 */
export async function writePdfReport(
  making: PdfMaking,
  output: SheetOutput,
  progress: (now: ReportProgress) => void = () => {},
): Promise<number> {
  const { document, record, paper, pictures, signature } = making;
  const sheet = sheetFor(document, paper, output);
  const index = indexOf(document);
  const total = document.shown.length;
  await sheet.section(() => writeCover(sheet, document, index));
  if (signature) addSignatureField(sheet.doc, signature.words, signature.room);
  sheet.newPage();
  await sheet.section(() => writeFindings(sheet, document));
  await sheet.section(() => writeOpinions(sheet, document, index));
  await sheet.section(() => writeSummary(sheet, document, index));
  await sheet.section(() => writeVideos(sheet, document, index));
  await sheet.section(() =>
    writeFaceBlocks(sheet, document, index, pictures, (done) => progress({ step: 'faces', done, total })),
  );
  progress({ step: 'tables', done: total, total });
  await sheet.section(() => writeResults(sheet, document, index));
  await sheet.section(() => writeUnscored(sheet, document, index));
  await sheet.section(() => writeGroups(sheet, document, index));
  await sheet.section(() => writeCopies(sheet, document));
  await writeBackground(sheet, document);
  await sheet.section(() => writeSignatures(sheet, document));
  await writeAnnexes(sheet, document);
  progress({ step: 'record', done: total, total });
  const attachment = {
    name: 'report.json',
    parts: record(),
    type: 'application/json',
    description: 'The same report, machine-readable',
    asOf: document.asOf,
  };
  await attach(sheet.file, attachment, sheet.rest);
  return sheet.finish();
}

function sheetFor(document: PrintedDocument, paper: 'A4' | 'Letter', output: SheetOutput): Sheet {
  const { template, title, contentSha256 } = document;
  const running = {
    marking: template?.header ?? '',
    head: [title, document.case.reference].filter(Boolean).join(' · '),
    foot: `Content SHA-256 ${contentSha256}`,
    below: template?.footer ?? '',
    notice: isDemonstration(document) ? DEMONSTRATION_NOTICE : undefined,
  };
  const creator = `Recce Workstation ${document.appVersion}`;
  const info = { title, author: document.examiners.join(', '), asOf: document.asOf, paper, creator, running };
  return new Sheet(info, output);
}

/** How the results came about, and what they can say. */
async function writeBackground(sheet: Sheet, document: PrintedDocument): Promise<void> {
  await sheet.section(() => writeIntegrity(sheet, document));
  await sheet.section(() => writeModels(sheet, document));
  for (const model of document.models) await sheet.section(() => writeValidation(sheet, model, document));
  await sheet.section(() => writeMethod(sheet, document));
  await sheet.section(() => writePropositions(sheet, document));
  const { template } = document;
  if (!template?.statement) return;
  await sheet.section(() => {
    sheet.heading('Statement of the laboratory');
    sheet.paragraph(template.statement);
  });
}

async function writeAnnexes(sheet: Sheet, document: PrintedDocument): Promise<void> {
  sheet.newPage();
  await sheet.section(() => writeEvidenceTable(sheet, document.evidence));
  await sheet.section(() => writeProvenance(sheet, document));
  await sheet.section(() => writeParameters(sheet, document.parameters));
}
