// Words of a laboratory or an examiner on the sheet, and whose they are.
import { visibleText } from '../../../contract/visible-text.ts';

export function SheetWords({ title, words, by = '' }: { title: string; words: string | undefined; by?: string }) {
  if (!words) return null;
  return (
    <>
      <h3>{by ? `${title} of ${visibleText(by)}` : title}</h3>
      <p className="sheet-statement">{words}</p>
    </>
  );
}
