// A run's name and state, how far and how fast, and what can be done with it.
import { useMutation } from '@tanstack/react-query';
import { PackagePlus, Pause, Play, Square, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TrainingRun } from '../../../contract/training.ts';
import { queryClient } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { forgetRun, isUnderWay, noteRun, runOptions } from '../../data/training.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/message.tsx';
import { client } from '../../transport.ts';
import { durationText, instantText, numberText } from '../../wording.ts';
import { bestText, STATE_TONES, STATE_WORDS } from './run-state.ts';

function Bar({ run: { step, request, state } }: { run: TrainingRun }) {
  const known = step > 0;
  return (
    <div
      className={`progress${known || state !== 'running' ? '' : ' progress-unknown'}`}
      role="progressbar"
      aria-label="Progress of the run"
      aria-valuemin={0}
      aria-valuemax={request.steps}
      aria-valuenow={step}
      aria-valuetext={`step ${step} of ${request.steps}`}
    >
      <div className="progress-bar" style={known ? { width: `${(100 * step) / request.steps}%` } : {}} />
    </div>
  );
}

const rateText = (seconds: number): string =>
  seconds >= 1 ? `${seconds.toFixed(1)} s a step` : `${(1 / seconds).toFixed(1)} steps a second`;

function Figures({ run }: { run: TrainingRun }) {
  const { step, request, secondsPerStep, remainingMs, trainingFaces, validationFaces, state } = run;
  const running = state === 'running';
  const figures: [string, string][] = [
    ['Step', `${numberText(step)} of ${numberText(request.steps)}`],
    ['Rate', secondsPerStep ? rateText(secondsPerStep) : '–'],
    ...(isUnderWay(run)
      ? ([['Time left', running && remainingMs !== null ? durationText(remainingMs) : '–']] as [string, string][])
      : []),
    ['Faces', trainingFaces ? `${numberText(trainingFaces)}, and ${numberText(validationFaces)} held out` : '–'],
    ['Best validation', bestText(run)],
  ];
  return (
    <dl className="training-figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function DiscardDialog({ run, onClose }: { run: TrainingRun; onClose: () => void }) {
  const discarding = useMutation({
    mutationFn: () => client.train.discard({ id: run.id }),
    onSuccess: () => {
      onClose();
      forgetRun(run.id);
      notify('The run is gone.');
    },
  });
  return (
    <Dialog title="Discard the run?" onClose={onClose}>
      <p>
        Its checkpoints, curves and pictures are deleted for good.{' '}
        {run.modelId ? 'The model it gave stays in the library.' : 'It has given no model.'}
      </p>
      <Failure error={discarding.error} />
      <div className="dialog-actions">
        <Button onClick={onClose}>Keep it</Button>
        <Button tone="danger" icon={Trash2} disabled={discarding.isPending} onClick={() => discarding.mutate()}>
          Discard
        </Button>
      </div>
    </Dialog>
  );
}

type Act = 'pause' | 'resume' | 'cancel';

/** What was asked for and has not come about yet: a pause waits for the step under way. */
function useActs(run: TrainingRun) {
  const [asked, setAsked] = useState<Act | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever was asked for has come about, or something else has
  useEffect(() => setAsked(null), [run.state]);
  const act = useMutation({
    mutationFn: (what: Act) => client.train[what]({ id: run.id }),
    onMutate: setAsked,
    onSuccess: noteRun,
    onError: () => setAsked(null),
  });
  const publish = useMutation({
    mutationFn: () => client.train.publish({ id: run.id }),
    onSuccess: async (model) => {
      noteRun({ ...run, modelId: model.id });
      await queryClient.invalidateQueries({ queryKey: runOptions(run.id).queryKey });
      notify(`${model.name} is in the library.`);
    },
  });
  return { asked, act, publish };
}

function Controls({ run }: { run: TrainingRun }) {
  const { asked, act, publish } = useActs(run);
  const [discarding, setDiscarding] = useState(false);
  const { state } = run;
  const atRest = !isUnderWay(run);
  const busy = asked !== null || publish.isPending;
  return (
    <>
      <div className="training-controls">
        {state === 'running' ? (
          <Button icon={Pause} disabled={busy} onClick={() => act.mutate('pause')}>
            {asked === 'pause' ? 'Pausing after this step…' : 'Pause'}
          </Button>
        ) : null}
        {state === 'paused' || state === 'interrupted' || state === 'failed' ? (
          <Button icon={Play} tone="primary" disabled={busy} onClick={() => act.mutate('resume')}>
            Resume
          </Button>
        ) : null}
        {atRest && run.best && !run.modelId ? (
          <Button
            icon={PackagePlus}
            tone={state === 'done' ? 'primary' : 'plain'}
            disabled={busy}
            onClick={() => publish.mutate()}
          >
            {publish.isPending ? 'Testing and publishing…' : 'Publish as a new model'}
          </Button>
        ) : null}
        {isUnderWay(run) || state === 'interrupted' ? (
          <Button icon={Square} disabled={busy} onClick={() => act.mutate('cancel')}>
            {asked === 'cancel' ? 'Cancelling…' : 'Cancel'}
          </Button>
        ) : null}
        {atRest ? (
          <Button icon={Trash2} tone="danger" disabled={busy} onClick={() => setDiscarding(true)}>
            Discard
          </Button>
        ) : null}
      </div>
      <Failure error={act.error ?? publish.error} />
      {discarding ? <DiscardDialog run={run} onClose={() => setDiscarding(false)} /> : null}
    </>
  );
}

export function RunHead({ run }: { run: TrainingRun }) {
  return (
    <section className="card training-head" aria-label={`${run.request.name}: ${STATE_WORDS[run.state]}`}>
      <div className="training-title">
        <h2>{run.request.name}</h2>
        <span className={`badge ${STATE_TONES[run.state]}`}>{STATE_WORDS[run.state]}</span>
        <span className="muted">{instantText(run.createdAt)}</span>
      </div>
      {isUnderWay(run) ? <Bar run={run} /> : null}
      <Figures run={run} />
      {run.state === 'running' ? <p className="training-now muted">{run.message}</p> : null}
      {run.stoppedEarly ? <p className="secondary">Stopped early: no better validation came.</p> : null}
      {run.error ? <p className="training-error">{run.error}</p> : null}
      <Controls run={run} />
    </section>
  );
}
