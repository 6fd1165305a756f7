// What to scan: files and folders, the model, the device, the smallest face.
import { useMutation, useQuery } from '@tanstack/react-query';
import { File, FilePlus, FolderPlus, Play, RotateCcw, X } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import type { ModelId } from '../../../contract/brand.ts';
import type { Model } from '../../../contract/model.ts';
import type { Device } from '../../../contract/scan.ts';
import type { Sampling } from '../../../contract/video.ts';
import { chooseFiles, chooseFolder, pathsFromDrop } from '../../data/chooser.ts';
import { engine } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { useCase } from '../../data/open-case.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Field, Input, Segments, Select } from '../../parts/field.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { bridge, client } from '../../transport.ts';
import { DEVICE_WORDS } from '../../wording.ts';
import { FarmFields, queueFrom, rememberedFarm, rememberFarm } from './farm-fields.tsx';

const SMALLEST_FACE_PX = 40;

const byTime = (framesPerSecond: number): Sampling => ({ kind: 'byTime', framesPerSecond, sceneChanges: true });
const SAMPLINGS = {
  one: { label: '1 a second and every cut', video: byTime(1) },
  two: { label: '2 a second and every cut', video: byTime(2) },
  five: { label: '5 a second and every cut', video: byTime(5) },
  all: { label: 'Every frame', video: { kind: 'everyFrame' } },
} as const satisfies Record<string, { label: string; video: Sampling }>;

function PathList({ paths, onRemove }: { paths: readonly string[]; onRemove: (path: string) => void }) {
  if (paths.length === 0)
    return (
      <p className="scan-drop-hint">
        Add the folders and files to examine{bridge.pathOf ? ', or drop them here' : ''}.
      </p>
    );
  return (
    <ul className="scan-paths">
      {paths.map((path) => (
        <li key={path}>
          <File size={14} aria-hidden />
          <span className="mono">{path}</span>
          <IconButton icon={X} size={14} label={`Remove ${path}`} onClick={() => onRemove(path)} />
        </li>
      ))}
    </ul>
  );
}

function ModelChoice({
  models,
  value,
  onChange,
}: {
  models: readonly Model[];
  value: string;
  onChange: (id: string) => void;
}) {
  return (
    <Field label="Model">
      <Select value={value} onChange={(event) => onChange(event.target.value)}>
        {models.map((model) => (
          <option key={model.id} value={model.id}>
            {model.name}
            {model.demonstration ? ' (demonstration)' : ''}
          </option>
        ))}
      </Select>
    </Field>
  );
}

export function ScanForm() {
  const open = useCase();
  const models = useQuery(engine.model.list.queryOptions()).data ?? [];
  const devices = useQuery(engine.model.devices.queryOptions({ staleTime: Infinity })).data ?? [];
  const [paths, setPaths] = useState<string[]>([]);
  const [modelId, setModelId] = useState('');
  const [device, setDevice] = useState<Device>('auto');
  const [minimumFacePx, setMinimumFacePx] = useState(SMALLEST_FACE_PX);
  const [sampling, setSampling] = useState<keyof typeof SAMPLINGS>('two');
  const [over, setOver] = useState(false);
  const [by, setBy] = useState<'machine' | 'farm'>('machine');
  const [farm, setFarm] = useState(rememberedFarm);
  const queue = queueFrom(farm);
  const form = useRef<HTMLElement>(null);
  const chosen = models.find((model) => model.id === modelId) ?? models[0];
  const start = useMutation({
    mutationFn: (which: string[]) => {
      const request = {
        paths: which,
        device,
        minimumFacePx,
        video: SAMPLINGS[sampling].video,
        ...(chosen ? { modelId: chosen.id as ModelId } : {}),
      };
      return by === 'farm' && queue ? client.farm.scan({ ...request, queue }) : client.scan.start(request);
    },
    onSuccess: () => {
      setPaths([]);
      // What goes on stands at the head of the page.
      form.current?.closest('.page')?.scrollTo({ top: 0 });
      if (by === 'farm') rememberFarm(farm);
    },
  });
  const add = (more: readonly string[]): void => setPaths((now) => [...new Set([...now, ...more])]);
  const addFolder = async (): Promise<void> => {
    const folder = await chooseFolder('Add a folder');
    if (folder) add([folder]);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const dropped = pathsFromDrop(event.dataTransfer);
    if (dropped) add(dropped);
    else notify('A browser does not tell where dropped files lie. Choose them with the buttons.');
  };
  const writable = open?.writable ?? false;
  const ready = writable && !start.isPending && (by === 'machine' || queue !== undefined);

  return (
    <section ref={form} className="card scan-form" aria-label="New scan">
      <section
        className={`scan-drop${over ? ' scan-drop-over' : ''}`}
        aria-label="Files and folders"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <PathList paths={paths} onRemove={(path) => setPaths((now) => now.filter((one) => one !== path))} />
        <div className="scan-add">
          <Button icon={FolderPlus} onClick={() => void addFolder()}>
            Add a folder
          </Button>
          <Button icon={FilePlus} onClick={() => void chooseFiles('Add files').then(add)}>
            Add files
          </Button>
        </div>
      </section>
      <div className="switch-row scan-by">
        <span className="field-label">Examined by</span>
        <Segments
          label="Examined by"
          value={by}
          choices={[
            { value: 'machine', label: 'This machine' },
            { value: 'farm', label: 'Workers of a farm' },
          ]}
          onChange={setBy}
        />
      </div>
      {by === 'farm' ? <FarmFields key={start.submittedAt} form={farm} onChange={setFarm} /> : null}
      <div className="scan-options">
        <ModelChoice models={models} value={chosen?.id ?? ''} onChange={setModelId} />
        <Field label="Runs on" {...(by === 'farm' ? { hint: 'Each worker chooses for itself.' } : {})}>
          <Select value={device} disabled={by === 'farm'} onChange={(event) => setDevice(event.target.value as Device)}>
            <option value="auto">{DEVICE_WORDS.auto}</option>
            {devices.map((one) => (
              <option key={one.device} value={one.device} disabled={!one.usable}>
                {DEVICE_WORDS[one.device]} ({one.detail})
              </option>
            ))}
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
        <Field label="Smallest face scored, pixels">
          <Input
            type="number"
            min={8}
            max={2000}
            value={minimumFacePx}
            onChange={(event) => setMinimumFacePx(Number(event.target.value))}
          />
        </Field>
      </div>
      {chosen?.demonstration ? (
        <Message tone="caution" title="This is the demonstration model.">
          {chosen.limits}
        </Message>
      ) : null}
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
          Scan what is in the case
        </Button>
        {writable ? null : <span className="muted">This case is open for reading only.</span>}
      </div>
    </section>
  );
}
