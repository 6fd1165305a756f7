// The plots of a validation record as numbers, so that the window and the report draw the same
// lines.
import type { ValidationRecord } from './validation.ts';

/** A line through points in the plot's units. `style` tells lines apart without colour. */
export type PlotLine = {
  name: string;
  style: 'solid' | 'dashed' | 'dotted';
  points: readonly (readonly [number, number])[];
};

export type Plot = {
  title: string;
  x: { label: string; from: number; to: number; ticks: readonly number[] };
  y: { label: string; from: number; to: number; ticks: readonly number[] };
  lines: readonly PlotLine[];
};

const UNIT = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1] } as const;

const rocPlot = ({ roc }: ValidationRecord): Plot => ({
  title: 'Receiver operating characteristic',
  x: { label: 'genuine faces called forged', ...UNIT },
  y: { label: 'forged faces called forged', ...UNIT },
  lines: [
    { name: 'this model', style: 'solid', points: roc.map((p) => [p.falsePositive, p.truePositive] as const) },
    {
      name: 'chance',
      style: 'dotted',
      points: [
        [0, 0],
        [1, 1],
      ],
    },
  ],
});

/**
 * The largest of some numbers, `least` where there is none above it. A set can have more faces than
 * a call takes arguments.
 */
const largest = (least: number, values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), least);

function tippettPlot({ calibration }: ValidationRecord): Plot {
  const at = calibration.tippett.map((p) => p.log10LikelihoodRatio);
  const end = Math.max(1, Math.ceil(largest(0, at.map(Math.abs))));
  const ticks = Array.from({ length: 2 * end + 1 }, (_, i) => i - end);
  return {
    title: 'Tippett plot',
    x: { label: 'log10 likelihood ratio', from: -end, to: end, ticks },
    y: { label: 'share of faces with at least this ratio', ...UNIT },
    lines: [
      {
        name: 'forged faces',
        style: 'solid',
        points: calibration.tippett.map((p) => [p.log10LikelihoodRatio, p.forged] as const),
      },
      {
        name: 'genuine faces',
        style: 'dashed',
        points: calibration.tippett.map((p) => [p.log10LikelihoodRatio, p.genuine] as const),
      },
    ],
  };
}

function ecePlot({ calibration }: ValidationRecord): Plot {
  const { ece } = calibration;
  const line = (name: string, style: PlotLine['style'], of: (p: (typeof ece)[number]) => number): PlotLine => ({
    name,
    style,
    points: ece.map((p) => [p.priorLog10Odds, of(p)] as const),
  });
  const most = largest(
    1,
    ece.map((p) => p.calibrated),
  );
  return {
    title: 'Empirical cross-entropy',
    x: { label: 'prior log10 odds of forged', from: -2.5, to: 2.5, ticks: [-2, -1, 0, 1, 2] },
    y: { label: 'bits', from: 0, to: Math.min(2, most), ticks: [0, 0.5, 1] },
    lines: [
      line('these ratios', 'solid', (p) => Math.min(2, p.calibrated)),
      line('best monotone calibration', 'dashed', (p) => p.minimum),
      line('no ratio', 'dotted', (p) => p.neutral),
    ],
  };
}

/** Whole ticks from `from` to `to`, at most about eight of them. */
function wholeTicks(from: number, to: number): number[] {
  const step = Math.max(1, Math.ceil((to - from) / 8));
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

/**
 * From logit to log10 likelihood ratio: what verdicts carry, and the best monotone calibration of
 * the same faces. Where the two part, the logistic line does not fit them.
 */
export function calibrationPlot({ calibration }: ValidationRecord): Plot {
  const { slope, intercept, bounds, pav } = calibration;
  const logits = pav.map(({ logit }) => logit);
  const [low, high] = [
    Math.floor(
      -largest(
        1,
        logits.map((logit) => -logit),
      ),
    ),
    Math.ceil(largest(1, logits)),
  ];
  const held = (value: number): number => Math.min(bounds[1], Math.max(bounds[0], value));
  const ratio = (logit: number): number => held((slope * logit + intercept) / Math.LN10);
  // The corners, where the line meets its bounds, are points of it.
  const corners = slope > 0 ? bounds.map((bound) => (bound * Math.LN10 - intercept) / slope) : [];
  const at = [low, high, ...corners].filter((logit) => logit >= low && logit <= high).sort((a, b) => a - b);
  const steps = pav.flatMap(({ logit, log10LikelihoodRatio }, i) => [
    [logit, held(log10LikelihoodRatio)] as const,
    [pav[i + 1]?.logit ?? high, held(log10LikelihoodRatio)] as const,
  ]);
  const [bottom, top] = [Math.floor(Math.min(-1, bounds[0])), Math.ceil(Math.max(1, bounds[1]))];
  return {
    title: 'Calibration',
    x: { label: 'logit of the raw score', from: low, to: high, ticks: wholeTicks(low, high) },
    y: { label: 'log10 likelihood ratio', from: bottom, to: top, ticks: wholeTicks(bottom, top) },
    lines: [
      { name: 'as verdicts carry it', style: 'solid', points: at.map((logit) => [logit, ratio(logit)] as const) },
      { name: 'best monotone calibration', style: 'dashed', points: steps },
    ],
  };
}

/** ROC, Tippett and ECE. */
export const plotsFromRecord = (record: ValidationRecord): Plot[] => [
  rocPlot(record),
  tippettPlot(record),
  ecePlot(record),
];
