import { expect, test } from 'vitest';
import { reportTemplateSchema } from './report-template.ts';
import type { ValidationRecord } from './validation.ts';
import { calibrationPlot, plotsFromRecord } from './validation-plots.ts';
import { ratioSentence, ratioWords, timesFromLog10 } from './verbal-scale.ts';

const record = {
  roc: [
    { falsePositive: 0, truePositive: 0, threshold: 1 },
    { falsePositive: 1, truePositive: 1, threshold: 0 },
  ],
  calibration: {
    tippett: [
      { log10LikelihoodRatio: -1.4, genuine: 1, forged: 1 },
      { log10LikelihoodRatio: 1.2, genuine: 0, forged: 0.5 },
    ],
    ...{ slope: 1.2, intercept: -0.3, bounds: [-1.5, 1.1] },
    pav: [
      { logit: -3.2, log10LikelihoodRatio: -4 },
      { logit: 0.5, log10LikelihoodRatio: 0.2 },
      { logit: 2.7, log10LikelihoodRatio: 9 },
    ],
    ece: [
      { priorLog10Odds: -2.5, calibrated: 0.03, minimum: 0.02, neutral: 0.03 },
      { priorLog10Odds: 0, calibrated: 2.6, minimum: 0.4, neutral: 1 },
    ],
  },
} as unknown as ValidationRecord;

test('every point of the plots lies inside its axes', () => {
  const plots = [...plotsFromRecord(record), calibrationPlot(record)];
  expect(plots.map((plot) => plot.title)).toEqual([
    'Receiver operating characteristic',
    'Tippett plot',
    'Empirical cross-entropy',
    'Calibration',
  ]);
  for (const { x, y, lines } of plots)
    for (const [px, py] of lines.flatMap((line) => line.points)) {
      expect(px).toBeGreaterThanOrEqual(x.from);
      expect(px).toBeLessThanOrEqual(x.to);
      expect(py).toBeGreaterThanOrEqual(y.from);
      expect(py).toBeLessThanOrEqual(y.to);
    }
  for (const { lines } of plots) expect(new Set(lines.map((line) => line.style)).size).toBe(lines.length);
});

test('the calibration is drawn as verdicts carry it: the fitted line, held inside its bounds', () => {
  const [carried, monotone] = calibrationPlot(record).lines;
  const ratios = carried!.points.map(([, ratio]) => ratio);
  expect([ratios[0], ratios.at(-1)]).toEqual([-1.5, 1.1]);
  for (const [logit, ratio] of carried!.points.slice(1, -1))
    expect(ratio).toBeCloseTo((1.2 * logit - 0.3) / Math.LN10, 9);
  expect(monotone!.points.map(([, ratio]) => ratio)).toEqual([-1.5, -1.5, 0.2, 0.2, 1.1, 1.1]);
});

test('a ratio is worded for the proposition it supports, by the steps that were chosen', () => {
  expect(timesFromLog10(0.5)).toBe('3.2');
  expect(timesFromLog10(-2.1)).toBe('130');
  expect(ratioSentence(0.5)).toBe(
    'The output is 3.2 times more probable if forged than if genuine: weak support for forged over genuine',
  );
  expect(ratioSentence(-1)).toMatch(
    /^The output is 10 times more probable if genuine than if forged: moderate support for genuine/,
  );
  expect(ratioSentence(0.01)).toMatch(/^The output is as probable if forged as if genuine: does not support/);
  expect(
    ratioWords(0.5, [
      { from: 0, words: 'nothing' },
      { from: 0.4, words: 'a little' },
    ]),
  ).toBe('a little for forged over genuine');
});

test('a scale in any order never words a small ratio as a large one, and must have a step from 0', () => {
  const steps = [
    { from: 4, words: 'very strong support' },
    { from: 1, words: 'moderate support' },
  ];
  expect(ratioWords(0.2, steps)).toBe('moderate support');
  const scale = reportTemplateSchema.shape.verbalScale;
  expect(scale.safeParse(steps).success).toBe(false);
  expect(scale.safeParse([...steps, { from: 0, words: 'no support' }]).success).toBe(true);
});
