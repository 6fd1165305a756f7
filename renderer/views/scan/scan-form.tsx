// A new scan: files and folders, the models, the device, the smallest face.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Play, RotateCcw } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ModelId } from '../../../contract/brand.ts';
import type { Model } from '../../../contract/model.ts';
import { type Device, MOST_MODELS, type ScanRequest } from '../../../contract/scan.ts';
import { type SecondLook, secondLookSchema } from '../../../contract/second-look.ts';
import type { Sampling } from '../../../contract/video.ts';
import { useKept } from '../../data/drafts.ts';
import { engine } from '../../data/engine.ts';
import { useCase } from '../../data/open-case.ts';
import { rememberChoice, rememberedChoice, samplingWords } from '../../data/scan-choice.ts';
import { Button } from '../../parts/button.tsx';
import { DeviceOptions } from '../../parts/device-options.tsx';
import { Check, Field, Input, Segments, Select } from '../../parts/field.tsx';
import { FitnessWarnings } from '../../parts/fitness.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { nameAmong } from '../../parts/model-name.ts';
import { ModelOptions } from '../../parts/model-options.tsx';
import { client } from '../../transport.ts';
import { FarmFields, type FarmForm, queueFrom, rememberedFarm, rememberFarm } from './farm-fields.tsx';
import { PathsField } from './paths-field.tsx';

const byTime = (framesPerSecond: number): Sampling => ({ kind: 'byTime', framesPerSecond, sceneChanges: true });
const SAMPLINGS = {
  one: { label: '1 a second and at changes', video: byTime(1) },
  two: { label: '2 a second and at changes', video: byTime(2) },
  five: { label: '5 a second and at changes', video: byTime(5) },
  all: { label: 'Every frame', video: { kind: 'everyFrame' } },
} as const satisfies Record<string, { label: string; video: Sampling }>;

/** Which of the form's choices a sampling is; that of the usual where it is none of them. */
const samplingNamed = (video: Sampling): keyof typeof SAMPLINGS =>
  (Object.keys(SAMPLINGS) as (keyof typeof SAMPLINGS)[]).find(
    (name) => samplingWords(SAMPLINGS[name].video) === samplingWords(video),
  ) ?? 'two';

/** Sides of faces that can be asked for, pixels. */
const FACE_PX = { min: 8, max: 2000 };

/**
 * Starts a scan of paths, or of what is in the case, on this machine or by the workers of a farm.
 */
function useStart(settings: Omit<ScanRequest, 'paths'>, farm: FarmForm | null, onStarted: () => void) {
  return useMutation({
    mutationFn: (paths: string[]) => {
      const queue = farm ? queueFrom(farm) : undefined;
      return queue ? client.farm.scan({ ...settings, paths, queue }) : client.scan.start({ ...settings, paths });
    },
    onSuccess: () => {
      onStarted();
      rememberChoice(settings);
      if (farm) rememberFarm(farm);
    },
  });
}

/**
 * The models that judge beside the chosen one. `why`: what keeps them from it; nothing where there is
 * no other.
 */
function FurtherModels({
  models,
  chosen,
  onChange,
  why,
}: {
  models: readonly Model[];
  chosen: readonly ModelId[];
  onChange: (chosen: readonly ModelId[]) => void;
  why: string | undefined;
}) {
  if (models.length === 0) return null;
  const isFull = models.filter(({ id }) => chosen.includes(id)).length >= MOST_MODELS - 1;
  return (
    <fieldset className="scan-further">
      <legend className="field-label">In the same pass also judged by</legend>
      <div className="scan-further-models">
        {models.map((model) => (
          <Check
            key={model.id}
            checked={why === undefined && chosen.includes(model.id)}
            disabled={why !== undefined || (isFull && !chosen.includes(model.id))}
            onChange={(checked) => {
              const others = chosen.filter((id) => id !== model.id);
              onChange(checked ? [...others, model.id] : others);
            }}
          >
            {nameAmong(model, models)}
          </Check>
        ))}
      </div>
      <span className="field-hint">
        {why ??
          'Every file is read and searched for faces once; each model cuts and scores by itself and has results of its own.'}
      </span>
    </fieldset>
  );
}

