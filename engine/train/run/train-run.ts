// A training run from its first open step to its last, as one straight line: batch -> step -> curve
// -> validation -> save. Whatever is decided here (best checkpoint, early stop) is decided from the
// curve's points, which are on the disk, so that a run taken up again decides the same.
import type { CurvePoint, TrainingRequest, TrainingRun } from '../../../contract/training.ts';
import { areaUnderRoc } from '../../../models/metrics/roc.ts';
import type { TrainingSetup } from '../../../models/recce/training-setup.ts';
import type { Trainer } from '../../compute/trainer.ts';
import type { SampleDraw } from '../../compute/training-messages.ts';
import { batchAt, type WeightedSource } from './batches.ts';
import { bestFile, type KeptStep, type RunStore, STATE_FILE } from './run-store.ts';
import { SAMPLE_MAKER } from './sample-maker.ts';
import { type ValidationSource, validateRun } from './validate-run.ts';

/** What a run is given. `trainer` is open at the step its state was saved at. */
export type RunDeps = {
  readonly trainer: Trainer;
  readonly training: readonly WeightedSource[];
  readonly validation: readonly ValidationSource[];
  readonly setup: TrainingSetup;
  readonly store: RunStore;
  readonly signal: AbortSignal;
  /**
   * Resolves at once, or when the run is resumed; `save` is called before waiting. Rejects when it
   * is cancelled.
   */
  pausePoint(save: () => Promise<void>): Promise<void>;
  /** Changes the run as it is shown; `durably` also on the disk. */
  update(change: Partial<TrainingRun>, durably?: boolean): Promise<void>;
  /** A point was added to the curves. */
  shown(point: CurvePoint): void;
};

/** Steps that a training point of the curves is the mean of. */
const POINT_EVERY = 10;
/** Longest time between two saves: what a crash can cost. */
const SAVE_EVERY_MS = 60_000;
/** Steps whose mean time is shown. */
const TIMED_STEPS = 10;

type ValidationPoint = Extract<CurvePoint, { kind: 'validation' }>;

/** The figure that a validation is judged by; larger is better. */
const figureOf = (point: ValidationPoint, by: TrainingRequest['selectBy']): number =>
  by === 'loss' ? -point.loss : by === 'accuracy' ? point.accuracy : (point.auc ?? 0);

/** The best validation after the first step, the earliest of equals, and how many came after it. */
export function bestOf(
  points: readonly CurvePoint[],
  by: TrainingRequest['selectBy'],
): { step: number; value: number; since: number } | undefined {
  const validations = points.filter((point): point is ValidationPoint => point.kind === 'validation' && point.step > 0);
  const best = validations.reduce<ValidationPoint | undefined>(
    (so, point) => (so && figureOf(so, by) >= figureOf(point, by) ? so : point),
    undefined,
  );
  if (!best) return undefined;
  const value = by === 'loss' ? best.loss : figureOf(best, by);
  return { step: best.step, value, since: validations.length - 1 - validations.indexOf(best) };
}

/** Runs from `step` to the end, or to where it is stopped early. */
export async function trainRun(run: TrainingRun, step: number, deps: RunDeps): Promise<void> {
  const { trainer, training, setup, store } = deps;
  const { request, id } = run;
  const points = await store.forgetAfter(id, step);
  const recent = await store.stepsBetween(id, points.findLast(({ kind }) => kind === 'training')?.step ?? 0, step);
  const times: number[] = [];
  let savedAt = Date.now();

  const add = (point: CurvePoint): void => {
    store.addPoint(id, point);
    points.push(point);
    deps.shown(point);
  };
  const save = async (): Promise<void> => {
    await trainer.save(store.file(id, STATE_FILE));
    savedAt = Date.now();
    await deps.update({ step }, true);
  };
  const drawsAt = (at: number): SampleDraw[] =>
    at < request.steps ? batchAt(training, at, setup.batchSize, setup.seed) : [];

  await validateIfDue(run, step, points, deps, add);
  while (step < request.steps && !isToStop(points, request)) {
    await deps.pausePoint(save);
    const started = performance.now();
    const taken = await trainer.stepOn(SAMPLE_MAKER, drawsAt(step), drawsAt(step + 1));
    step = taken.losses.step;
    recent.push(taken);
    store.addStep(id, recent.at(-1)!);
    times.push((performance.now() - started) / 1000);
    await deps.update(progress(step, request.steps, times.slice(-TIMED_STEPS)));
    if (step % POINT_EVERY === 0 || step === request.steps) add(trainingPoint(recent.splice(0)));
    if (await validateIfDue(run, step, points, deps, add)) await save();
    else if (Date.now() - savedAt > SAVE_EVERY_MS) await save();
  }
  await save();
  const stoppedEarly = step < request.steps;
  await deps.update({ stoppedEarly, remainingMs: 0, message: stoppedEarly ? 'Stopped early' : 'Trained' }, true);
}

const isToStop = (points: readonly CurvePoint[], { patience, selectBy }: TrainingRequest): boolean =>
  patience !== null && (bestOf(points, selectBy)?.since ?? 0) >= patience;

function progress(step: number, steps: number, times: readonly number[]): Partial<TrainingRun> {
  const secondsPerStep = times.reduce((sum, one) => sum + one, 0) / times.length;
  return { step, secondsPerStep, remainingMs: Math.round((steps - step) * secondsPerStep * 1000), message: 'Training' };
}

/**
 * Validates at step 0 (what the base can do), every `validateEvery` steps and at the end, once
 * each.
 */
async function validateIfDue(
  { id, request }: TrainingRun,
  step: number,
  points: readonly CurvePoint[],
  deps: RunDeps,
  add: (point: CurvePoint) => void,
): Promise<boolean> {
  const { trainer, validation, setup, store, signal } = deps;
  if (step % request.validateEvery !== 0 && step !== request.steps) return false;
  if (points.some((point) => point.kind === 'validation' && point.step === step)) return false;
  await deps.update({ message: 'Validating' });
  const { point, samples } = await validateRun(trainer, validation, {
    step,
    inputPx: setup.network.inputPx,
    signal,
  });
  // The weights are on the disk before the point that speaks of them.
  const best = bestOf([...points, point], request.selectBy);
  if (best?.step === step) await trainer.export(store.file(id, bestFile(step)), 'weights');
  await store.writeSamples(id, samples);
  add(point);
  if (best) {
    await store.keepBest(id, best.step);
    await deps.update({ best: { step: best.step, value: best.value } }, true);
  }
  return true;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means over the steps since the point before. */
function trainingPoint(recent: readonly KeptStep[]): CurvePoint {
  const of = (name: 'loss' | 'classification' | 'reconstruction' | 'metric') =>
    mean(recent.map(({ losses }) => losses[name]));
  const faces = recent.flatMap(({ losses, labels }) =>
    losses.logits.map((logit, i) => ({ score: logit, label: labels[i] as 0 | 1, source: '' })),
  );
  const area = areaUnderRoc(faces);
  const { step, learningRate } = recent.at(-1)!.losses;
  return {
    kind: 'training',
    step,
    learningRate,
    loss: of('loss'),
    classification: of('classification'),
    reconstruction: of('reconstruction'),
    metric: of('metric'),
    accuracy: mean(faces.map(({ score, label }) => (score >= 0 === (label === 1) ? 1 : 0))),
    auc: Number.isFinite(area) ? area : null,
  };
}
