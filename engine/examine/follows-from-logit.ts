// What a scored outcome says beside its logit, held against what follows from the logit under the
// model's operating points and validation record: for what comes from elsewhere. Pure.
import type { Model } from '../../contract/model.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import { scoreFromLogit } from '../../models/recce/output.ts';
import { ratioFromRecord } from './likelihood-ratio.ts';
import { leaningFromScore } from './operating-points.ts';

type Scored = Extract<VerdictOutcome, { kind: 'scored' }>;
/** What a model's scores are read with. */
export type ReadWith = Pick<Model, 'operatingPoints' | 'validation'>;

/** Processors round the exponential differently in the last digits. */
const ROUNDING = 1e-9;

/** Score, leaning and ratio as they follow from the logit. */
export function fromLogit(logit: number, model: ReadWith): Pick<Scored, 'score' | 'leaning' | 'log10LikelihoodRatio'> {
  const score = scoreFromLogit(logit);
  const leaning = leaningFromScore(score, model.operatingPoints);
  return { score, leaning, log10LikelihoodRatio: ratioFromRecord(logit, model.validation) };
}

/** What does not follow, in a sentence; undefined where all of it does. */
export function whyNotFollowing(outcome: Scored, model: ReadWith): string | undefined {
  const { score, leaning, log10LikelihoodRatio } = fromLogit(outcome.logit, model);
  // Another processor's last digit may lie on the other side of an operating point.
  const leans =
    outcome.leaning === leaning || outcome.leaning === leaningFromScore(outcome.score, model.operatingPoints);
  const follows =
    Math.abs(outcome.score - score) <= ROUNDING && leans && isSame(outcome.log10LikelihoodRatio, log10LikelihoodRatio);
  return follows
    ? undefined
    : `Of a logit of ${outcome.logit} it says score ${outcome.score}, ${outcome.leaning}, log10 LR ${outcome.log10LikelihoodRatio}; that does not follow from it.`;
}

const isSame = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(b));
