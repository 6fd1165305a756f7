// How good likelihood ratios are: Cllr, Tippett and ECE plots. Pure. Weighted, so that a source
// with many faces counts as one.
import type { Calibration, ValidationRecord } from '../../contract/validation.ts';

/** A likelihood ratio of a labelled face. */
export type LabelledRatio = { log10: number; label: 0 | 1; weight: number };

/** log10 likelihood ratio of a logit: the calibration's line, inside its bounds. */
export function log10LikelihoodRatio(
  logit: number,
  { slope, intercept, bounds }: Pick<Calibration, 'slope' | 'intercept' | 'bounds'>,
): number {
  const value = (slope * logit + intercept) / Math.LN10;
  return Math.min(bounds[1], Math.max(bounds[0], value));
}

/** The ratio a verdict carries; null without a record. */
export const ratioFromRecord = (logit: number, record: ValidationRecord | null): number | null =>
  record && log10LikelihoodRatio(logit, record.calibration);

const weightOf = (ratios: readonly LabelledRatio[], label: 0 | 1): number =>
  ratios.reduce((sum, r) => sum + (r.label === label ? r.weight : 0), 0);

/** log2(1 + 10^x) without overflow. */
const log2OnePlus = (x: number): number => (x > 300 ? x * Math.log2(10) : Math.log1p(10 ** x) / Math.LN2);

/**
 * Empirical cross-entropy in bits at prior log10 odds of forged (Ramos et al. 2013). At odds of 1
 * it is Cllr (Brümmer & du Preez 2006). `neutral` is that of a ratio of 1 for every face.
 */
export function crossEntropy(ratios: readonly LabelledRatio[], priorLog10Odds: number): number {
  const prior = 10 ** priorLog10Odds / (1 + 10 ** priorLog10Odds);
  const mean = (label: 0 | 1, of: (log10: number) => number): number =>
    ratios.reduce((sum, r) => sum + (r.label === label ? r.weight * of(r.log10) : 0), 0) / weightOf(ratios, label);
  return (
    prior * mean(1, (x) => log2OnePlus(-(x + priorLog10Odds))) +
    (1 - prior) * mean(0, (x) => log2OnePlus(x + priorLog10Odds))
  );
}

/** Cost of the log likelihood ratio: 0 perfect, 1 as good as always saying 1. */
export const cllr = (ratios: readonly LabelledRatio[]): number => crossEntropy(ratios, 0);

/** Entropy in bits of a prior: what is left to be known when the ratio is always 1. */
export function neutralEntropy(priorLog10Odds: number): number {
  const prior = 10 ** priorLog10Odds / (1 + 10 ** priorLog10Odds);
  return -prior * Math.log2(prior) - (1 - prior) * Math.log2(1 - prior);
}

/**
 * Share of each class whose ratio is at least each of `count` values from the lowest to the
 * highest.
 */
export function tippett(ratios: readonly LabelledRatio[], count = 101): Calibration['tippett'] {
  const values = ratios.map((r) => r.log10);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b), -1), values.reduce((a, b) => Math.max(a, b), 1)];
  const share = (label: 0 | 1, at: number): number =>
    ratios.reduce((sum, r) => sum + (r.label === label && r.log10 >= at ? r.weight : 0), 0) / weightOf(ratios, label);
  return Array.from({ length: count }, (_, i) => {
    const at = low + ((high - low) * i) / (count - 1);
    return { log10LikelihoodRatio: at, genuine: share(0, at), forged: share(1, at) };
  });
}
