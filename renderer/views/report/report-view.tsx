// Report: choose what goes in, see what it will say, write it.
import { useEffect, useRef } from 'react';
import type { ReportProgress } from '../../../contract/report.ts';
import { useKept } from '../../data/drafts.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { Button } from '../../parts/button.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { NoCase } from '../../parts/no-case.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { bridge } from '../../transport.ts';
import { numberText } from '../../wording.ts';
import { ReportFields } from './report-fields.tsx';
import { FORMATS } from './report-formats.ts';
import { ReportSheet } from './report-sheet.tsx';
import { rememberedSigning, SigningFields, signingMissing } from './signing-fields.tsx';
import { useReportChoice } from './use-report-choice.ts';
import { type Exporting, useReportExport } from './use-report-export.ts';
import { WrittenReport } from './written-report.tsx';
import './report.css';

/** Blocks beyond which a PDF becomes unwieldy. */
const MANY_BLOCKS = 500;

const STEPS: Readonly<Record<ReportProgress['step'], string>> = {
  reading: 'Reading the case',
  faces: 'Faces with pictures',
  tables: 'Tables and annexes',
  record: 'The attached record',
  signing: 'Signing, and reading the file again',
};

/** Faces are counted; of the other steps nobody knows how long they take. */
function Writing({ exporting: { progress, cancel } }: { exporting: Exporting }) {
  const { step = 'reading', done = 0, total = 0 } = progress ?? {};
  const counted = step === 'faces' && total > 0;
  const words = counted ? `${STEPS[step]}: ${numberText(done)} of ${numberText(total)}` : `${STEPS[step]}…`;
  return (
    <div className="report-writing">
      <ProgressBar
        label="Progress of the report"
        done={done}
        total={counted ? total : null}
        words={words}
        wanders={!counted}
      />
      <span className="secondary">{words}</span>
      <Button onClick={cancel}>Cancel</Button>
    </div>
  );
}

/** A button for each format. */
function Actions({
  exporting: { writing, write },
  signed,
  mayWritePdf,
}: {
  exporting: Exporting;
  signed: boolean;
  mayWritePdf: boolean;
}) {
  const open = useCase();
  return (
    <div className="report-actions">
      {FORMATS.map(({ format, icon, label, about }) => (
        <Button
          key={format}
          icon={icon}
          title={about}
          tone={format === 'pdf' ? 'primary' : 'plain'}
          disabled={writing !== null || open?.counts.verdicts === 0 || (format === 'pdf' && !mayWritePdf)}
          onClick={() => write(format)}
        >
          {writing === format ? 'Writing…' : format === 'pdf' && signed ? 'Sign and write PDF' : label}
        </Button>
      ))}
    </div>
  );
}

function Report() {
  const open = useCase();
  const { blind } = useSession();
  const choosing = useReportChoice();
  const { choice, template, shown } = choosing;
  // On the way to another screen and back all of it stays, but for the password.
  const [signing, setSigning] = useKept('case.report.signing', rememberedSigning);
  useEffect(() => () => setSigning((now) => ({ ...now, password: '' })), [setSigning]);
  const exporting = useReportExport(choice, signing, setSigning);
  const { written, writing, error } = exporting;
  const newest = useRef<HTMLElement>(null);
  // Below a long form what was written would not be seen.
  useEffect(() => {
    if (written.length > 0) newest.current?.scrollIntoView({ block: 'start' });
  }, [written.length]);
  const missing = signingMissing(signing);
  return (
    <div className="report">
      <section className="report-form" aria-label="Report options">
        <h1>Report</h1>
        <div className="form">
          <ReportFields choosing={choosing} />
          <SigningFields form={signing} onChange={setSigning} />
          {(shown ?? 0) > MANY_BLOCKS ? (
            <Message tone="caution" title={`${numberText(shown ?? 0)} blocks make a very long PDF.`}>
              Choose a view, or write JSON or CSV.
            </Message>
          ) : null}
          {blind ? (
            <Message tone="caution" title="Blind review is on.">
              The report shows the scores and opinions that are hidden from you. Once you have written one, your
              opinions on what it shows are no longer entered as blind.
            </Message>
          ) : null}
          <Actions exporting={exporting} signed={signing.on} mayWritePdf={missing === null} />
          {writing ? <Writing exporting={exporting} /> : null}
          {missing ? <p className="field-hint">{missing}</p> : null}
          {open?.counts.verdicts === 0 ? <p className="field-hint">There is nothing to report before a scan.</p> : null}
          <Failure error={error} />
        </div>
        {written.length > 0 ? (
          <section ref={newest} aria-label="Written" aria-live="polite">
            <h2 className="caps section-caps">Written</h2>
            <ol className="written-list">
              {written.map(({ format, report, number }) => (
                <WrittenReport key={number} format={format} report={report} />
              ))}
            </ol>
          </section>
        ) : (
          <p className="field-hint">
            {bridge.pickSave ? '' : 'Reports are written to the folder “reports” of the case. '}The same case gives the
            same bytes.
          </p>
        )}
      </section>
      <ReportSheet choice={choice} template={template} shown={shown ?? 0} />
    </div>
  );
}

export function ReportView() {
  const open = useCase();
  return open === null ? <NoCase /> : <Report />;
}
