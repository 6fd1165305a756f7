// The form of a report: what it is called, what is shown in it, and how.
import { FolderOutput } from 'lucide-react';
import type { CsvOptions } from '../../../contract/report.ts';
import { standingHint } from '../../../contract/template-words.ts';
import type { ReportWords } from '../../data/drafts.ts';
import { useCase } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { Button } from '../../parts/button.tsx';
import { Field, Input, Segments, Select, SwitchRow } from '../../parts/field.tsx';
import { countText } from '../../wording.ts';
import type { ReportChoice } from './report-formats.ts';
import { TemplateField } from './template-field.tsx';
import type { ReportChoosing } from './use-report-choice.ts';

function ShownField({ choosing: { which, shown } }: { choosing: ReportChoosing }) {
  return (
    <Field
      label="Results shown with pictures"
      hint={
        shown === undefined
          ? ' '
          : shown === null
            ? 'In blind review it is not said how many these are. Every file is in the tables in any case.'
            : `${countText(shown, 'result', 'results')}: each face among them gets a block with pictures. Every file is in the tables in any case.`
      }
    >
      <Select value={which.chosen} onChange={(event) => which.setChosen(event.target.value)}>
        <option value="all">All</option>
        <option value="shortlist" disabled={!which.hasShortlist}>
          Shortlist
        </option>
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
  );
}

/** What the examiners write themselves: printed before anything the machine says. */
function WordsField({
  label,
  name,
  choosing: { choice, template, changeWords },
}: {
  label: string;
  name: keyof ReportWords;
  choosing: ReportChoosing;
}) {
  return (
    <Field label={label} hint={choice[name].trim() === '' ? standingHint(template, name) : undefined}>
      <textarea
        className="input"
        rows={3}
        maxLength={50_000}
        value={choice[name]}
        onChange={(event) => changeWords({ [name]: event.target.value })}
      />
    </Field>
  );
}

const SEPARATORS: readonly { value: CsvOptions['separator']; label: string }[] = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
];

/** How the table is written for the program that will read it. */
function CsvFields({ csv, onChange }: { csv: CsvOptions; onChange: (csv: CsvOptions) => void }) {
  return (
    <details className="report-csv">
      <summary>How the CSV is written</summary>
      <div className="form">
        <Field label="Between cells">
          <Select
            value={csv.separator}
            onChange={(event) => onChange({ ...csv, separator: event.target.value as CsvOptions['separator'] })}
          >
            {SEPARATORS.map(({ value, label }) => (
              <option key={label} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <div className="switch-row">
          <strong>Decimal sign</strong>
          <Segments
            label="Decimal sign"
            value={csv.decimal}
            choices={[
              { value: '.', label: '0.5', name: 'Point' },
              { value: ',', label: '0,5', name: 'Comma' },
            ]}
            onChange={(decimal) => onChange({ ...csv, decimal })}
          />
        </div>
        <SwitchRow
          label="Byte order mark"
          hint="Without it, many spreadsheets show letters beyond A to Z wrongly."
          checked={csv.byteOrderMark}
          onChange={(byteOrderMark) => onChange({ ...csv, byteOrderMark })}
        />
      </div>
    </details>
  );
}

export function ReportFields({ choosing }: { choosing: ReportChoosing }) {
  const open = useCase();
  const { choice, change, templates, template, chooseTemplate } = choosing;
  return (
    <>
      <Field label="Title">
        <Input
          value={choice.title}
          placeholder={open?.title}
          maxLength={300}
          onChange={(event) => change({ title: event.target.value })}
        />
      </Field>
      <Field label="Laboratory or agency">
        <Input
          value={choice.organisation}
          placeholder={template?.organisation}
          maxLength={300}
          onChange={(event) => change({ organisation: event.target.value })}
        />
      </Field>
      <WordsField label="Findings, in your words" name="findings" choosing={choosing} />
      <WordsField label="Conclusion, in your words" name="conclusion" choosing={choosing} />
      <ShownField choosing={choosing} />
      <span>
        <Button small icon={FolderOutput} onClick={() => show({ kind: 'copyOut', choice: { filter: choice.filter } })}>
          Copy out their originals
        </Button>
      </span>
      <Field label="Faces redacted (blacked out) in the pictures">
        <Select
          value={choice.redaction}
          onChange={(event) => change({ redaction: event.target.value as ReportChoice['redaction'] })}
        >
          <option value="none">None</option>
          <option value="others">Every face but the one examined</option>
          <option value="all">Every face</option>
        </Select>
      </Field>
      <TemplateField
        templates={templates}
        template={template}
        organisation={choice.organisation}
        onChoose={chooseTemplate}
      />
      <SwitchRow
        label="Examiners’ opinions"
        checked={choice.includeOpinions}
        onChange={(includeOpinions) => change({ includeOpinions })}
      />
      <div className="switch-row">
        <strong>Paper</strong>
        <Segments
          label="Paper"
          value={choice.paper}
          choices={[
            { value: 'A4', label: 'A4' },
            { value: 'Letter', label: 'Letter' },
          ]}
          onChange={(paper) => change({ paper })}
        />
      </div>
      <CsvFields csv={choice.csv} onChange={(csv) => change({ csv })} />
    </>
  );
}
