// Measuring a model on labelled material: what the material is, and how it is to be measured.
// Starts the run and goes; progress stands on the screen.
import { useState } from 'react';
import type { Model } from '../../../contract/model.ts';
import type { ValidationRequest } from '../../../contract/validation.ts';
import { startValidation, type ValidationChoice } from '../../data/validation.ts';
import { Check, Field, Input, Segments, Select, SwitchRow } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { StabilityCheck } from './stability-check.tsx';

type Kind = ValidationRequest['kind'];
type Split = ValidationRequest['split'];

const KINDS: Readonly<Record<Kind, { label: string; folder: string; hint: string }>> = {
  labelled: {
    label: 'Labelled set',
    folder: 'Folder of the set',
    hint: 'FaceForensics++, Celeb-DF, WildDeepfake or DFDC as they are laid out, or a folder real and a folder fake with one folder or file for each person or video.',
  },
  crops: {
    label: 'Faces already cut',
    folder: 'Folder of the set',
    hint: 'A labelled set whose pictures are faces, cut by whoever made it: real and fake folders, or with pairs.csv. They are read as they are; no face is searched for.',
  },
  portraits: {
    label: 'Genuine portraits',
    folder: 'Folder of portraits',
    hint: 'One person each. Forgeries are made of them in memory; nothing is written beside them. The record holds for forgeries of these kinds.',
  },
};

const SPLITS: readonly (readonly [Split, string])[] = [
  ['all', 'All of it'],
  ['test', 'Its test part'],
  ['validation', 'Its validation part'],
  ['training', 'Its training part'],
];

/** Fields of the form as they are typed. */
const BLANK = {
  kind: 'labelled' as Kind,
  folder: '',
  split: 'all' as Split,
  dataset: '',
  keep: true,
  ratePercent: '5',
  minimumFacePx: '40',
  marginPercent: '0',
  compression: '',
  methods: '',
  repeats: '4',
  seed: '1',
  degraded: true,
  stability: false,
};
type Form = typeof BLANK;

const listOf = (text: string): string[] => text.split(/[,;]/).flatMap((one) => one.trim() || []);

/** What is asked of the engine: of each kind of material only what is meant for it. */
function choiceFrom(form: Form): ValidationChoice {
  const { kind, folder, split, keep, stability } = form;
  const [dataset, compression, methods] = [form.dataset.trim(), form.compression.trim(), listOf(form.methods)];
  const of = {
    labelled: {
      minimumFacePx: Number(form.minimumFacePx),
      ...(compression ? { compression } : {}),
      ...(methods.length > 0 ? { methods } : {}),
    },
    crops: { minimumFacePx: Number(form.minimumFacePx), margin: Number(form.marginPercent) / 100 },
    portraits: { repeats: Number(form.repeats), seed: Number(form.seed), degraded: form.degraded },
  };
  return {
    ...{ kind, folder, split, keep, stability, operatingRate: Number(form.ratePercent) / 100 },
    ...(dataset ? { dataset } : {}),
    ...of[kind],
  };
}

type FormProps = { form: Form; change: (more: Partial<Form>) => void };

/** A number of the form. */
function NumberInput({
  name,
  form,
  change,
  ...range
}: FormProps & {
  name: 'ratePercent' | 'minimumFacePx' | 'marginPercent' | 'repeats' | 'seed';
  min: number;
  max: number;
  step?: string;
}) {
  return (
    <Input
      type="number"
      required
      {...range}
      value={form[name]}
      onChange={(event) => change({ [name]: event.target.value })}
    />
  );
}

function LabelledFields({ form, change }: FormProps) {
  return (
    <>
      <Field label="Smallest face, pixels">
        <NumberInput name="minimumFacePx" min={8} max={2000} form={form} change={change} />
      </Field>
      <Field label="Compression" hint="Of FaceForensics++: raw, c23 or c40. All when left empty.">
        <Input value={form.compression} onChange={(event) => change({ compression: event.target.value })} />
      </Field>
      <Field label="Methods" hint="Of FaceForensics++, with commas between. All when left empty.">
        <Input value={form.methods} onChange={(event) => change({ methods: event.target.value })} />
      </Field>
    </>
  );
}

