// Report: choose what goes in, see what it will say, write it.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { FindingFilter } from '../../../contract/finding.ts';
import type { ExportedReport } from '../../../contract/report.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { useGrid } from '../../data/grid-state.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { Button } from '../../parts/button.tsx';
import { Field, Input, Segments, Select, SwitchRow } from '../../parts/field.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { bridge, client } from '../../transport.ts';
import { countText, numberText } from '../../wording.ts';
import { NoCase } from '../scan/scan-view.tsx';
import { FORMATS, type Format, type ReportChoice } from './report-formats.ts';
import { ReportSheet } from './report-sheet.tsx';
import {
  rememberedSigning,
  rememberSigning,
  SigningFields,
  type SigningForm,
  signingFrom,
  signingMissing,
} from './signing-fields.tsx';
import { TemplateField, useTemplateChoice } from './template-field.tsx';
import { WrittenReport } from './written-report.tsx';
import './report.css';

const ORGANISATION = 'recce.organisation';
/** Blocks beyond which a PDF becomes unwieldy. */
const MANY_BLOCKS = 500;

/** Which findings get a block with pictures: all, those of the Faces screen, or a saved view's. */
function useFilterChoice() {
  const { filter: gridFilter } = useGrid();
  const views = useQuery(engine.finding.views.queryOptions()).data ?? [];
  const [chosen, setChosen] = useState('all');
  const view = views.find((one) => `view ${one.id}` === chosen);
  const filter: FindingFilter = chosen === 'grid' ? gridFilter : (view?.filter ?? {});
  return { chosen, setChosen, views, filter, gridFilterActive: Object.keys(gridFilter).length > 0 };
}

/** Writes reports. A signed one forgets its password, however it ended. */
function useExport(choice: ReportChoice, signing: SigningForm, setSigning: (form: SigningForm) => void) {
  const [written, setWritten] = useState<{ format: Format; report: ExportedReport; number: number }[]>([]);
  const stop = useRef<AbortController>(undefined);
  const writing = useMutation({
    mutationFn: async (format: Format) => {
      const path = await bridge.pickSave?.('Write the report', `report.${format}`);
      if (bridge.pickSave && path === undefined) return null;
      const { title, ...options } = choice;
      const key = format === 'pdf' ? signingFrom(signing) : undefined;
      if (key) rememberSigning(signing);
      const request = {
        format,
        options: { ...options, ...(title.trim() ? { title: title.trim() } : {}) },
        ...(path ? { path } : {}),
        ...(key ? { signing: key } : {}),
      };
      stop.current = new AbortController();
      const { signal } = stop.current;
      const report = await client.report.export(request, { signal }).catch((error) => {
        if (signal.aborted) return null;
        throw error;
      });
      return report && { format, report };
    },
    onSettled: (_done, _error, format) => {
      if (format === 'pdf') setSigning({ ...signing, password: '' });
    },
    onSuccess: (done) => {
      if (done) setWritten((before) => [{ ...done, number: before.length }, ...before]);
      void queryClient.invalidateQueries({ queryKey: engine.case.activity.key() });
    },
  });
  return { written, writing, cancel: () => stop.current?.abort() };
}

