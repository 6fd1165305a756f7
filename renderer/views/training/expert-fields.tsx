// Every setting of a run that a preset fills in.
import { useEffect, useState } from 'react';
import type { Device } from '../../../contract/scan.ts';
import type { ReadTrainingConfig } from '../../../contract/training.ts';
import { DeviceOptions } from '../../parts/device-options.tsx';
import { Check, Field, Input, Select } from '../../parts/field.tsx';
import { ConfigReader } from './config-reader.tsx';
import { NumberField, OptionalNumberField } from './number-field.tsx';
import type { RunSettings } from './presets.ts';

type Props = { settings: RunSettings; onChange: (change: Partial<RunSettings>) => void };
type Schedule = RunSettings['schedule'];

const SCHEDULES: Readonly<Record<Schedule['kind'], Schedule>> = {
  constant: { kind: 'constant' },
  step: { kind: 'step', stepSize: 22_500, gamma: 0.5 },
  cosine: { kind: 'cosine' },
};

function ScheduleFields({ settings: { schedule }, onChange }: Props) {
  return (
    <>
      <Field label="Learning-rate schedule">
        <Select
          value={schedule.kind}
          onChange={(event) => onChange({ schedule: SCHEDULES[event.target.value as Schedule['kind']] })}
        >
          <option value="constant">constant</option>
          <option value="step">step</option>
          <option value="cosine">cosine</option>
        </Select>
      </Field>
      {schedule.kind === 'step' ? (
        <>
          <NumberField
            label="Step size, steps"
            min={1}
            value={schedule.stepSize}
            onChange={(stepSize) => onChange({ schedule: { ...schedule, stepSize } })}
          />
          <NumberField
            label="Gamma"
            min={0}
            step="any"
            value={schedule.gamma}
            onChange={(gamma) => onChange({ schedule: { ...schedule, gamma } })}
          />
        </>
      ) : null}
    </>
  );
}

function RateFields({ settings, onChange }: Props) {
  return (
    <fieldset className="training-fields">
      <legend>Steps and learning rate</legend>
      <NumberField
        label="Steps"
        min={1}
        max={10_000_000}
        value={settings.steps}
        onChange={(steps) => onChange({ steps })}
      />
      <NumberField
        label="Batch size"
        min={2}
        max={512}
        value={settings.batchSize}
        onChange={(batchSize) => onChange({ batchSize })}
      />
      <Field label="Optimiser">
        <Select
          value={settings.optimiser}
          onChange={(event) => onChange({ optimiser: event.target.value as RunSettings['optimiser'] })}
        >
          <option value="adam">Adam</option>
          <option value="adamw">AdamW</option>
        </Select>
      </Field>
      <NumberField
        label="Learning rate"
        min={0}
        max={1}
        step="any"
        value={settings.learningRate}
        onChange={(learningRate) => onChange({ learningRate })}
      />
      <NumberField
        label="Weight decay"
        min={0}
        max={1}
        step="any"
        value={settings.weightDecay}
        onChange={(weightDecay) => onChange({ weightDecay })}
      />
      <NumberField
        label="Warm-up, steps"
        min={0}
        value={settings.warmupSteps}
        onChange={(warmupSteps) => onChange({ warmupSteps })}
      />
      <ScheduleFields settings={settings} onChange={onChange} />
      <OptionalNumberField
        label="EMA decay"
        hint="Exponential moving average of the weights, which is published. None when empty."
        min={0}
        max={0.99999}
        step="any"
        value={settings.averageDecay}
        onChange={(averageDecay) => onChange({ averageDecay })}
      />
    </fieldset>
  );
}