function CropFields({ form, change }: FormProps) {
  return (
    <>
      <Field label="Smallest face, pixels">
        <NumberInput name="minimumFacePx" min={8} max={2000} form={form} change={change} />
      </Field>
      <Field label="Margin to add, %" hint="On every side, mirrored. For faces that were cut tightly.">
        <NumberInput name="marginPercent" min={0} max={50} form={form} change={change} />
      </Field>
    </>
  );
}

const FIELDS = { labelled: LabelledFields, crops: CropFields, portraits: PortraitFields } as const;

function PortraitFields({ form, change }: FormProps) {
  return (
    <>
      <Field label="Times each person is seen" hint="Each time with other forgeries.">
        <NumberInput name="repeats" min={1} max={100} form={form} change={change} />
      </Field>
      <Field label="Seed of chance" hint="The same seed makes the same forgeries.">
        <NumberInput name="seed" min={0} max={0xffffffff} form={form} change={change} />
      </Field>
      <Check checked={form.degraded} onChange={(degraded) => change({ degraded })}>
        Compressed, resized, blurred and tilted, as casework is
      </Check>
    </>
  );
}

export function ValidationDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const [form, setForm] = useState<Form>(BLANK);
  const change = (more: Partial<Form>): void => setForm((now) => ({ ...now, ...more }));
  const { kind, folder, split, dataset, keep } = form;
  const words = KINDS[kind];
  const MoreFields = FIELDS[kind];
  return (
    <FormDialog
      title={`Validate ${model.name}`}
      submit="Start the validation"
      ready={folder.trim() !== ''}
      onSubmit={() => {
        void startValidation(model.id, model.name, choiceFrom(form));
        onClose();
      }}
      onClose={onClose}
    >
      <p className="secondary">
        Scores every face of labelled material and keeps what came of it: error rates with intervals, calibration, and
        the domain they hold in. Take persons or videos that the model has not learned from.
      </p>
      <Segments
        label="Material"
        value={kind}
        choices={(Object.keys(KINDS) as Kind[]).map((one) => ({ value: one, label: KINDS[one].label }))}
        onChange={(one) => change({ kind: one, ...(one === 'portraits' && split === 'test' ? { split: 'all' } : {}) })}
      />
      <PathField
        label={words.folder}
        hint={words.hint}
        title={words.folder}
        wanted={{ kind: 'folder' }}
        value={folder}
        onChange={(one) => change({ folder: one })}
        first
      />
      <Field label="Part of it">
        <Select value={split} onChange={(event) => change({ split: event.target.value as Split })}>
          {SPLITS.filter(([value]) => kind !== 'portraits' || value !== 'test').map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="What the set is" hint="Printed in reports. The folder’s name when left empty.">
        <Input value={dataset} maxLength={500} onChange={(event) => change({ dataset: event.target.value })} />
      </Field>
      <details className="validation-more">
        <summary>More</summary>
        <div className="validation-more-body">
          <Field
            label="False calls allowed, %"
            hint="Of genuine faces called forged, and of forged called genuine. It sets where “cannot tell” begins and ends."
          >
            <NumberInput name="ratePercent" min={0} max={50} step="any" form={form} change={change} />
          </Field>
          <MoreFields form={form} change={change} />
          <StabilityCheck checked={form.stability} onChange={(stability) => change({ stability })} />
        </div>
      </details>
      <SwitchRow
        label="Keep the record with the model"
        hint="Its scores then carry leanings and likelihood ratios. Off only shows the record."
        checked={keep}
        onChange={(one) => change({ keep: one })}
      />
      {model.validation && keep ? (
        <Message tone="caution" title="This model has a record.">
          The new one counts from now on. Verdicts given before keep what they were given under.
        </Message>
      ) : null}
    </FormDialog>
  );
}
