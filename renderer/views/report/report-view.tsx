// Report: choose what goes in, see what it will say, write it.
import { useMutation, useQuery } from '@tanstack/react-query';
import { FileBraces, FileSpreadsheet, FileText, FolderOpen, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { FindingFilter } from '../../../contract/finding.ts';
import type { ExportedReport } from '../../../contract/report.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { useGrid } from '../../data/grid-state.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { Button } from '../../parts/button.tsx';
import { Field, Input, Segments, Select, Switch } from '../../parts/field.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { bridge, client } from '../../transport.ts';
import { bytesText, countText, numberText } from '../../wording.ts';
import { NoCase } from '../scan/scan-view.tsx';
import { ReportSheet } from './report-sheet.tsx';
import './report.css';

type Format = 'pdf' | 'json' | 'csv';
export type ReportChoice = {
  title: string;
  organisation: string;
  filter: FindingFilter;
  includeOpinions: boolean;
  paper: 'A4' | 'Letter';
  redaction: 'none' | 'others' | 'all';
  template?: string;
};

const FORMATS: readonly { format: Format; icon: LucideIcon; label: string }[] = [
  { format: 'pdf', icon: FileText, label: 'Write PDF' },
  { format: 'json', icon: FileBraces, label: 'Write JSON' },
  { format: 'csv', icon: FileSpreadsheet, label: 'Write CSV' },
];
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

function Written({ report, format }: { report: ExportedReport; format: Format }) {
  return (
    <li className="written">
      <div className="written-head">
        <span className="badge tone-accent">{format.toUpperCase()}</span>
        <span className="written-path mono" title={report.path}>
          {report.path.split(/[\\/]/).at(-1)}
        </span>
        {bridge.reveal ? (
          <Button small icon={FolderOpen} onClick={() => void bridge.reveal?.(report.path)}>
            Show in folder
          </Button>
        ) : null}
      </div>
      <dl className="facts">
        <div className="fact">
          <dt>File</dt>
          <dd>
            {bytesText(report.sizeBytes)}
            {report.pages === null ? '' : `, ${countText(report.pages, 'page', 'pages')}`}
          </dd>
        </div>
        <div className="fact">
          <dt>Path</dt>
          <dd>
            <Copyable text={report.path} name="the path" />
          </dd>
        </div>
        <div className="fact">
          <dt>SHA-256</dt>
          <dd>
            <Copyable text={report.sha256} name="the SHA-256" />
          </dd>
        </div>
        <div className="fact">
          <dt>Content</dt>
          <dd>
            <Copyable text={report.contentSha256} name="the SHA-256 of the content" />
          </dd>
        </div>
      </dl>
    </li>
  );
}

function useExport(choice: ReportChoice) {
  const [written, setWritten] = useState<{ format: Format; report: ExportedReport; number: number }[]>([]);
  const writing = useMutation({
    mutationFn: async (format: Format) => {
      const path = await bridge.pickSave?.('Write the report', `report.${format}`);
      if (bridge.pickSave && path === undefined) return null;
      const { title, ...options } = choice;
      const report = await client.report.export({
        format,
        options: { ...options, ...(title.trim() ? { title: title.trim() } : {}) },
        ...(path ? { path } : {}),
      });
      return { format, report };
    },
    onSuccess: (done) => {
      if (done) setWritten((before) => [{ ...done, number: before.length }, ...before]);
      void queryClient.invalidateQueries({ queryKey: engine.case.activity.key() });
    },
  });
  return { written, writing };
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
  const [template, setTemplate] = useState('');
  const templates = useQuery(engine.report.templates.queryOptions()).data ?? [];
  const choice: ReportChoice = {
    title,
    organisation,
    filter: which.filter,
    includeOpinions,
    paper,
    redaction,
    ...(template ? { template } : {}),
  };
  const { written, writing } = useExport(choice);
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
          {templates.length > 0 ? (
            <Field label="Template">
              <Select value={template} onChange={(event) => setTemplate(event.target.value)}>
                <option value="">None</option>
                {templates.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name}
                  </option>
                ))}
              </Select>
            </Field>
          ) : null}
          <div className="switch-row">
            <strong>Examiners’ opinions</strong>
            <Switch label="Examiners’ opinions" checked={includeOpinions} onChange={setIncludeOpinions} />
          </div>
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
            {FORMATS.map(({ format, icon, label }) => (
              <Button
                key={format}
                icon={icon}
                tone={format === 'pdf' ? 'primary' : 'plain'}
                disabled={writing.isPending || open?.counts.verdicts === 0}
                onClick={() => writing.mutate(format)}
              >
                {writing.isPending && writing.variables === format ? 'Writing…' : label}
              </Button>
            ))}
          </div>
          <Failure error={writing.error} />
        </div>
        {written.length > 0 ? (
          <section aria-label="Written" aria-live="polite">
            <h3 className="section-caps">Written</h3>
            <ol className="written-list">
              {written.map(({ format, report, number }) => (
                <Written key={number} format={format} report={report} />
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
      <ReportSheet choice={choice} shown={shown ?? 0} />
    </div>
  );
}

export function ReportView() {
  const open = useCase();
  return open === null ? <NoCase /> : <Report />;
}
