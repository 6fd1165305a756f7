// A new run: what it starts from, what it learns from, a preset or every setting by hand.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type FormEvent, useEffect } from 'react';
import { architectureOf, RECCE } from '../../../contract/architecture.ts';
import type { Model } from '../../../contract/model.ts';
import type { ReadTrainingConfig, TrainingBase, TrainingRun, TrainingSource } from '../../../contract/training.ts';
import { forgetForm, useKept } from '../../data/drafts.ts';
import { engine } from '../../data/engine.ts';
import { useStore } from '../../data/store.ts';
import { isUnderWay, noteRun, trainingRuns } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { Field, Input, Select } from '../../parts/field.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { BaseFields } from './base-fields.tsx';
import { DataFields } from './data-fields.tsx';
import { ExpertFields } from './expert-fields.tsx';
import { FREEZES, type FreezeName, freezeOf, PRESETS, type PresetName, type RunSettings } from './presets.ts';
import { RawScoresNote } from './raw-scores-note.tsx';

const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

function PresetChoice({ value, onChange }: { value: PresetName | null; onChange: (name: PresetName) => void }) {
  return (
    <fieldset className="presets">
      <legend className="unseen">Preset</legend>
      {PRESET_NAMES.map((name) => (
        <label key={name} className="preset" data-state={name === value ? 'on' : 'off'}>
          <span className="preset-name">
            <input
              type="radio"
              name="preset"
              aria-label={PRESETS[name].label}
              aria-describedby={`preset-${name}`}
              checked={name === value}
              onChange={() => onChange(name)}
            />
            {PRESETS[name].label}
          </span>
          <span id={`preset-${name}`} className="field-hint">
            {PRESETS[name].about}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function FreezeChoice({ prefixes, onChange }: { prefixes: string[]; onChange: (prefixes: string[]) => void }) {
  const named = freezeOf(prefixes);
  return (
    <Field
      label="Frozen layers"
      hint="Weights that are not trained. With fewer trained weights less is unlearned, and a step is shorter."
    >
      <Select
        value={named ?? 'own'}
        onChange={(event) => onChange([...FREEZES[event.target.value as FreezeName].prefixes])}
      >
        {(Object.keys(FREEZES) as FreezeName[]).map((name) => (
          <option key={name} value={name}>
            {FREEZES[name].label}
          </option>
        ))}
        {named ? null : (
          <option value="own" disabled>
            As in the expert settings
          </option>
        )}
      </Select>
    </Field>
  );
}

const nameOf = (base: TrainingBase, { folder }: TrainingSource, models: readonly Model[]): string => {
  const from = base.kind === 'model' ? models.find(({ id }) => id === base.modelId)?.name : undefined;
  const last = folder.split(/[\\/]/).filter(Boolean).at(-1);
  return `${from ?? 'RECCE'}, trained on ${last ?? '…'}`;
};

/**
 * The choices of the form. `first`: to begin with where none was chosen; without it there is only a
 * fresh network.
 */
function useChoices(first: Model | undefined) {
  const [preset, setPreset] = useKept<PresetName | null>('training.preset', () => 'adapt');
  const [base, setBase] = useKept<TrainingBase | undefined>('training.base', () => undefined);
  const [data, setData] = useKept<TrainingSource>('training.data', () => ({ kind: 'portraits', folder: '' }));
  const [settings, setSettings] = useKept<RunSettings>('training.settings', () => PRESETS.adapt.settings);
  const choosePreset = (name: PresetName): void => {
    const { fresh, settings: preset } = PRESETS[name];
    setPreset(name);
    setSettings(preset);
    if (fresh) setBase(fresh);
    else if (first) setBase({ kind: 'model', modelId: first.id });
  };
  const change = (more: Partial<RunSettings>): void => {
    setPreset(null);
    setSettings((now) => ({ ...now, ...more }));
  };
  return { preset, base, data, settings, choosePreset, change, setBase, setData };
}

export function RunForm({ onStarted }: { onStarted: (run: TrainingRun) => void }) {
  const query = useQuery(engine.model.list.queryOptions());
  // What training may begin from.
  const models = (query.data ?? []).filter(({ passport, retired }) => architectureOf(passport) === RECCE && !retired);
  // One that came with a packed case is begun with by whoever chooses it, and by nobody else.
  const first = models.find(({ cameWith }) => !cameWith);
  const choices = useChoices(first);
  const { preset, base, data, settings, setBase } = choices;
  const [name, setName] = useKept('training.name', () => '');
  const underWay = useStore(trainingRuns).find(isUnderWay);
  useEffect(() => {
    if (query.data)
      setBase((now) => now ?? (first ? { kind: 'model', modelId: first.id } : PRESETS.fromNothing.fresh!));
  }, [query.data, first, setBase]);
  const start = useMutation({
    mutationFn: (from: TrainingBase) =>
      client.train.start({ name: name.trim() || nameOf(from, data, models), base: from, data, ...settings }),
    onSuccess: (run) => {
      forgetForm('training');
      noteRun(run);
      onStarted(run);
    },
  });
  const takeConfig = ({ request, inputPx }: ReadTrainingConfig): void => {
    const { name: named, ...read } = request;
    choices.change({ ...read, publish: false });
    setName(named);
    if (base?.kind === 'fresh') setBase({ ...base, inputPx });
  };
  if (!base) return <Failure error={query.error} />;
  return (
    <form
      className="training-form"
      aria-label="New run"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        start.mutate(base);
      }}
    >
      <div>
        <h2>New run</h2>
        <p className="secondary">
          From labelled faces to a new model. The base model is not changed, evidence is not touched, and a run that was
          stopped resumes where it stopped.
        </p>
      </div>
      <PresetChoice value={preset} onChange={choices.choosePreset} />
      <BaseFields
        models={models}
        base={base}
        fresh={(preset && PRESETS[preset].fresh) ?? PRESETS.fromNothing.fresh!}
        onChange={setBase}
      />
      <DataFields data={data} onChange={choices.setData} />
      <section className="training-part" aria-label="Learning">
        <h3>Learning</h3>
        <FreezeChoice prefixes={settings.freeze} onChange={(freeze) => choices.change({ freeze })} />
        <details className="training-expert">
          <summary>Expert settings</summary>
          <ExpertFields settings={settings} onChange={choices.change} onConfig={takeConfig} />
        </details>
        <Field label="Name of the new model" hint="As shown when left empty.">
          <Input
            value={name}
            maxLength={200}
            placeholder={nameOf(base, data, models)}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
      </section>
      <RawScoresNote title="A newly trained model gives raw scores only." />
      <Failure error={start.error} />
      <div className="training-start">
        <Button
          tone="primary"
          icon={Play}
          type="submit"
          disabled={!data.folder || start.isPending || underWay !== undefined}
        >
          Start the run
        </Button>
        {underWay ? <span className="muted">One run at a time: {underWay.request.name} is under way.</span> : null}
      </div>
    </form>
  );
}
