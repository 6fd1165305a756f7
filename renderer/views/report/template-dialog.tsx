// Making or changing a report template, with its first page beside it as it is typed.
import { useMutation } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { keptTemplateSchema, type ReportTemplate, reportTemplateSchema } from '../../../contract/report-template.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Leaving } from '../../parts/form-dialog.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { TemplateForm } from './template-form.tsx';
import { TemplateSheet } from './template-sheet.tsx';

/** Why the template cannot be kept as it is; null when it can. */
function problemOf(template: ReportTemplate, taken: readonly string[]): string | null {
  if (!template.name.trim()) return 'The template needs a name.';
  if (taken.includes(template.name)) return 'There is a template of this name already.';
  const parsed = keptTemplateSchema.safeParse(template);
  if (parsed.success) return null;
  const [issue] = parsed.error.issues;
  if (issue?.path[0] === 'propositions') return 'Both propositions must be stated.';
  return issue?.path[0] === 'verbalScale' && issue.path.length > 1 ? 'Every step needs its words.' : issue!.message;
}

/** Keeps it; under another name than before, the one before goes. */
async function keep(template: ReportTemplate, before: string | undefined): Promise<string> {
  const { name } = await client.report.saveTemplate({ ...template, name: template.name.trim() });
  if (before !== undefined && before !== name) await client.report.removeTemplate({ name: before });
  return name;
}

const readAgain = () => queryClient.invalidateQueries({ queryKey: engine.report.templates.key() });

/** The first press asks, the second removes. */
function RemoveButton({ onRemove }: { onRemove: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      tone="danger"
      icon={Trash2}
      className="template-remove"
      onBlur={() => setAsked(false)}
      onClick={() => (asked ? onRemove() : setAsked(true))}
    >
      {asked ? 'Press again to remove' : 'Remove'}
    </Button>
  );
}

export function TemplateDialog({
  known,
  taken,
  organisation,
  onSaved,
  onClose,
}: {
  /** The template to change; null makes a new one. */
  known: ReportTemplate | null;
  taken: readonly string[];
  organisation: string;
  onSaved: (name: string) => void;
  onClose: () => void;
}) {
  const [begun] = useState(() => known ?? { ...reportTemplateSchema.parse({ name: 'new', organisation }), name: '' });
  const [template, setTemplate] = useState(begun);
  const [leaving, setLeaving] = useState(false);
  const isChanged = JSON.stringify(template) !== JSON.stringify(begun);
  const close = (): void => {
    if (isChanged) setLeaving(!leaving);
    else onClose();
  };
  const done = async (name: string): Promise<void> => {
    await readAgain();
    onSaved(name);
    onClose();
  };
  const saving = useMutation({ mutationFn: () => keep(template, known?.name), onSuccess: done });
  const removing = useMutation({
    mutationFn: () => client.report.removeTemplate({ name: known!.name }),
    onSuccess: () => done(''),
  });
  const others = taken.filter((name) => name !== known?.name);
  const problem = problemOf({ ...template, name: template.name.trim() }, others);
  return (
    <Dialog title={known ? `Template ${known.name}` : 'New template'} onClose={close} size="large">
      <form
        className="template-editor"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <TemplateForm template={template} onChange={(more) => setTemplate((now) => ({ ...now, ...more }))} />
        <TemplateSheet template={template} />
        {leaving && isChanged ? <Leaving onStay={() => setLeaving(false)} onLeave={onClose} /> : null}
        <div className="dialog-actions">
          {known ? <RemoveButton onRemove={() => removing.mutate()} /> : null}
          <Failure error={saving.error ?? removing.error} />
          <span className="template-problem muted">{problem}</span>
          <Button onClick={close}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={problem !== null || saving.isPending}>
            Keep the template
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
