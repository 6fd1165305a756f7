// The curves of a run as plots: training as lines, validation as points. Pure; drawn by
// run-detail.tsx.
import type { CurvePoint } from '../../../contract/training.ts';
import type { PlotSeries } from '../../parts/plot.tsx';

type TrainingPoint = Extract<CurvePoint, { kind: 'training' }>;
type ValidationPoint = Extract<CurvePoint, { kind: 'validation' }>;

export type Curve = {
  title: string;
  lines: readonly PlotSeries[];
  yRange?: [number, number];
  yText?: (y: number) => string;
  /** What does not fit the picture. */
  note?: string;
  /** What is seen, in words: the latest figure of each line. */
  words: string;
};

export const validationsOf = (points: readonly CurvePoint[]): ValidationPoint[] =>
  points.filter((point) => point.kind === 'validation');

export const figureText = (value: number): string =>
  Math.abs(value) < 0.001 && value !== 0 ? value.toExponential(1) : value.toFixed(3);

/**
 * `steps`: where there are points, in order. `std`: of the input, which turns the reconstruction
 * loss into a difference 0..1.
 */
export function curvesOf(points: readonly CurvePoint[], std: number): { steps: number[]; curves: Curve[] } {
  const steps = [...new Set(points.map(({ step }) => step))].sort((a, b) => a - b);
  const at = new Map(steps.map((step, i) => [step, i]));
  const column = (pick: (point: CurvePoint) => number | null): (number | null)[] => {
    const values: (number | null)[] = steps.map(() => null);
    for (const point of points) values[at.get(point.step)!] ??= pick(point);
    return values;
  };
  const training = (label: string, pick: (point: TrainingPoint) => number | null): PlotSeries => ({
    label,
    colour: '--accent',
    values: column((point) => (point.kind === 'training' ? pick(point) : null)),
  });
  const validation = (label: string, pick: (point: ValidationPoint) => number | null): PlotSeries => ({
    label,
    colour: '--caution',
    values: column((point) => (point.kind === 'validation' ? pick(point) : null)),
    points: true,
  });
  const whole = { ...training('whole loss', ({ loss }) => loss), colour: '--text-3', dash: [5, 3] };
  const drawn: Omit<Curve, 'words'>[] = [
    {
      title: 'Loss',
      ...scaleWithoutStart(points),
      lines: [
        training('training cross-entropy', ({ classification }) => classification),
        validation('validation cross-entropy', ({ loss }) => loss),
        whole,
      ],
    },
    {
      title: 'Accuracy',
      lines: [training('training', ({ accuracy }) => accuracy), validation('validation', ({ accuracy }) => accuracy)],
      yRange: [0, 1],
    },
    {
      title: 'AUC',
      lines: [training('training', ({ auc }) => auc), validation('validation', ({ auc }) => auc)],
      yRange: [0, 1],
    },
    {
      title: 'Reconstruction: mean difference',
      lines: [
        training('training', ({ reconstruction }) => reconstruction * std),
        validation('validation', ({ difference }) => difference),
      ],
    },
    { title: 'Metric loss', lines: [training('training', ({ metric }) => metric)] },
    {
      title: 'Learning rate',
      lines: [training('training', ({ learningRate }) => learningRate)],
      yText: (y) => (y === 0 ? '0' : y.toExponential().replace('e-', 'e−')),
    },
  ];
  return { steps, curves: drawn.map((curve) => ({ ...curve, words: wordsOf(curve, steps) })) };
}

/**
 * How far above all others the loss of step 0 may be before it would flatten them: a fresh network
 * can be off by hundreds.
 */
const OUTLYING = 3;

function scaleWithoutStart(points: readonly CurvePoint[]): Pick<Curve, 'yRange' | 'note'> {
  const start = validationsOf(points).find(({ step }) => step === 0);
  const others = points.filter((point) => point !== start).map(({ loss }) => loss);
  const highest = others.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!start || others.length === 0 || start.loss <= OUTLYING * highest) return {};
  return { yRange: [0, highest * 1.1], note: `Step 0: ${figureText(start.loss)}, above the picture.` };
}

function wordsOf({ title, lines }: Omit<Curve, 'words'>, steps: readonly number[]): string {
  const latest = lines.flatMap(({ label, values }) => {
    const i = values.findLastIndex((value) => value !== null);
    return i < 0 ? [] : [`${label} ${figureText(values[i]!)} at step ${steps[i]}`];
  });
  return `${title} by step: ${latest.join(', ') || 'nothing yet'}`;
}
