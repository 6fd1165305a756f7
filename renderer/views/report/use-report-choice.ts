// What goes into a report, as it is being chosen.
import { useQuery } from '@tanstack/react-query';
import type { FindingFilter } from '../../../contract/finding.ts';
import { csvOptionsSchema } from '../../../contract/report.ts';
import { useKept, useReportWords } from '../../data/drafts.ts';
import { engine } from '../../data/engine.ts';
import { useGrid } from '../../data/grid-state.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { useShortlist } from '../../data/tags.ts';
import type { ReportChoice } from './report-formats.ts';
import { useTemplateChoice } from './template-field.tsx';

/** Kept from report to report. */
const ORGANISATION = 'recce.organisation';
const CSV = 'recce.csv';

/**
 * How tables were last written; a table of another program's settings is no choice of anybody here.
 */
function rememberedCsv(): ReportChoice['csv'] {
  try {
    return csvOptionsSchema.parse(JSON.parse(localStorage.getItem(CSV) ?? '{}'));
  } catch {
    return csvOptionsSchema.parse({});
  }
}

type Typed = Omit<ReportChoice, 'filter' | 'template' | 'findings' | 'conclusion' | 'wordsBy'>;

/** Which findings get a block with pictures: all, the shortlist, those of the Faces screen, or a saved view's. */
function useFilterChoice() {
  const { filter: gridFilter, list } = useGrid();
  const views = useQuery(engine.finding.views.queryOptions()).data ?? [];
  const [chosen, setChosen] = useKept('case.report.shown', () => 'all');
  const view = views.find((one) => `view ${one.id}` === chosen);
  const shortlist = useShortlist();
  const isShortlist = chosen === 'shortlist' && shortlist !== undefined;
  // What was put on it by hand is shown, also a face of a film that is not the most telling of its track.
  const listed: FindingFilter = { tags: shortlist === undefined ? [] : [shortlist], videoFrames: 'all' };
  // What the Faces screen shows is shown by the model of its list; which list was last looked at narrows
  // nothing else.
  const ofGrid: FindingFilter = list?.modelId ? { modelId: list.modelId, ...gridFilter } : gridFilter;
  const filter: FindingFilter = isShortlist ? listed : chosen === 'grid' ? ofGrid : (view?.filter ?? {});
  const gridFilterActive = Object.keys(gridFilter).length > 0;
  return { chosen, setChosen, views, filter, gridFilterActive, hasShortlist: shortlist !== undefined };
}

/**
 * How many results get a block with pictures, undefined before it is counted; null in blind review,
 * where it is not said.
 */
const useShown = (filter: FindingFilter): number | null | undefined =>
  useQuery(
    engine.report.countShown.queryOptions({ input: { filter }, staleTime: 0, placeholderData: (before) => before }),
  ).data;

export type ReportChoosing = ReturnType<typeof useReportChoice>;

export function useReportChoice() {
  const which = useFilterChoice();
  const { templates, template, choose: chooseTemplate } = useTemplateChoice();
  const [typed, setTyped] = useKept<Typed>('case.report', () => ({
    title: '',
    organisation: localStorage.getItem(ORGANISATION) ?? '',
    includeOpinions: true,
    paper: 'A4',
    redaction: 'none',
    csv: rememberedCsv(),
  }));
  const wordsBy = useSession().examiner?.name ?? '';
  const [words, changeWords] = useReportWords(useCase()?.folder ?? '', wordsBy);
  const change = (more: Partial<Typed>): void => {
    setTyped((before) => ({ ...before, ...more }));
    if (more.organisation !== undefined) localStorage.setItem(ORGANISATION, more.organisation);
    if (more.csv) localStorage.setItem(CSV, JSON.stringify(more.csv));
  };
  const choice: ReportChoice = {
    ...typed,
    ...words,
    wordsBy,
    filter: which.filter,
    ...(template ? { template: template.name } : {}),
  };
  const shown = useShown(which.filter);
  return { choice, change, changeWords, which, templates, template, chooseTemplate, shown };
}
