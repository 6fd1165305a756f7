// The fields of a passport: how pictures go into a network of one's own, and what its answer means.
// Nothing has a value before its owner gives one.
import type { ReactNode } from 'react';
import { type OnnxFile, type OnnxTensor, RESIZING, tensorWords } from '../../../contract/onnx-passport.ts';
import { Field, Input, Select } from '../../parts/field.tsx';
import { RECIPES } from './declaration-fields.tsx';
import type { OnnxDraft, Three } from './onnx-draft.ts';

type Change = (more: Partial<OnnxDraft>) => void;
type Texts = { [K in keyof OnnxDraft]: OnnxDraft[K] extends string ? K : never }[keyof OnnxDraft];

/** A choice that begins undeclared. */
function Choice({
  label,
  hint,
  name,
  of,
  draft,
  change,
  none = 'Not declared',
}: {
  label: string;
  hint?: string;
  name: Texts;
  of: readonly (readonly [value: string, words: string])[];
  draft: OnnxDraft;
  change: Change;
  none?: string;
}) {
  return (
    <Field label={label} {...(hint ? { hint } : {})}>
      <Select value={draft[name]} onChange={(event) => change({ [name]: event.target.value })}>
        <option value="">{none}</option>
        {of.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function Text({
  label,
  hint,
  name,
  draft,
  change,
  most,
}: {
  label: string;
  hint?: ReactNode;
  name: Texts;
  draft: OnnxDraft;
  change: Change;
  most: number;
}) {
  return (
    <Field label={label} hint={hint}>
      <Input value={draft[name]} maxLength={most} onChange={(event) => change({ [name]: event.target.value })} />
    </Field>
  );
}

/** Numbers side by side under one heading. */
function Numbers({
  label,
  hint,
  values,
}: {
  label: string;
  hint: string;
  values: readonly { name: string; value: string; onChange: (value: string) => void }[];
}) {
  return (
    <fieldset className="field onnx-numbers">
      <legend className="field-label">{label}</legend>
      <span className="onnx-row">
        {values.map(({ name, value, onChange }) => (
          <Input
            key={name}
            type="number"
            step="any"
            aria-label={`${label}: ${name}`}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        ))}
      </span>
      <span className="field-hint">{hint}</span>
    </fieldset>
  );
}

const channelsOf = (order: string): readonly string[] =>
  order === '' ? ['first channel', 'second channel', 'third channel'] : [...order];

const byChannel = (three: Three, order: string, set: (three: Three) => void) =>
  three.map((value, i) => ({
    name: channelsOf(order)[i]!,
    value,
    onChange: (typed: string) => set(three.with(i, typed) as unknown as Three),
  }));

const tensorsOf = (tensors: readonly OnnxTensor[]) =>
  tensors.map((tensor) => [tensor.name, tensorWords(tensor)] as const);

export function OnnxFields({ file, draft, change }: { file: OnnxFile; draft: OnnxDraft; change: Change }) {
  const shared = { draft, change };
  const { low, high, mean, std, channelOrder } = draft;
  return (
    <div className="onnx-fields">
      <Text label="Name" hint="In the library." name="name" most={200} {...shared} />
      <Text label="Licence" hint="Printed in reports." name="licence" most={500} {...shared} />
      <Choice label="Picture input" name="input" of={tensorsOf(file.inputs)} {...shared} />
      <Field label="Input size, pixels" hint="Side of the square.">
        <Input
          type="number"
          min={64}
          max={1024}
          value={draft.inputPx}
          onChange={(event) => change({ inputPx: event.target.value })}
        />
      </Field>
      <Choice label="Layout" name="layout" of={LAYOUTS} {...shared} />
      <Choice label="Channel order" name="channelOrder" of={ORDERS} {...shared} />
      <Numbers
        label="Values of 0 and 255"
        hint="What pixels become before mean and deviation: 0 and 1, or 0 and 255."
        values={[
          { name: 'of 0', value: low, onChange: (typed) => change({ low: typed }) },
          { name: 'of 255', value: high, onChange: (typed) => change({ high: typed }) },
        ]}
      />
      <Choice
        label="Resizing rule"
        hint="How a cut face is brought to the input’s size."
        name="resize"
        of={RESIZING_RULES}
        {...shared}
      />
      <Numbers
        label="Mean"
        hint="Taken away, channel by channel."
        values={byChannel(mean, channelOrder, (three) => change({ mean: three }))}
      />
      <Numbers
        label="Deviation"
        hint="Divided by, channel by channel."
        values={byChannel(std, channelOrder, (three) => change({ std: three }))}
      />
      <Choice label="Face crop" hint="As faces were cut for training." name="cropRecipe" of={CROPS} {...shared} />
      <Choice label="Answering output" name="output" of={tensorsOf(file.outputs)} {...shared} />
      <Choice label="It answers with" name="answer" of={ANSWERS} {...shared} />
      <Choice
        label="Forged is"
        hint="A class of two, or the value of a single output."
        name="forged"
        of={CLASSES}
        {...shared}
      />
      <Choice
        label="Output with what the classifier sees"
        hint="Optional; the domain check uses it."
        name="features"
        of={tensorsOf(file.outputs)}
        none="None"
        {...shared}
      />
      <Text label="Description" hint="Optional." name="description" most={2000} {...shared} />
      <Text label="Limits" hint="Optional: what it must not be used for." name="limits" most={2000} {...shared} />
    </div>
  );
}

const LAYOUTS = [
  ['NCHW', 'NCHW: channels before rows and columns'],
  ['NHWC', 'NHWC: channels last'],
] as const;
const ORDERS = [
  ['RGB', 'RGB'],
  ['BGR', 'BGR'],
] as const;
const RESIZING_RULES = Object.entries(RESIZING);
const CROPS = Object.entries(RECIPES);
const ANSWERS = [
  ['logit', 'Logits: one, or two whose difference counts'],
  ['sigmoid', 'A sigmoid: one probability'],
  ['softmax', 'A softmax: two probabilities'],
] as const;
const CLASSES = [
  ['1', '1; genuine is 0'],
  ['0', '0; genuine is 1'],
] as const;
