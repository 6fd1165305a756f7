// Training runs in lines of text: a point of the curve, a run in a list, a run at its end.
import type { CurvePoint, TrainingRun } from '../contract/training.ts';

const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(4));

export function pointLine(point: CurvePoint): string {
  if (point.kind === 'validation')
    return `step ${point.step}  VALIDATION  auc ${figure(point.auc)}  accuracy ${figure(point.accuracy)}  loss ${figure(point.loss)}  difference ${figure(point.difference)}  (${point.faces} faces)${(point.sources ?? []).map(({ name, auc }) => `  ${name}: ${figure(auc)}`).join('')}`;
  return `step ${point.step}  loss ${figure(point.loss)}  reconstruction ${figure(point.reconstruction)}  metric ${figure(point.metric)}  accuracy ${figure(point.accuracy)}  auc ${figure(point.auc)}  rate ${point.learningRate.toExponential(2)}`;
}

export const rowFromRun = (run: TrainingRun): string[] => [
  run.id,
  run.state,
  `${run.step}/${run.request.steps}`,
  run.best ? `${run.request.selectBy} ${run.best.value.toFixed(4)} at ${run.best.step}` : 'not validated',
  run.request.name,
];

export const endLines = (run: TrainingRun): string[] => [
  ...run.remarks,
  `${run.stoppedEarly ? 'Stopped early' : 'Done'} at step ${run.step}. Best ${run.request.selectBy} on validation: ${figure(run.best?.value ?? null)} at step ${run.best?.step ?? '-'}.`,
  run.modelId
    ? `New model ${run.modelId.slice(0, 12)}: ${run.request.name}`
    : `Not published: the library has no new model. The checkpoint stays with the run: recce train export ${run.id} FILE.bin`,
];
