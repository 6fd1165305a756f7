// The form of a report: what it is called, what is shown in it, and how.
import { useCase } from '../../data/open-case.ts';
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
      <ShownField choosing={choosing} />
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
    </>
  );
}
