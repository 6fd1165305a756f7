// The fields of a report template: whose it is, what runs through every page, and how likelihood
// ratios are put in words.
import { ImagePlus, Plus, X } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { ReportTemplate, VerbalStep } from '../../../contract/report-template.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Field, Input } from '../../parts/field.tsx';
import { Message } from '../../parts/message.tsx';
import { logoUrl } from './sheet-brand.tsx';

type Props = { template: ReportTemplate; onChange: (more: Partial<ReportTemplate>) => void };

/** Base64 is a third longer than what it holds; the template takes 4,000,000 digits. */
const LARGEST_LOGO_BYTES = 2_900_000;
const STARTS = { png: [0x89, 0x50, 0x4e, 0x47], jpeg: [0xff, 0xd8, 0xff] } as const;

const dataUrlFrom = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read.'));
    reader.readAsDataURL(file);
  });

/**
 * The file as base64. Throws Error, with a sentence, for what is no PNG or JPEG picture or too
 * large.
 */
async function logoFrom(file: File): Promise<string> {
  if (file.size > LARGEST_LOGO_BYTES) throw new Error('The logo is larger than 2.9 MB.');
  const bytes = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const known = Object.values(STARTS).some((start) => start.every((byte, i) => bytes[i] === byte));
  if (!known) throw new Error('A logo is a PNG or a JPEG picture.');
  await createImageBitmap(file).catch(() => {
    throw new Error('The picture cannot be read.');
  });
  return (await dataUrlFrom(file)).split(',')[1]!;
}

function LogoField({ template, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState('');
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      onChange({ logo: await logoFrom(file) });
      setProblem('');
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <div className="field">
      <span className="field-label">Logo</span>
      <div className="template-logo">
        {template.logo ? <img src={logoUrl(template.logo)} alt="The logo" /> : null}
        <Button icon={ImagePlus} onClick={() => input.current?.click()}>
          {template.logo ? 'Choose another' : 'Choose a logo'}
        </Button>
        {template.logo ? <Button onClick={() => onChange({ logo: null })}>Remove the logo</Button> : null}
        <input
          ref={input}
          type="file"
          hidden
          aria-label="Logo file"
          accept="image/png,image/jpeg"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </div>
      {problem ? <Message tone="danger" title={problem} /> : <span className="field-hint">PNG or JPEG.</span>}
    </div>
  );
}

function Words({
  label,
  hint,
  value,
  rows,
  maxLength,
  onChange,
}: {
  label: string;
  hint?: string;
  value: string;
  rows: number;
  maxLength: number;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={hint}>
      <textarea
        className="input"
        rows={rows}
        value={value}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

/** Rows of the scale. A step is known by its place: its figure and its words are being typed. */
function ScaleFields({ steps, onChange }: { steps: readonly VerbalStep[]; onChange: (steps: VerbalStep[]) => void }) {
  const id = useId();
  const change = (at: number, more: Partial<VerbalStep>): void =>
    onChange(steps.map((step, i) => (i === at ? { ...step, ...more } : step)));
  return (
    <fieldset className="template-scale">
      <legend>Likelihood ratios in words</legend>
      <p className="field-hint">
        From this log10 of the ratio on (1 is ten times, 2 a hundred times), in either direction.
      </p>
      {steps.map((step, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step has no other name while it is typed
        <div className="template-step" key={`${id}${i}`}>
          <Input
            type="number"
            min={0}
            step="any"
            aria-label={`From, step ${i + 1}`}
            value={Number.isNaN(step.from) ? '' : step.from}
            onChange={(event) => change(i, { from: event.target.valueAsNumber })}
          />
          <Input
            aria-label={`Words, step ${i + 1}`}
            value={step.words}
            maxLength={200}
            onChange={(event) => change(i, { words: event.target.value })}
          />
          <IconButton
            icon={X}
            label={`Remove step ${i + 1}`}
            disabled={steps.length === 1}
            onClick={() => onChange(steps.filter((_, at) => at !== i))}
          />
        </div>
      ))}
      <Button
        small
        icon={Plus}
        disabled={steps.length >= 20}
        onClick={() => onChange([...steps, { from: Math.max(...steps.map(({ from }) => from || 0)) + 1, words: '' }])}
      >
        Add a step
      </Button>
    </fieldset>
  );
}

export function TemplateForm({ template, onChange }: Props) {
  const { propositions } = template;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="form template-form" aria-label="Template" tabIndex={0}>
      <Field label="Name of the template">
        <Input
          value={template.name}
          required
          maxLength={100}
          data-first
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <Field label="Laboratory or agency" hint="Where the report itself names none.">
        <Input
          value={template.organisation}
          maxLength={300}
          onChange={(event) => onChange({ organisation: event.target.value })}
        />
      </Field>
      <LogoField template={template} onChange={onChange} />
      <Words
        label="Address"
        rows={3}
        maxLength={1000}
        value={template.address}
        onChange={(address) => onChange({ address })}
      />
      <Field label="At the head of every page">
        <Input value={template.header} maxLength={200} onChange={(event) => onChange({ header: event.target.value })} />
      </Field>
      <Field label="At the foot of every page">
        <Input value={template.footer} maxLength={200} onChange={(event) => onChange({ footer: event.target.value })} />
      </Field>
      <Words
        label="Proposition: forged"
        rows={3}
        maxLength={1000}
        value={propositions.forged}
        onChange={(forged) => onChange({ propositions: { ...propositions, forged } })}
      />
      <Words
        label="Proposition: genuine"
        rows={3}
        maxLength={1000}
        value={propositions.genuine}
        onChange={(genuine) => onChange({ propositions: { ...propositions, genuine } })}
      />
      <ScaleFields steps={template.verbalScale} onChange={(verbalScale) => onChange({ verbalScale })} />
      <Words
        label="Standing words without findings"
        hint="What the laboratory says in every report in which no examiner writes findings. Printed as words of this template, not as findings."
        rows={4}
        maxLength={50_000}
        value={template.findings}
        onChange={(findings) => onChange({ findings })}
      />
      <Words
        label="Standing words without a conclusion"
        hint="The same where no examiner writes a conclusion. Printed as words of this template, not as a conclusion."
        rows={4}
        maxLength={50_000}
        value={template.conclusion}
        onChange={(conclusion) => onChange({ conclusion })}
      />
      <Words
        label="Closing statement"
        hint="Printed after the limits."
        rows={4}
        maxLength={10_000}
        value={template.statement}
        onChange={(statement) => onChange({ statement })}
      />
    </section>
  );
}
