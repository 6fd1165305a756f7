// Training: the runs of this installation, one of them looked at, and a new one.
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TrainingRun, TrainingRunId } from '../../../contract/training.ts';
import { engine } from '../../data/engine.ts';
import { useStore } from '../../data/store.ts';
import { noteRuns, trainingRuns } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/message.tsx';
import { instantText, numberText } from '../../wording.ts';
import { RunDetail } from './run-detail.tsx';
import { RunForm } from './run-form.tsx';
import { STATE_TONES, STATE_WORDS } from './run-state.ts';
import './training.css';

function RunRow({ run, current, onSelect }: { run: TrainingRun; current: boolean; onSelect: () => void }) {
  const { state, step, request, modelId } = run;
  return (
    <li>
      <button type="button" className="run-row" aria-current={current} onClick={onSelect}>
        <span className="run-name">{request.name}</span>
        <span className="run-line">
          <span className={`badge ${STATE_TONES[state]}`}>{STATE_WORDS[state]}</span>
          {numberText(step)} of {numberText(request.steps)} steps{modelId ? ' · published' : ''}
        </span>
        <span className="run-line muted">{instantText(run.createdAt)}</span>
      </button>
    </li>
  );
}

/** Time between two looks at the disk while the screen is shown, ms. */
const LOOK_EVERY_MS = 5000;

export function TrainingView() {
  const runs = useStore(trainingRuns);
  const { data: onDisk, error } = useQuery(
    engine.train.list.queryOptions({ staleTime: 0, gcTime: 0, refetchInterval: LOOK_EVERY_MS }),
  );
  const [selected, setSelected] = useState<TrainingRunId | 'new' | null>(null);
  useEffect(() => {
    if (onDisk) noteRuns(onDisk);
    // Whoever fills in the form keeps it, whatever run comes from elsewhere.
    if (onDisk?.length === 0) setSelected((now) => now ?? 'new');
  }, [onDisk]);
  const run = selected === 'new' ? undefined : (runs.find(({ id }) => id === selected) ?? runs[0]);
  return (
    <div className="training">
      <aside className="training-list" aria-label="Runs">
        <div className="training-list-head">
          <h1>Training</h1>
          <Button small icon={Plus} aria-pressed={run === undefined} onClick={() => setSelected('new')}>
            New run
          </Button>
        </div>
        <Failure error={error} />
        {onDisk && runs.length === 0 ? <p className="training-none muted">No run yet.</p> : null}
        <ul>
          {runs.map((one) => (
            <RunRow key={one.id} run={one} current={one.id === run?.id} onSelect={() => setSelected(one.id)} />
          ))}
        </ul>
      </aside>
      {/* A region of its own for each run: a new one is seen from its head, not from where the form was scrolled to. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section key={run?.id ?? 'new'} className="training-main" aria-label={run ? 'Run' : 'New run'} tabIndex={0}>
        {run ? <RunDetail key={run.id} run={run} /> : null}
        {!run && onDisk ? <RunForm onStarted={({ id }) => setSelected(id)} /> : null}
      </section>
    </div>
  );
}
