// What is said of a template's own words in a report. They stand in every report made with it, whatever
// was found: never as findings or as a conclusion, which are an examiner's.
import type { ReportTemplate } from './report-template.ts';
import { visibleText } from './visible-text.ts';

/** What an examiner may have written into a report. */
type OwnWords = { findings: string; conclusion: string };
type Standing = { heading: string; source: string; words: string[] };

export const STANDING_WORDS = 'Standing words of the laboratory';

/**
 * A template's words that stand where no examiner wrote any, and what is said of them; undefined where
 * there are none. Blank words are none.
 */
export function templateWords(
  template: Pick<ReportTemplate, 'name' | 'organisation' | 'findings' | 'conclusion'> | null,
  own: OwnWords,
): Standing | undefined {
  const lacking = (['findings', 'conclusion'] as const).filter((part) => own[part].trim() === '');
  const words = lacking.map((part) => template?.[part].trim() ?? '');
  if (!template || words.every((text) => text === '')) return undefined;
  const of = template.organisation === '' ? '' : ` of ${visibleText(template.organisation)}`;
  const without = lacking.filter((_, i) => words[i] !== '').join(' or ');
  return {
    heading: STANDING_WORDS,
    source: `These are words of the report template “${visibleText(template.name)}”${of}. It prints them in every report that has no ${without} of an examiner. No examiner wrote them of this case: they are neither its findings nor its conclusion.`,
    words: words.filter((text) => text !== ''),
  };
}

/** Beside a field that was left empty; undefined where the template has no words for it. */
export function standingHint(
  template: Pick<ReportTemplate, 'name' | 'findings' | 'conclusion'> | null,
  part: keyof OwnWords,
): string | undefined {
  if (!template || template[part].trim() === '') return undefined;
  return `Left empty: the report then has no ${part} of an examiner. It prints what the template “${visibleText(template.name)}” says in every report, as standing words of the laboratory: “${template[part].trim()}”`;
}

/** `Conclusion of A. Doe`: other examiners of the case do not say so by signing. */
export const wordsHeading = (what: string, by: string): string =>
  by === '' ? `${what}, by whom is not said` : `${what} of ${visibleText(by)}`;
