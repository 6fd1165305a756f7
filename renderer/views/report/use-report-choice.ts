// What goes into a report, as it is being chosen.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FindingFilter } from '../../../contract/finding.ts';
import { engine } from '../../data/engine.ts';
import { useGrid } from '../../data/grid-state.ts';
import type { ReportChoice } from './report-formats.ts';
import { useTemplateChoice } from './template-field.tsx';

/** Kept from report to report. */
const ORGANISATION = 'recce.organisation';

type Typed = Omit<ReportChoice, 'filter' | 'template'>;

/** Which findings get a block with pictures: all, those of the Faces screen, or a saved view's. */
function useFilterChoice() {
  const { filter: gridFilter } = useGrid();
  const views = useQuery(engine.finding.views.queryOptions()).data ?? [];
  const [chosen, setChosen] = useState('all');
  const view = views.find((one) => `view ${one.id}` === chosen);
  const filter: FindingFilter = chosen === 'grid' ? gridFilter : (view?.filter ?? {});
  return { chosen, setChosen, views, filter, gridFilterActive: Object.keys(gridFilter).length > 0 };
}

export type ReportChoosing = ReturnType<typeof useReportChoice>;

export function useReportChoice() {
  const which = useFilterChoice();
  const { templates, template, choose: chooseTemplate } = useTemplateChoice();
  const [typed, setTyped] = useState<Typed>({
    title: '',
    organisation: localStorage.getItem(ORGANISATION) ?? '',
    includeOpinions: true,
    paper: 'A4',
    redaction: 'none',
  });
  const change = (more: Partial<Typed>): void => {
    setTyped((before) => ({ ...before, ...more }));
    if (more.organisation !== undefined) localStorage.setItem(ORGANISATION, more.organisation);
  };
  const choice: ReportChoice = { ...typed, filter: which.filter, ...(template ? { template: template.name } : {}) };
  /** How many results get a block with pictures; undefined before it is counted. */
  const shown = useQuery(
    engine.finding.facets.queryOptions({ input: { filter: which.filter }, placeholderData: (before) => before }),
  ).data?.total;
  return { choice, change, which, templates, template, chooseTemplate, shown };
}