function Report() {
  const open = useCase();
  const { blind } = useSession();
  const which = useFilterChoice();
  const [title, setTitle] = useState('');
  const [organisation, setOrganisation] = useState(localStorage.getItem(ORGANISATION) ?? '');
  const [includeOpinions, setIncludeOpinions] = useState(true);
  const [paper, setPaper] = useState<'A4' | 'Letter'>('A4');
  const [redaction, setRedaction] = useState<ReportChoice['redaction']>('none');
  const { templates, template, choose } = useTemplateChoice();
  const [signing, setSigning] = useState(rememberedSigning);
  const choice: ReportChoice = {
    title,
    organisation,
    filter: which.filter,
    includeOpinions,
    paper,
    redaction,
    ...(template ? { template: template.name } : {}),
  };
  const { written, writing, cancel } = useExport(choice, signing, setSigning);
  const newest = useRef<HTMLElement>(null);
  // Below a long form what was written would not be seen.
  useEffect(() => {
    if (written.length > 0) newest.current?.scrollIntoView({ block: 'start' });
  }, [written.length]);
  const missing = signingMissing(signing);
  const shown = useQuery(
    engine.finding.facets.queryOptions({ input: { filter: which.filter }, placeholderData: (before) => before }),
  ).data?.total;
  return (
    <div className="report">
      <section className="report-form" aria-label="Report options">
        <h1>Report</h1>
        <div className="form">
          <Field label="Title">
            <Input
              value={title}
              placeholder={open?.title}
              maxLength={300}
              onChange={(event) => setTitle(event.target.value)}
            />
          </Field>
          <Field label="Laboratory or agency">
            <Input
              value={organisation}
              placeholder={template?.organisation}
              maxLength={300}
              onChange={(event) => {
                setOrganisation(event.target.value);
                localStorage.setItem(ORGANISATION, event.target.value);
              }}
            />
          </Field>
          <Field
            label="Results shown with pictures"
            hint={
              shown === undefined
                ? ' '
                : `${countText(shown, 'result', 'results')}: each face among them gets a block with pictures. Every file is in the tables in any case.`
            }
          >
            <Select value={which.chosen} onChange={(event) => which.setChosen(event.target.value)}>
              <option value="all">All</option>
              <option value="grid" disabled={!which.gridFilterActive}>
                Those of the filter on the Faces screen
              </option>
              {which.views.map((view) => (
                <option key={view.id} value={`view ${view.id}`}>
                  View: {view.name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Faces covered in the pictures">
            <Select
              value={redaction}
              onChange={(event) => setRedaction(event.target.value as ReportChoice['redaction'])}
            >
              <option value="none">None</option>
              <option value="others">Every face but the one examined</option>
              <option value="all">Every face</option>
            </Select>
          </Field>
          <TemplateField templates={templates} template={template} organisation={organisation} onChoose={choose} />
          <SwitchRow label="Examiners’ opinions" checked={includeOpinions} onChange={setIncludeOpinions} />
          <div className="switch-row">
            <strong>Paper</strong>
            <Segments
              label="Paper"
              value={paper}
              choices={[
                { value: 'A4', label: 'A4' },
                { value: 'Letter', label: 'Letter' },
              ]}
              onChange={setPaper}
            />
          </div>
          <SigningFields form={signing} onChange={setSigning} />
          {(shown ?? 0) > MANY_BLOCKS ? (
            <Message tone="caution" title={`${numberText(shown ?? 0)} blocks make a very long PDF.`}>
              Choose a view, or write JSON or CSV.
            </Message>
          ) : null}
          {blind ? (
            <Message tone="caution" title="Blind review is on.">
              The report shows the scores and opinions that are hidden from you.
            </Message>
          ) : null}
          <div className="report-actions">
            {FORMATS.map(({ format, icon, label, about }) => (
              <Button
                key={format}
                icon={icon}
                title={about}
                tone={format === 'pdf' ? 'primary' : 'plain'}
                disabled={writing.isPending || open?.counts.verdicts === 0 || (format === 'pdf' && missing !== null)}
                onClick={() => writing.mutate(format)}
              >
                {writing.isPending && writing.variables === format
                  ? 'Writing…'
                  : format === 'pdf' && signing.on
                    ? 'Sign and write PDF'
                    : label}
              </Button>
            ))}
            {writing.isPending ? (
              <Button tone="quiet" onClick={cancel}>
                Cancel
              </Button>
            ) : null}
          </div>
          {missing ? <p className="field-hint">{missing}</p> : null}
          {open?.counts.verdicts === 0 ? <p className="field-hint">There is nothing to report before a scan.</p> : null}
          <Failure error={writing.error} />
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
