// From logits to likelihood ratios: the logistic fit, pool adjacent violators, and the bounds
// beyond which a set of this size cannot speak. Pure. Natural logarithms inside; log10 where the
// name says so.

/** A labelled logit with its weight; sources with many faces weigh no more than others. */
export type WeightedLogit = { logit: number; label: 0 | 1; weight: number };

/** log likelihood ratio = slope x logit + intercept. */
export type Line = { slope: number; intercept: number };

/**
 * Pull towards slope 0 and intercept 0: it matters only where the classes part without a single
 * error.
 */
const RIDGE = 1e-4;

/**
 * Logistic regression with both classes weighing the same, so that its log odds are a log
 * likelihood ratio (Brümmer & du Preez 2006). Newton's method; throws RangeError when a class is
 * missing.
 */
export function fitLogistic(points: readonly WeightedLogit[]): Line {
  const total = [0, 1].map((label) => points.reduce((sum, p) => sum + (p.label === label ? p.weight : 0), 0));
  if (!total[0] || !total[1]) throw new RangeError('Calibration needs genuine and forged faces.');
  let [slope, intercept] = [0, 0];
  for (let step = 0; step < 100; step++) {
    let [g0, g1, h00, h01, h11] = [RIDGE * slope, RIDGE * intercept, RIDGE, 0, RIDGE];
    for (const { logit, label, weight } of points) {
      const w = weight / (2 * total[label]!);
      const p = 1 / (1 + Math.exp(-(slope * logit + intercept)));
      const [residual, curvature] = [w * (p - label), w * p * (1 - p)];
      g0 += residual * logit;
      g1 += residual;
      h00 += curvature * logit * logit;
      h01 += curvature * logit;
      h11 += curvature;
    }
    const det = h00 * h11 - h01 * h01;
    const [ds, di] = [(g0 * h11 - g1 * h01) / det, (g1 * h00 - g0 * h01) / det];
    // Half a step at most 4 units long: the first steps of Newton's method can overshoot.
    const damp = Math.min(1, 4 / Math.max(Math.abs(ds), Math.abs(di), 1e-12));
    slope -= damp * ds;
    intercept -= damp * di;
    if (Math.max(Math.abs(ds), Math.abs(di)) < 1e-10) break;
  }
  return { slope, intercept };
}

/**
 * A run of the monotone calibration: logits from `from` on. `forgedShare` with both classes
 * weighing the same.
 */
export type PavStep = { from: number; forgedShare: number };

/**
 * Pool adjacent violators: the best non-decreasing share of forged faces by logit (Ayer et al.
 * 1955).
 */
export function poolAdjacentViolators(points: readonly WeightedLogit[]): PavStep[] {
  const total = [0, 1].map((label) => points.reduce((sum, p) => sum + (p.label === label ? p.weight : 0), 0));
  type Block = { from: number; forged: number; all: number };
  const blocks: Block[] = [];
  const sorted = [...points].sort((a, b) => a.logit - b.logit);
  sorted.forEach(({ logit, label, weight }, i) => {
    const w = weight / (2 * total[label]!);
    const last = blocks.at(-1);
    if (last && i > 0 && sorted[i - 1]!.logit === logit) {
      last.forged += w * label;
      last.all += w;
    } else blocks.push({ from: logit, forged: w * label, all: w });
    const next = sorted[i + 1];
    if (next && next.logit === logit) return;
    while (blocks.length > 1) {
      const [b, a] = [blocks.at(-1)!, blocks.at(-2)!];
      if (a.forged / a.all < b.forged / b.all) break;
      blocks.splice(-2, 2, { from: a.from, forged: a.forged + b.forged, all: a.all + b.all });
    }
  });
  return blocks.map(({ from, forged, all }) => ({ from, forgedShare: forged / all }));
}

/** log10 likelihood ratio of a share; infinite where a run holds one class only. */
export const log10FromShare = (share: number): number => Math.log10(share) - Math.log10(1 - share);

/** The step a logit falls into; logits below the first belong to it. */
export function pavShare(steps: readonly PavStep[], logit: number): number {
  const step = steps.findLast(({ from }) => logit >= from) ?? steps[0]!;
  return step.forgedShare;
}

/**
 * Empirical lower and upper bounds of log10 likelihood ratios (Vergeer, van Es, de Jongh, Alberink
 * & Stoel 2016): the span of thresholds around 1 at which deciding by the ratio still beats
 * deciding by the prior alone, after adding one misleading source to each class. Weights count
 * sources, so many faces of few persons do not widen it. [0, 0] when nothing can be said.
 */
export function empiricalBounds(ratios: readonly { log10: number; label: 0 | 1; weight: number }[]): [number, number] {
  const total = [0, 1].map((label) => ratios.reduce((sum, r) => sum + (r.label === label ? r.weight : 0), 0));
  const above = (label: 0 | 1, threshold: number): number =>
    ratios.reduce((sum, r) => sum + (r.label === label && r.log10 > threshold ? r.weight : 0), 0);
  const beatsPrior = (log10Threshold: number): boolean => {
    const falselyForged = (above(0, log10Threshold) + 1) / (total[0]! + 1);
    const falselyGenuine = (total[1]! - above(1, log10Threshold) + 1) / (total[1]! + 1);
    const priorOdds = 10 ** -log10Threshold;
    return falselyGenuine * priorOdds + falselyForged < Math.min(1, priorOdds);
  };
  const walk = (step: number): number => {
    let at = 0;
    while (Math.abs(at) < 10 && beatsPrior(at + step)) at += step;
    return Math.round(at * 100) / 100;
  };
  return beatsPrior(0) ? [walk(-0.01), walk(0.01)] : [0, 0];
}
