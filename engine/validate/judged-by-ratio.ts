// Scored faces -> likelihood ratios that are judged on faces whose source was not used to fit them,
// and what they cost. Folds go by source; pure.
import { createHash } from 'node:crypto';
import type { Calibration, PartFigures } from '../../contract/validation.ts';
import { areaByWeights, areaUnderRoc, equalErrorRate, rocCurve } from '../../models/metrics/roc.ts';
import { bootstrapInterval } from '../examine/intervals.ts';
import { cllr, crossEntropy, type LabelledRatio, neutralEntropy, tippett } from '../examine/likelihood-ratio.ts';
import { sourceWeights, type ValidatedFace } from '../examine/validated-face.ts';
import {
  empiricalBounds,
  fitLogistic,
  log10FromShare,
  pavShare,
  poolAdjacentViolators,
  type WeightedLogit,
} from './calibrate.ts';

/**
 * A face with its log10 likelihood ratio by a calibration fitted without its source, and what it was
 * before it was held inside the bounds.
 */
export type JudgedByRatio = ValidatedFace & { weight: number; log10: number; unbounded: number };

const MOST_FOLDS = 10;

const logitsOf = (faces: readonly (ValidatedFace & { weight: number })[]): WeightedLogit[] =>
  faces.map(({ logit, label, weight }) => ({ logit, label, weight }));

/**
 * Sources dealt out to folds in the order of their hashes: the same for the same sources, and even.
 */
export function foldsOf(faces: readonly ValidatedFace[]): { fold: Map<string, number>; folds: number } {
  const order = (source: string) => createHash('sha256').update(source).digest('hex');
  const sources = [...new Set(faces.map((face) => face.source))].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const folds = Math.min(MOST_FOLDS, sources.length);
  if (folds < 2) throw new RangeError('One source only: nothing can be judged on another than it was fitted on.');
  return { fold: new Map(sources.map((source, i) => [source, i % folds])), folds };
}

/** Each face's likelihood ratio as it would be had its source not been there. */
export function judgedByRatio(
  faces: readonly ValidatedFace[],
  weights: readonly number[] = sourceWeights(faces),
): { judged: JudgedByRatio[]; folds: number } {
  const { fold, folds } = foldsOf(faces);
  const all = faces.map((face, i) => ({ ...face, weight: weights[i]! }));
  const judged = new Map<ValidatedFace, JudgedByRatio>();
  for (let k = 0; k < folds; k++) {
    const others = all.filter((face) => fold.get(face.source) !== k);
    const line = fitLogistic(logitsOf(others));
    const ratio = (logit: number) => (line.slope * logit + line.intercept) / Math.LN10;
    const bounds = empiricalBounds(others.map(({ logit, label, weight }) => ({ log10: ratio(logit), label, weight })));
    all.forEach((face, i) => {
      if (fold.get(face.source) !== k) return;
      const unbounded = ratio(face.logit);
      const log10 = Math.min(bounds[1], Math.max(bounds[0], unbounded));
      judged.set(faces[i]!, { ...face, log10, unbounded });
    });
  }
  return { judged: faces.map((face) => judged.get(face)!), folds };
}

export function aucInterval(faces: readonly ValidatedFace[], name: string): [number, number] | null {
  return bootstrapInterval(
    faces.map((face) => face.source),
    name,
    areaByWeights(faces),
  );
}

/** Infinite ratios of the monotone calibration are held at what can be written down. */
const finite = (log10: number): number => Math.min(10, Math.max(-10, log10));

export function calibrationOf(faces: readonly JudgedByRatio[], folds: number): Calibration {
  const line = fitLogistic(logitsOf(faces));
  const unbounded = faces.map(
    ({ logit, label, weight }): LabelledRatio => ({
      log10: (line.slope * logit + line.intercept) / Math.LN10,
      label,
      weight,
    }),
  );
  const bounds = empiricalBounds(unbounded);
  const heldOut = faces.map(({ log10, label, weight }): LabelledRatio => ({ log10, label, weight }));
  const steps = poolAdjacentViolators(logitsOf(faces));
  const best = faces.map(
    ({ logit, label, weight }): LabelledRatio => ({ log10: log10FromShare(pavShare(steps, logit)), label, weight }),
  );
  return {
    method: 'logistic',
    ...line,
    bounds,
    cllr: cllr(heldOut),
    cllrMin: cllr(best),
    pav: steps.map(({ from, forgedShare }) => ({
      logit: from,
      log10LikelihoodRatio: finite(log10FromShare(forgedShare)),
    })),
    tippett: tippett(heldOut),
    ece: Array.from({ length: 41 }, (_, i) => {
      const priorLog10Odds = -2.5 + i * 0.125;
      return {
        priorLog10Odds,
        calibrated: crossEntropy(heldOut, priorLog10Odds),
        minimum: crossEntropy(best, priorLog10Odds),
        neutral: neutralEntropy(priorLog10Odds),
      };
    }),
    folds,
  };
}

/** How well one score parts the faces, by itself. */
export type OwnFigures = Pick<PartFigures, 'auc' | 'aucInterval' | 'eer' | 'cllr' | 'cllrMin'>;

/** The figures of one score, and the faces as it judged them. */
export function ownFigures(faces: readonly ValidatedFace[]): { figures: OwnFigures; judged: readonly JudgedByRatio[] } {
  const { judged, folds } = judgedByRatio(faces);
  const { cllr, cllrMin } = calibrationOf(judged, folds);
  const figures: OwnFigures = {
    ...{ cllr, cllrMin },
    auc: areaUnderRoc(faces),
    aucInterval: aucInterval(faces, 'auc') ?? [0, 1],
    eer: equalErrorRate(rocCurve(faces)).rate,
  };
  return { figures, judged };
}
