// A new scan: files and folders, the model, the device, the smallest face.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Play, RotateCcw } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Device, ScanRequest } from '../../../contract/scan.ts';
import type { Sampling } from '../../../contract/video.ts';
import { useKept } from '../../data/drafts.ts';
import { engine } from '../../data/engine.ts';
import { useCase } from '../../data/open-case.ts';
import { rememberChoice, rememberedChoice, samplingWords } from '../../data/scan-choice.ts';
import { Button } from '../../parts/button.tsx';
import { DeviceOptions } from '../../parts/device-options.tsx';
import { Field, Input, Segments, Select } from '../../parts/field.tsx';
import { FitnessWarnings } from '../../parts/fitness.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { ModelOptions } from '../../parts/model-options.tsx';
import { client } from '../../transport.ts';
import { FarmFields, type FarmForm, queueFrom, rememberedFarm, rememberFarm } from './farm-fields.tsx';
import { PathsField } from './paths-field.tsx';

const byTime = (framesPerSecond: number): Sampling => ({ kind: 'byTime', framesPerSecond, sceneChanges: true });
const SAMPLINGS = {
  one: { label: '1 a second and every cut', video: byTime(1) },
  two: { label: '2 a second and every cut', video: byTime(2) },
  five: { label: '5 a second and every cut', video: byTime(5) },
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

export function ScanForm() {
  const open = useCase();
  const models = (useQuery(engine.model.list.queryOptions()).data ?? []).filter((model) => !model.retired);
  const [last] = useState(rememberedChoice);
  const [paths, setPaths] = useKept<string[]>('case.scan.paths', () => []);
  const [modelId, setModelId] = useState<string>(last.modelId ?? '');
  const [device, setDevice] = useState<Device>(last.device);
  const [minimumFace, setMinimumFace] = useState(String(last.minimumFacePx));
  const [sampling, setSampling] = useState(samplingNamed(last.video));
  const [by, setBy] = useState<'machine' | 'farm'>('machine');
  const [farm, setFarm] = useState(rememberedFarm);
  const form = useRef<HTMLElement>(null);
  const chosen = models.find((model) => model.id === modelId) ?? models[0];
  const minimumFacePx = Number(minimumFace);
  const isSize = Number.isInteger(minimumFacePx) && minimumFacePx >= FACE_PX.min && minimumFacePx <= FACE_PX.max;
  const settings = {
    ...{ device, minimumFacePx, video: SAMPLINGS[sampling].video },
    ...(chosen ? { modelId: chosen.id } : {}),
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
      {chosen?.demonstration ? (
        <Message tone="caution" title="This is the demonstration model.">
          {chosen.limits}
        </Message>
      ) : null}
      {chosen ? <FitnessWarnings model={chosen} /> : null}
      <p className="secondary">
        A file is not examined again if it has not changed and was examined before with this model, these frames and a
        smallest face of this size or smaller.
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
