// Report section: how the machine works and what its results cannot say.
import type { Sheet } from '../sheet.ts';
import { LIMITS, METHOD } from '../wording.ts';

export function writeMethod(sheet: Sheet): void {
  sheet.heading('Method');
  for (const sentence of METHOD) sheet.paragraph(sentence);
  sheet.heading('Limits');
  for (const sentence of LIMITS) sheet.paragraph(sentence);
}
