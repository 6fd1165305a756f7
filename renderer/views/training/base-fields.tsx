// What a run starts from: a model of the library, or a network that knows nothing.

import type { ModelId } from '../../../contract/brand.ts';
import type { Model } from '../../../contract/model.ts';
import type { TrainingBase } from '../../../contract/training.ts';
import { Field, Segments, Select } from '../../parts/field.tsx';
import { Message } from '../../parts/message.tsx';
import { ModelOptions } from '../../parts/model-options.tsx';
import { NumberField, OptionalNumberField } from './number-field.tsx';
import type { FreshBase } from './presets.ts';

type ModelBase = Extract<TrainingBase, { kind: 'model' }>;

const CROP_RECIPES = [
  ['square-1.3', 'Square'],
  ['aligned-1.3', 'Turned upright'],
] as const;

function FreshFields({ base, onChange }: { base: FreshBase; onChange: (base: FreshBase) => void }) {
  return (
    <div className="training-fields">
      <NumberField
        label="Width"
        hint="1 is the published network."
        min={1 / 32}
        max={2}
        step="any"
        value={base.width}
        onChange={(width) => onChange({ ...base, width })}
      />
      <NumberField
        label="Input, pixels"
        min={64}
        max={1024}
        value={base.inputPx}
        onChange={(inputPx) => onChange({ ...base, inputPx })}
      />
      <Field label="Face cut out" hint="1.3 times the face.">
        <Select value={base.cropRecipe} onChange={(event) => onChange({ ...base, cropRecipe: event.target.value })}>
          {CROP_RECIPES.map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  );
}

function ModelFields({
  models,
  base,
  chosen,
  onChange,
}: {
  models: readonly Model[];
  base: ModelBase;
  chosen: Model | undefined;
  onChange: (base: TrainingBase) => void;
}) {
  const usual = chosen?.passport.inputPx;
  const ownWidth = chosen?.passport.width;
  return (
    <div className="training-fields">
      <Field label="Base model" hint="It stays as it is. The new model names it as its parent.">
        <Select
          value={base.modelId}
          onChange={(event) => onChange({ kind: 'model', modelId: event.target.value as ModelId })}
        >
          <ModelOptions models={models} />
        </Select>
      </Field>
      <OptionalNumberField
        label="Input, pixels"
        hint={usual ? `${usual}, the base's own, when empty.` : "The base's own when empty."}
        min={64}
        max={1024}
        value={base.inputPx ?? null}
        onChange={(inputPx) => onChange({ ...base, inputPx: inputPx ?? undefined })}
      />
      <OptionalNumberField
        label="Width"
        hint={`${ownWidth ? `${ownWidth}, the base's own,` : "The base's own"} when empty. A wider one begins as its equal.`}
        min={ownWidth ?? 1 / 32}
        max={2}
        step="any"
        value={base.width ?? null}
        onChange={(width) => onChange({ ...base, width: width ?? undefined })}
      />
    </div>
  );
}

export function BaseFields({
  models,
  base,
  fresh,
  onChange,
}: {
  models: readonly Model[];
  base: TrainingBase;
  /** What a fresh network begins as when it is chosen. */
  fresh: FreshBase;
  onChange: (base: TrainingBase) => void;
}) {
  const chosen = base.kind === 'model' ? models.find(({ id }) => id === base.modelId) : undefined;
  return (
    <section className="training-part" aria-label="Starts from">
      <h3>Starts from</h3>
      <Segments
        label="Starts from"
        value={base.kind}
        choices={[
          { value: 'model', label: 'A model of the library' },
          { value: 'fresh', label: 'A fresh network' },
        ]}
        onChange={(kind) => {
          const first = models.find(({ cameWith }) => !cameWith) ?? models[0];
          if (kind === 'fresh') onChange(fresh);
          else if (first) onChange({ kind, modelId: first.id });
        }}
      />
      {base.kind === 'fresh' ? (
        <FreshFields base={base} onChange={onChange} />
      ) : (
        <ModelFields models={models} base={base} chosen={chosen} onChange={onChange} />
      )}
      {chosen?.demonstration ? (
        <Message tone="caution" title="This is the demonstration model.">
          What is trained on from it is for demonstration too, and is marked so.
        </Message>
      ) : null}
    </section>
  );
}
