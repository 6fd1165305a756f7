// Training runs of this installation as they change: one event stream from the engine, followed
// while the window is open. A run's curves and pictures are read when it is looked at and then grow
// with the stream.
import type { CurvePoint, TrainingEvent, TrainingRun, TrainingRunId } from '../../contract/training.ts';
import { client, follow } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { createStore } from './store.ts';

/** Points in their order; a step done again replaces what it gave before. */
export const withPoint = (points: readonly CurvePoint[], point: CurvePoint): CurvePoint[] => [
  ...points.filter((one) => one.kind !== point.kind || one.step !== point.step),
  point,
];

/** The newest first. */
export const trainingRuns = createStore<readonly TrainingRun[]>([]);

export const isUnderWay = ({ state }: TrainingRun): boolean => state === 'running' || state === 'paused';

/** Curves and sample reconstructions of a run. */
export const runOptions = (id: TrainingRunId) => engine.train.get.queryOptions({ input: { id }, staleTime: Infinity });

/** The runs with one as it is now. */
export function noteRun(run: TrainingRun): void {
  trainingRuns.set((known) =>
    [run, ...known.filter(({ id }) => id !== run.id)].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
  );
}

/** All runs as they are on the disk: another process may train too, and tells nothing. */
export function noteRuns(runs: readonly TrainingRun[]): void {
  const known = new Map(trainingRuns.get().map((run) => [run.id, run]));
  for (const { id, step, state } of runs) {
    const before = known.get(id);
    if (before && (before.step !== step || before.state !== state))
      void queryClient.invalidateQueries({ queryKey: runOptions(id).queryKey });
  }
  trainingRuns.set(runs);
}

export function forgetRun(id: TrainingRunId): void {
  const { queryKey } = engine.train.list.queryOptions();
  // A list asked for before would bring it back.
  void queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(queryKey, (known) => known?.filter((run) => run.id !== id));
  trainingRuns.set((known) => known.filter((run) => run.id !== id));
  queryClient.removeQueries({ queryKey: runOptions(id).queryKey });
}

function noteEvent({ run, point }: TrainingEvent): void {
  const before = trainingRuns.get().find(({ id }) => id === run.id);
  const { queryKey } = runOptions(run.id);
  noteRun(run);
  if (point)
    queryClient.setQueryData(queryKey, (known) => known && { ...known, curves: withPoint(known.curves, point) });
  // A validation has new pictures; a run taken up again has forgotten what came after its last
  // save.
  if (point?.kind === 'validation' || (before && before.state !== run.state))
    void queryClient.invalidateQueries({ queryKey });
  if (before && before.modelId !== run.modelId) void queryClient.invalidateQueries({ queryKey: engine.model.key() });
}

/** Follows the runs until `signal` aborts, over any number of engine restarts. */
export async function followTraining(signal: AbortSignal): Promise<void> {
  for await (const event of follow((streamSignal) => client.train.watch(undefined, { signal: streamSignal }), signal))
    noteEvent(event);
}
