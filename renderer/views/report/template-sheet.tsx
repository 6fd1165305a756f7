// The first page as a template would make it, and below it what it says of likelihood ratios. Drawn
// by the window; the report itself is typeset by the engine.
import type { ReportTemplate } from '../../../contract/report-template.ts';
import { ratioSentence } from '../../../contract/verbal-scale.ts';
import { useCase } from '../../data/open-case.ts';
import { SheetBrand, SheetFoot } from './sheet-brand.tsx';
import { SheetStandingWords, SheetWords } from './sheet-words.tsx';

/** Ratios that show how the steps read. */
const EXAMPLES = [-1.2, 0.1, 2.3];

function Propositions({ template }: { template: ReportTemplate }) {
  const { propositions, verbalScale } = template;
  const canRead = verbalScale.length > 0 && verbalScale.every(({ from }) => Number.isFinite(from));
  return (
    <>
      <h3>Propositions</h3>
      <p>Forged: {propositions.forged}</p>
      <p>Genuine: {propositions.genuine}</p>
      <h3>Likelihood ratios in words, for example</h3>
      {canRead ? EXAMPLES.map((ratio) => <p key={ratio}>{ratioSentence(ratio, verbalScale)}.</p>) : null}
    </>
  );
}

export function TemplateSheet({ template }: { template: ReportTemplate }) {
  const open = useCase();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="report-preview" aria-label="The first page" tabIndex={0}>
      <article className="sheet">
        {template.header ? <p className="sheet-marking">{template.header}</p> : null}
        <SheetBrand template={template} />
        <p className="sheet-organisation">Examination of faces for signs of forgery</p>
        <h2>{open?.title ?? 'Title of the case'}</h2>
        <dl className="sheet-facts">
          <div>
            <dt>Reference</dt>
            <dd>{open?.reference || '–'}</dd>
          </div>
          <div>
            <dt>Organisation</dt>
            <dd>{template.organisation || '–'}</dd>
          </div>
        </dl>
        <SheetStandingWords template={template} findings="" conclusion="" />
        <Propositions template={template} />
        <SheetWords title="Statement of the laboratory" words={template.statement} />
        <SheetFoot template={template} />
      </article>
    </section>
  );
}
