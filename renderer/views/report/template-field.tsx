// The laboratory's template for this report, and the way to make and change templates.
import { useQuery } from '@tanstack/react-query';
import { Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReportTemplate } from '../../../contract/report-template.ts';
import { engine } from '../../data/engine.ts';
import { Button } from '../../parts/button.tsx';
import { Select } from '../../parts/field.tsx';
import { TemplateDialog } from './template-dialog.tsx';

const LAST = 'recce.template';

/** The templates of this installation and the chosen one, kept from report to report. */
export function useTemplateChoice() {
  const templates = useQuery(engine.report.templates.queryOptions()).data ?? [];
  const [name, setName] = useState(localStorage.getItem(LAST) ?? '');
  const choose = (next: string): void => {
    setName(next);
    localStorage.setItem(LAST, next);
  };
  return { templates, template: templates.find((one) => one.name === name) ?? null, choose };
}

export function TemplateField({
  templates,
  template,
  organisation,
  onChoose,
}: {
  templates: readonly ReportTemplate[];
  template: ReportTemplate | null;
  /** What a new template begins with. */
  organisation: string;
  onChoose: (name: string) => void;
}) {
  const [editing, setEditing] = useState<'new' | 'chosen' | null>(null);
  return (
    <div className="field">
      <label className="field-label" htmlFor="report-template">
        Template of the laboratory
      </label>
      <span className="path-row">
        <Select id="report-template" value={template?.name ?? ''} onChange={(event) => onChoose(event.target.value)}>
          <option value="">None</option>
          {templates.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </Select>
        {template ? (
          <Button icon={Pencil} onClick={() => setEditing('chosen')}>
            Edit
          </Button>
        ) : null}
        <Button icon={Plus} onClick={() => setEditing('new')}>
          New
        </Button>
      </span>
      <span className="field-hint">
        Logo, address, running lines, propositions, standing words and a closing statement.
      </span>
      {editing ? (
        <TemplateDialog
          known={editing === 'chosen' ? template : null}
          taken={templates.map(({ name }) => name)}
          organisation={organisation}
          onSaved={onChoose}
          onClose={() => setEditing(null)}
        />
      ) : null}
    </div>
  );
}
