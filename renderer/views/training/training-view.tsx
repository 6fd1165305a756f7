// Training: the runs of this installation, one of them looked at, and a new one.
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { BrokenRun, TrainingRun, TrainingRunId } from '../../../contract/training.ts';
import { engine } from '../../data/engine.ts';
import { useStore } from '../../data/store.ts';
import { noteRuns, trainingRuns } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { ListDetail, ListRow } from '../../parts/list-detail.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { instantText, numberText } from '../../wording.ts';
import { RunDetail } from './run-detail.tsx';
import { RunForm } from './run-form.tsx';
import { STATE_TONES, STATE_WORDS } from './run-state.ts';
import './training.css';

function RunRow({ run, current, onSelect }: { run: TrainingRun; current: boolean; onSelect: () => void }) {
  const { state, step, request, modelId } = run;
  return (
    <ListRow name={request.name} current={current} onSelect={onSelect}>
      <span className="list-line">
        <span className={`badge ${STATE_TONES[state]}`}>{STATE_WORDS[state]}</span>
        {numberText(step)} of {numberText(request.steps)} steps{modelId ? ' · published' : ''}
      </span>
      <span className="list-line muted">{instantText(run.createdAt)}</span>
    </ListRow>
  );
}

/** Time between two looks at the disk while the screen is shown, ms. */
const LOOK_EVERY_MS = 5000;

/** Runs whose record cannot be read: named with the reason, never silently absent. */
function BrokenRuns({ broken }: { broken: readonly BrokenRun[] }) {
  return broken.map(({ id, file, reason }) => (
    <Message key={file} tone="danger" title={`Run ${id} cannot be read.`}>
      <span className="training-broken">
        {file}: {reason}. Nothing of it was changed; put back the file as it was.
      </span>
    </Message>
  ));
}

export function TrainingView() {
  const runs = useStore(trainingRuns);
  const { data: onDisk, error } = useQuery(
    engine.train.list.queryOptions({ staleTime: 0, gcTime: 0, refetchInterval: LOOK_EVERY_MS }),
  );
  const { data: broken = [] } = useQuery(
    engine.train.listBroken.queryOptions({ staleTime: 0, refetchInterval: LOOK_EVERY_MS }),
  );
  const [selected, setSelected] = useState<TrainingRunId | 'new' | null>(null);
  useEffect(() => {
    if (onDisk) noteRuns(onDisk);
    // Whoever fills in the form keeps it, whatever run comes from elsewhere.
    if (onDisk?.length === 0) setSelected((now) => now ?? 'new');
  }, [onDisk]);
  const run = selected === 'new' ? undefined : (runs.find(({ id }) => id === selected) ?? runs[0]);
  return (
    <ListDetail
      title="Training"
      listLabel="Runs"
      action={
        <Button small icon={Plus} aria-pressed={run === undefined} onClick={() => setSelected('new')}>
          New run
        </Button>
      }
      list={
        <>
          <Failure error={error} />
          <BrokenRuns broken={broken} />
          {onDisk && runs.length === 0 && broken.length === 0 ? <p className="list-none muted">No run yet.</p> : null}
          <ul>
            {runs.map((one) => (
              <RunRow key={one.id} run={one} current={one.id === run?.id} onSelect={() => setSelected(one.id)} />
            ))}
          </ul>
        </>
      }
      detailLabel={run ? 'Run' : 'New run'}
      detailKey={run?.id ?? 'new'}
    >
      {run ? <RunDetail key={run.id} run={run} /> : null}
      {!run && onDisk ? <RunForm onStarted={({ id }) => setSelected(id)} /> : null}
    </ListDetail>
  );
}
