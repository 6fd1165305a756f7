// What the report will say, as a sheet of paper: its cover and summary, from counts rather than the whole document.
import { useQuery } from '@tanstack/react-query';
import type { FindingFacets } from '../../../contract/finding.ts';
import type { ReportTemplate } from '../../../contract/report-template.ts';
import type { Leaning, VerdictKind } from '../../../contract/verdict.ts';
import { engine } from '../../data/engine.ts';
import { useCase, useDemonstration, useSession } from '../../data/open-case.ts';
import { countText, instantText, KIND_WORDS, LEANING_WORDS, numberText } from '../../wording.ts';
import type { ReportChoice } from './report-formats.ts';
import { SheetBrand } from './sheet-brand.tsx';
import { SheetOpinions } from './sheet-opinions.tsx';

function Table({ rows }: { rows: readonly (readonly [string, number, boolean?])[] }) {
  return (
    <table className="sheet-table">
      <tbody>
        {rows.map(([name, n, inner]) => (
          <tr key={name}>
            <th scope="row" className={inner ? 'sheet-inner' : ''}>
              {name}
            </th>
            <td>{numberText(n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/**
 * How many scores lean where, and how many do not lean, and why. Noughts under a model that cannot lean would read as a finding.
 */
function leaningRows(facets: FindingFacets | undefined, blind: boolean): (readonly [string, number, true])[] {
  const { byLeaning = {}, byKind = {} } = facets ?? {};
  const given = Object.values(byLeaning).reduce((sum, n) => sum + n, 0);
  const without = (byKind.scored ?? 0) - given;
  const why = blind ? 'Hidden or without a leaning' : 'No leaning given: the model had no operating points';
  return [
    ...(given > 0 ? (Object.keys(LEANING_WORDS) as Leaning[]) : []).map(
      (leaning) => [LEANING_WORDS[leaning], byLeaning[leaning] ?? 0, true] as const,
    ),
    ...(without > 0 ? [[why, without, true] as const] : []),
  ];
}

const CONTENTS: readonly [string, string][] = [
  ['Summary', 'results by kind, highest raw scores'],
  ['Faces with pictures', 'photograph, face, reconstruction, difference'],
  ['Every file', 'hash, size, state'],
  ['Method and parameters', 'model passport, runtime, crop recipe'],
  ['Limits', 'what the results do not say'],
  ['Activity', 'head of the linked log'],
];

export function ReportSheet({
  choice,
  template,
  shown,
}: {
  choice: ReportChoice;
  template: ReportTemplate | null;
  shown: number;
}) {
  const open = useCase();
  const { blind } = useSession();
  const demonstration = useDemonstration();
  const facets = useQuery(engine.finding.facets.queryOptions({ input: { filter: {} } })).data;
  const examiners = useQuery(engine.session.examiners.queryOptions()).data ?? [];
  const pending = useQuery(engine.case.pending.queryOptions({ staleTime: 0 })).data ?? 0;
  const last = useQuery(engine.case.activity.queryOptions({ input: { limit: 1 }, staleTime: 0 })).data?.[0];
  if (!open) return null;
  const kinds = (Object.keys(KIND_WORDS) as VerdictKind[]).flatMap((kind) => {
    const row = [KIND_WORDS[kind].label, facets?.byKind[kind] ?? 0] as const;
    if (kind !== 'scored') return [row];
    return [row, ...leaningRows(facets, blind)];
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="report-preview" aria-label="What the report will say" tabIndex={0}>
      <article className={`sheet sheet-${choice.paper}`}>
        {demonstration ? <p className="sheet-stamp">Demonstration: not for casework</p> : null}
        {template?.header ? <p className="sheet-running">{template.header}</p> : null}
        {template ? <SheetBrand template={template} /> : null}
        <p className="sheet-organisation">{choice.organisation || template?.organisation}</p>
        <h2>{choice.title || open.title}</h2>
        <dl className="sheet-facts">
          <div>
            <dt>Reference</dt>
            <dd>{open.reference || '–'}</dd>
          </div>
          <div>
            <dt>Examiners</dt>
            <dd>{examiners.map((one) => one.name).join(', ') || '–'}</dd>
          </div>
          <div>
            <dt>As of</dt>
            <dd>{last ? instantText(last.at) : '–'}</dd>
          </div>
          <div>
            <dt>Evidence</dt>
            <dd>{`${countText(open.counts.evidence, 'file', 'files')}, ${countText(open.counts.faces, 'face', 'faces')}`}</dd>
          </div>
        </dl>
        <h3>Results</h3>
        <Table rows={pending > 0 ? [...kinds, ['Not examined yet', pending]] : kinds} />
        {choice.includeOpinions ? (
          <>
            <h3>Opinions</h3>
            <SheetOpinions entries={open.counts.opinions} />
          </>
        ) : null}
        <h3>Contents</h3>
        <ol className="sheet-contents">
          {CONTENTS.map(([title, what]) => (
            <li key={title}>
              <strong>{title}</strong>{' '}
              {title === 'Faces with pictures' ? `of ${countText(shown, 'result', 'results')}: ${what}` : what}
            </li>
          ))}
        </ol>
        {template?.footer ? <p className="sheet-running">{template.footer}</p> : null}
        <p className="sheet-foot">
          A raw score is not the probability that a face is forged. No face found, unreadable, too small and outside the
          model’s domain say nothing about whether a picture is genuine.
        </p>
      </article>
    </section>
  );
}
