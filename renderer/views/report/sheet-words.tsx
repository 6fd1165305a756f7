// Words of a laboratory or an examiner on the sheet, and whose they are.
import type { ReportTemplate } from '../../../contract/report-template.ts';
import { templateWords } from '../../../contract/template-words.ts';

/** What a template says where no examiner wrote anything. */
export function SheetStandingWords({
  template,
  ...own
}: {
  template: ReportTemplate | null;
  findings: string;
  conclusion: string;
}) {
  const standing = templateWords(template, own);
  if (!standing) return null;
  return (
    <>
      <h3>{standing.heading}</h3>
      <p className="sheet-foot">{standing.source}</p>
      <p className="sheet-statement">{standing.words.join('\n\n')}</p>
    </>
  );
}

export function SheetWords({ title, words }: { title: string; words: string }) {
  if (!words) return null;
  return (
    <>
      <h3>{title}</h3>
      <p className="sheet-statement">{words}</p>
    </>
  );
}
