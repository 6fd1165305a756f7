// What the report will say, as sheets of paper: its first page as the PDF has it, and what follows,
// from counts rather than the whole document.
import { useQuery } from '@tanstack/react-query';
import type { FindingFacets } from '../../../contract/finding.ts';
import type { ReportTemplate } from '../../../contract/report-template.ts';
import { wordsHeading } from '../../../contract/template-words.ts';
import type { Leaning, VerdictKind } from '../../../contract/verdict.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { capitalised, KIND_WORDS, LEANING_WORDS, NO_LEANING, notExaminedWords } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { useCase, useDemonstration, useSession } from '../../data/open-case.ts';
import { countText, instantText, numberText } from '../../wording.ts';
import type { ReportChoice } from './report-formats.ts';
import { SheetBrand, SheetFoot } from './sheet-brand.tsx';
import { SheetOpinions } from './sheet-opinions.tsx';
import { SheetStandingWords, SheetWords } from './sheet-words.tsx';

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
 * How many scores lean where, and how many do not lean, and why. Noughts under a model that cannot
 * lean would read as a finding.
 */
function leaningRows(facets: FindingFacets | undefined, blind: boolean): (readonly [string, number, true])[] {
  const { byLeaning = {}, byKind = {} } = facets ?? {};
  const given = Object.values(byLeaning).reduce((sum, n) => sum + n, 0);
  const without = (byKind.scored ?? 0) - given;
  const why = blind ? 'Hidden or without a leaning' : capitalised(NO_LEANING);
  return [
    ...(given > 0 ? (Object.keys(LEANING_WORDS) as Leaning[]) : []).map(
      (leaning) => [capitalised(LEANING_WORDS[leaning]), byLeaning[leaning] ?? 0, true] as const,
    ),
    ...(without > 0 ? [[why, without, true] as const] : []),
  ];
}

const CONTENTS: readonly [string, string][] = [
  ['Videos', 'each track along the time, with its key frames'],
  ['Faces', 'photograph, face, reconstruction, difference'],
  ['All results', 'file by file and face by face, by model'],
  ['Not scored', 'each file and face without a score, with the reason'],
  ['Integrity', 'what was verified, made again, and found altered'],
  ['Models and method', 'passports, validation, limits'],
  ['Signatures', 'a place for each examiner'],
  ['Annexes', 'every file with its hash, structure, parameters'],
];

type Props = { choice: ReportChoice; template: ReportTemplate | null };