/** Shares of files that can be drawn for control. */
const SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/** Whether the further models are asked about every file, or by a policy. */
function SecondLookFields({
  policy,
  onChange,
}: {
  policy: SecondLook | undefined;
  onChange: (policy: SecondLook | undefined) => void;
}) {
  return (
    <div className="scan-further-models">
      <Check
        checked={policy !== undefined}
        onChange={(checked) => onChange(checked ? secondLookSchema.parse({ sampleShare: 0.05 }) : undefined)}
      >
        They look only at files of which the first cannot tell, or which are outside its limits
      </Check>
      {policy ? (
        <Field label="and for control at">
          <Select
            value={String(policy.sampleShare)}
            onChange={(event) => onChange({ ...policy, sampleShare: Number(event.target.value) })}
          >
            {[...new Set([...SHARES, policy.sampleShare])].map((share) => (
              <option key={share} value={String(share)}>
                {share === 0 ? 'no others' : `${(100 * share).toFixed(0)} % of all files`}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
    </div>
  );
}

export function ScanForm() {
  const open = useCase();
  const models = (useQuery(engine.model.list.queryOptions()).data ?? []).filter((model) => !model.retired);
  const [last] = useState(rememberedChoice);
  const [paths, setPaths] = useKept<string[]>('case.scan.paths', () => []);
  const [modelId, setModelId] = useState<string>(last.modelId ?? '');
  const [further, setFurther] = useState<readonly ModelId[]>(last.furtherModelIds);
  const [second, setSecond] = useState<SecondLook | undefined>(last.secondLook);
  const [device, setDevice] = useState<Device>(last.device);
  const [minimumFace, setMinimumFace] = useState(String(last.minimumFacePx));
  const [sampling, setSampling] = useState(samplingNamed(last.video));
  const [by, setBy] = useState<'machine' | 'farm'>('machine');
  const [farm, setFarm] = useState(rememberedFarm);
  const form = useRef<HTMLElement>(null);
  // Where none was chosen, the one the engine uses where none is named; where it does not tell which
  // is meant, neither does this form.
  const usual = useQuery(engine.model.default.queryOptions({ retry: false })).data;
  const chosen = models.find(({ id }) => id === modelId) ?? models.find(({ id }) => id === usual?.id);
  const others = models.filter(({ id }) => id !== chosen?.id);
  const scanning = models.filter(({ id }) => id === chosen?.id || (by === 'machine' && further.includes(id)));
  // A second look goes by what one measured network cannot tell.
  const mayLookAgain = scanning.length > 1 && !!chosen?.operatingPoints && !chosen.passport.composite;
  const minimumFacePx = Number(minimumFace);
  const isSize = Number.isInteger(minimumFacePx) && minimumFacePx >= FACE_PX.min && minimumFacePx <= FACE_PX.max;
  const settings = {
    ...{ device, minimumFacePx, video: SAMPLINGS[sampling].video },
    ...(chosen ? { modelId: chosen.id } : {}),
    furtherModelIds: by === 'farm' ? [] : others.filter(({ id }) => further.includes(id)).map(({ id }) => id),
    ...(second && mayLookAgain ? { secondLook: second } : {}),
  };
  const start = useStart(settings, by === 'farm' ? farm : null, () => {
    setPaths([]);
    // What goes on stands at the head of the page.
    form.current?.closest('.page')?.scrollTo({ top: 0 });
  });
  const writable = open?.writable ?? false;
  const ready = writable && isSize && !start.isPending && (by === 'machine' || queueFrom(farm) !== undefined);

  return (
    <section ref={form} className="card scan-form" aria-label="New scan">
      <PathsField paths={paths} onChange={setPaths} />
      <div className="switch-row scan-by">
        <span className="field-label">Examined by</span>
        <Segments
          label="Examined by"
          value={by}
          choices={[
            { value: 'machine', label: 'This computer' },
            { value: 'farm', label: 'Workers of a farm' },
          ]}
          onChange={setBy}
        />
      </div>
      {by === 'farm' ? <FarmFields key={start.submittedAt} form={farm} onChange={setFarm} /> : null}
      <div className="scan-options">
        <Field label="Model">
          <Select value={chosen?.id ?? ''} onChange={(event) => setModelId(event.target.value)}>
            {chosen ? null : <option value="">Choose a model</option>}
            <ModelOptions models={models} />
          </Select>
        </Field>
        <Field label="Runs on" {...(by === 'farm' ? { hint: 'Each worker chooses for itself.' } : {})}>
          <Select value={device} disabled={by === 'farm'} onChange={(event) => setDevice(event.target.value as Device)}>
            <DeviceOptions />
          </Select>
        </Field>
        <Field label="Frames of videos">
          <Select value={sampling} onChange={(event) => setSampling(event.target.value as keyof typeof SAMPLINGS)}>
            {Object.entries(SAMPLINGS).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <Field
          label="Smallest face scored, pixels"
          {...(isSize ? {} : { hint: `A whole number from ${FACE_PX.min} to ${FACE_PX.max}.` })}
        >
          <Input
            type="number"
            {...FACE_PX}
            aria-invalid={!isSize}
            value={minimumFace}
            onChange={(event) => setMinimumFace(event.target.value)}
          />
        </Field>
      </div>
      <FurtherModels
        models={others}
        chosen={further}
        onChange={setFurther}
        why={by === 'farm' ? 'Workers judge by one model: scan with each, one after the other.' : undefined}
      />
      {mayLookAgain ? <SecondLookFields policy={second} onChange={setSecond} /> : null}
      {[...new Set(scanning.flatMap(({ demonstration, limits }) => (demonstration ? [limits] : [])))].map((limits) => (
        <Message key={limits} tone="caution" title="This is the demonstration model.">
          {limits}
        </Message>
      ))}
      {scanning.map((model) => (
        <FitnessWarnings key={model.id} model={model} />
      ))}
      <p className="secondary">
        A file is not examined again if it has not changed and was examined before with{' '}
        {scanning.length > 1 ? 'each of these models' : 'this model'}, these frames and a smallest face of this size or
        smaller.
      </p>
      <Failure error={start.error} />
      <div className="scan-start">
        <Button tone="primary" icon={Play} disabled={paths.length === 0 || !ready} onClick={() => start.mutate(paths)}>
          Start the scan
        </Button>
        <Button
          icon={RotateCcw}
          disabled={!ready || (open?.counts.evidence ?? 0) === 0}
          onClick={() => start.mutate([])}
        >
          Rescan all files of this case
        </Button>
        {writable ? null : <span className="muted">This case is open for reading only.</span>}
      </div>
    </section>
  );
}
