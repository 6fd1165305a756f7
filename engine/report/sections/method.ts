// Report section: how the machine works and what its results cannot say.
import type { PrintedDocument } from '../report-document.ts';
import type { Sheet } from '../sheet.ts';
import { LIMITS, methodOf, STABILITY } from '../wording.ts';

export function writeMethod(sheet: Sheet, { models, stability }: Pick<PrintedDocument, 'models' | 'stability'>): void {
  sheet.heading('Method');
  for (const sentence of methodOf(models)) sheet.paragraph(sentence);
  if (stability.length > 0) sheet.paragraph(STABILITY);
  sheet.heading('Limits');
  for (const sentence of LIMITS) sheet.paragraph(sentence);
}