function CoverFacts({ choice, template }: Props) {
  const open = useCase()!;
  const byModel = useQuery(engine.finding.facets.queryOptions({ input: { filter: {} } })).data?.byModel ?? [];
  const examiners = useQuery(engine.session.examiners.queryOptions({ staleTime: 0 })).data ?? [];
  const last = useQuery(engine.case.activity.queryOptions({ input: { limit: 1 }, staleTime: 0 })).data?.[0];
  const exhibits = useQuery(engine.evidence.exhibits.queryOptions({})).data ?? [];
  const pending = useQuery(engine.case.pending.queryOptions({ staleTime: 0 })).data ?? 0;
  const { evidence, faces, opinions } = open.counts;
  const results = byModel.reduce((sum, one) => sum + one.findings, 0);
  const names = examiners.filter(({ gaveOpinions }) => gaveOpinions).map(({ name }) => visibleText(name));
  const rows: [string, string][] = [
    ['Reference', open.reference || 'none given'],
    ['Organisation', choice.organisation || template?.organisation || 'none given'],
    ['Examiners', names.join(', ') || 'none has given an opinion'],
    ['State of the case', last ? instantText(last.at) : ''],
    [
      'Evidence',
      `${countText(evidence, 'file', 'files')}${notExaminedWords(pending)} in ${countText(exhibits.length, 'exhibit', 'exhibits')}, ${countText(faces, 'face', 'faces')}`,
    ],
    ['Results', `${countText(results, 'result', 'results')} of ${countText(byModel.length, 'model', 'models')}`],
    [
      'Opinions',
      !choice.includeOpinions
        ? 'left out of this report'
        : opinions === 0
          ? 'none stands'
          : countText(opinions, 'opinion stands', 'opinions stand'),
    ],
    ...byModel.map(({ name, modelId }): [string, string] => ['Model', `${name}, SHA-256 ${modelId.slice(0, 12)}…`]),
  ];
  return (
    <table className="sheet-table sheet-row">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={`${name} ${value}`}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Exhibits() {
  const exhibits = useQuery(engine.evidence.exhibits.queryOptions({})).data ?? [];
  if (exhibits.length === 0) return null;
  return (
    <>
      <h3>Exhibits</h3>
      <table className="sheet-table sheet-exhibits">
        <thead>
          <tr>
            {['No.', 'Name', 'Folder at intake', 'Files'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {exhibits.map(({ exhibit, name, folder, files }) => (
            <tr key={exhibit}>
              <th scope="row">{exhibit}</th>
              <td>{visibleText(name)}</td>
              <td>{visibleText(folder)}</td>
              <td>{numberText(files)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/**
 * The first page of the PDF, in its order: marking, laboratory, title, what the report is of,
 * exhibits, notices.
 */
function FirstPage({ choice, template }: Props) {
  const open = useCase()!;
  const demonstration = useDemonstration();
  return (
    <article className={`sheet sheet-${choice.paper}`} aria-label="First page">
      {template?.header ? <p className="sheet-marking">{template.header}</p> : null}
      {template ? <SheetBrand template={template} /> : null}
      <p className="sheet-organisation">Examination of faces for signs of forgery</p>
      <h2>{choice.title || open.title}</h2>
      <CoverFacts choice={choice} template={template} />
      <Exhibits />
      {demonstration ? <p className="sheet-stamp">Demonstration: not for casework</p> : null}
      {choice.redaction === 'none' ? null : (
        <p className="sheet-stamp">
          {choice.redaction === 'all'
            ? 'Redacted copy: every picture of a face is covered.'
            : 'Redacted copy: every face is covered but the one examined.'}
        </p>
      )}
      <SheetFoot template={template} />
    </article>
  );
}

/** What follows, in the order of the PDF: the examiners before the machine. */
function NextPages({ choice, template, shown }: Props & { shown: number }) {
  const { blind } = useSession();
  const facets = useQuery(engine.finding.facets.queryOptions({ input: { filter: {} } })).data;
  const pending = useQuery(engine.case.pending.queryOptions({ staleTime: 0 })).data ?? 0;
  const kinds = (Object.keys(KIND_WORDS) as VerdictKind[]).flatMap((kind) => {
    const row = [KIND_WORDS[kind].label, facets?.byKind[kind] ?? 0] as const;
    if (kind !== 'scored') return [row];
    return [row, ...leaningRows(facets, blind)];
  });
  return (
    <article className={`sheet sheet-${choice.paper}`} aria-label="The pages after it">
      {template?.header ? <p className="sheet-marking">{template.header}</p> : null}
      <SheetWords title={wordsHeading('Findings', choice.wordsBy)} words={choice.findings} />
      <SheetWords title={wordsHeading('Conclusion', choice.wordsBy)} words={choice.conclusion} />
      <SheetStandingWords template={template} findings={choice.findings} conclusion={choice.conclusion} />
      <h3>Opinions of examiners</h3>
      {choice.includeOpinions ? <SheetOpinions /> : <p>Opinions of examiners are left out of this report.</p>}
      <h3>Summary</h3>
      <Table rows={pending > 0 ? [...kinds, ['Not examined yet', pending]] : kinds} />
      <h3>After that</h3>
      <ol className="sheet-contents">
        {CONTENTS.map(([title, what]) => (
          <li key={title}>
            <strong>{title}</strong> {title === 'Faces' ? `of ${countText(shown, 'result', 'results')}: ${what}` : what}
          </li>
        ))}
      </ol>
      <p className="sheet-foot">
        A raw score is not the probability that a face is forged. No face found, unreadable, too small and outside the
        model’s limits say nothing about whether a picture is genuine.
      </p>
    </article>
  );
}

export function ReportSheet({ choice, template, shown }: Props & { shown: number }) {
  if (!useCase()) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="report-preview" aria-label="What the report will say" tabIndex={0}>
      <FirstPage choice={choice} template={template} />
      <NextPages choice={choice} template={template} shown={shown} />
    </section>
  );
}
