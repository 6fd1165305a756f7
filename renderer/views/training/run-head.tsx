// A run's name and state, how far and how fast, and what can be done with it.

import type { TrainingRun } from '../../../contract/training.ts';
import { isUnderWay } from '../../data/training.ts';
import { Figures } from '../../parts/facts.tsx';
import { durationText, instantText, numberText } from '../../wording.ts';
import { RunControls } from './run-controls.tsx';
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

function RunFigures({ run }: { run: TrainingRun }) {
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
  return <Figures figures={figures} className="training-figures" />;
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
      <RunFigures run={run} />
      {run.state === 'running' ? <p className="training-now muted">{run.message}</p> : null}
      {run.stoppedEarly ? <p className="secondary">Stopped early: no better validation came.</p> : null}
      {run.error ? <p className="training-error">{run.error}</p> : null}
      <RunControls run={run} />
    </section>
  );
}