function ObjectiveFields({ settings, onChange }: Props) {
  return (
    <fieldset className="training-fields">
      <legend>Objective</legend>
      <NumberField
        label="Weight of the reconstruction"
        min={0}
        step="any"
        value={settings.reconstructionWeight}
        onChange={(reconstructionWeight) => onChange({ reconstructionWeight })}
      />
      <NumberField
        label="Weight of the metric loss"
        min={0}
        step="any"
        value={settings.metricWeight}
        onChange={(metricWeight) => onChange({ metricWeight })}
      />
      <NumberField
        label="Flood"
        hint="Level the cross-entropy is held at."
        min={0}
        step="any"
        value={settings.flood}
        onChange={(flood) => onChange({ flood })}
      />
    </fieldset>
  );
}

function ValidationFields({ settings, onChange }: Props) {
  return (
    <fieldset className="training-fields">
      <legend>Validation</legend>
      <NumberField
        label="Validate every, steps"
        min={1}
        value={settings.validateEvery}
        onChange={(validateEvery) => onChange({ validateEvery })}
      />
      <Field label="Best by">
        <Select
          value={settings.selectBy}
          onChange={(event) => onChange({ selectBy: event.target.value as RunSettings['selectBy'] })}
        >
          <option value="auc">AUC</option>
          <option value="accuracy">accuracy</option>
          <option value="loss">cross-entropy</option>
        </Select>
      </Field>
      <OptionalNumberField
        label="Patience, validations"
        hint="Without a better one, the run stops. Never when empty."
        min={1}
        value={settings.patience}
        onChange={(patience) => onChange({ patience })}
      />
    </fieldset>
  );
}

/** Kept as text while it is typed, so that a comma can be. */
function PrefixesField({ prefixes, onChange }: { prefixes: string[]; onChange: (prefixes: string[]) => void }) {
  const [text, setText] = useState(prefixes.join(', '));
  const meant = prefixes.join();
  useEffect(() => setText((now) => (prefixesFrom(now).join() === meant ? now : meant.replaceAll(',', ', '))), [meant]);
  return (
    <Field label="Frozen weights" hint="Beginnings of weight names, with commas between them.">
      <Input
        value={text}
        placeholder="encoder.block1., encoder.block2."
        onChange={(event) => {
          setText(event.target.value);
          onChange(prefixesFrom(event.target.value));
        }}
      />
    </Field>
  );
}

function MachineFields({ settings, onChange }: Props) {
  return (
    <fieldset className="training-fields">
      <legend>Weights and machine</legend>
      <PrefixesField prefixes={settings.freeze} onChange={(freeze) => onChange({ freeze })} />
      <NumberField
        label="Seed"
        hint="All chance comes from it."
        min={0}
        max={2 ** 32 - 1}
        value={settings.seed}
        onChange={(seed) => onChange({ seed })}
      />
      <NumberField
        label="Shape jitter"
        hint="Portraits: a share of the face's size, e.g. 0.05, so that few persons count for more. 0: as they are."
        min={0}
        max={0.2}
        step="any"
        value={settings.shapeJitter}
        onChange={(shapeJitter) => onChange({ shapeJitter })}
      />
      <Field label="Runs on">
        <Select value={settings.device} onChange={(event) => onChange({ device: event.target.value as Device })}>
          <DeviceOptions />
        </Select>
      </Field>
      <div className="training-checks">
        <Check checked={settings.frozenStatistics} onChange={(frozenStatistics) => onChange({ frozenStatistics })}>
          Keep BatchNorm’s statistics, for small sets
        </Check>
        <Check checked={settings.publish} onChange={(publish) => onChange({ publish })}>
          Publish by itself when the run ends
        </Check>
      </div>
    </fieldset>
  );
}

const prefixesFrom = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

export const ExpertFields = ({ onConfig, ...props }: Props & { onConfig: (config: ReadTrainingConfig) => void }) => (
  <div className="training-expert-body">
    <ConfigReader onRead={onConfig} />
    <RateFields {...props} />
    <ObjectiveFields {...props} />
    <ValidationFields {...props} />
    <MachineFields {...props} />
  </div>
);
