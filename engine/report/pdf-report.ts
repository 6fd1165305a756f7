// Report document -> PDF, section by section. The same document gives the same bytes: no clock, no chance.
import type { ReportDocument } from '../../contract/report.ts';
import { canonicalJson } from '../files/canonical-json.ts';
import { attach } from './archival.ts';
import { writeAgreement } from './sections/agreement.ts';
import { writeCover } from './sections/cover.ts';
import { writeEvidenceTable } from './sections/evidence-table.ts';
import { type ReportPictures, writeFaceBlocks } from './sections/face-blocks.ts';
import { writeIntegrity } from './sections/integrity.ts';
import { writeMethod } from './sections/method.ts';
import { writeModels } from './sections/models.ts';
import { writePropositions } from './sections/propositions.ts';
import { writeProvenance } from './sections/provenance.ts';
import { writeSummary } from './sections/summary.ts';
import { writeUnscored } from './sections/unscored.ts';
import { writeValidation } from './sections/validation.ts';
import { writeVideos } from './sections/videos.ts';
import { Sheet } from './sheet.ts';
import { addSignatureField, type SignatureWords } from './signing/signature-field.ts';
import { DEMONSTRATION_NOTICE, isDemonstration } from './wording.ts';

/** The finished PDF. */
export async function makePdfReport(
  document: ReportDocument,
  paper: 'A4' | 'Letter',
  pictures: ReportPictures,
  signature?: { words: SignatureWords; room: number },
): Promise<{ bytes: Uint8Array; pages: number }> {
  const sheet = new Sheet({
    title: document.title,
    author: document.examiners.join(', '),
    asOf: document.asOf,
    paper,
    creator: `Recce Workstation ${document.appVersion}`,
  });
  const { template } = document;
  await writeCover(sheet, document);
  writeSummary(sheet, document);
  writeVideos(sheet, document);
  await writeFaceBlocks(sheet, document, pictures);
  writeUnscored(sheet, document);
  writeEvidenceTable(sheet, document.evidence);
  writeProvenance(sheet, document);
  writeIntegrity(sheet, document);
  writeAgreement(sheet, document);
  writeModels(sheet, document);
  for (const model of document.models) writeValidation(sheet, model);
  writeMethod(sheet);
  writePropositions(sheet, document);
  if (template?.statement) {
    sheet.heading('Statement of the laboratory');
    sheet.paragraph(template.statement);
  }
  sheet.runningLines(
    [template?.header, document.title, document.case.reference].filter(Boolean).join(' · '),
    [template?.footer, `Content SHA-256 ${document.contentSha256}`].filter(Boolean).join(' · '),
    isDemonstration(document) ? DEMONSTRATION_NOTICE : undefined,
  );
  attach(sheet.doc, {
    name: 'report.json',
    bytes: Buffer.from(`${canonicalJson(document)}\n`, 'utf8'),
    type: 'application/json',
    description: 'The same report, machine-readable',
    asOf: document.asOf,
  });
  if (signature) {
    sheet.doc.switchToPage(0);
    addSignatureField(sheet.doc, signature.words, signature.room);
  }
  return sheet.finish();
}
