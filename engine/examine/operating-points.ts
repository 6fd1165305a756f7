// Where a score begins to lean: the two thresholds that hold false calls at a stated rate, and what
// they say of a score. Pure.
import type { Leaning, OperatingPoints } from '../../contract/verdict.ts';

/** A labelled score and how much it counts; a source with many faces counts as one. */
export type WeightedScore = { score: number; label: 0 | 1; weight: number };

/**
 * At or above `high` towards forged, below `low` towards genuine, between them it cannot tell. Null
 * without points.
 */
export function leaningFromScore(score: number, points: OperatingPoints | null): Leaning | null {
  if (!points) return null;
  return score >= points.high ? 'towardsForged' : score < points.low ? 'towardsGenuine' : 'cannotTell';
}

/**
 * The lowest `high` at which at most `rate` of genuine faces score at or above it, and the highest
 * `low` at which at most `rate` of forged ones score below it. Where the classes part so well that
 * they cross, both become their middle: nothing is left between.
 */
export function operatingPointsFrom(scores: readonly WeightedScore[], rate: number): OperatingPoints {
  const high = edge(
    scores.filter((s) => s.label === 0).map((s) => ({ ...s, score: s.score })),
    rate,
  );
  const low = edge(
    scores.filter((s) => s.label === 1).map((s) => ({ ...s, score: -s.score })),
    rate,
  );
  const points = { low: Math.max(0, -low), high: Math.min(1, high) };
  if (points.low <= points.high) return points;
  const middle = (points.low + points.high) / 2;
  return { low: middle, high: middle };
}

/** Just above the lowest score that at most `rate` of the weight exceeds. */
function edge(scores: readonly { score: number; weight: number }[], rate: number): number {
  const sorted = [...scores].sort((a, b) => b.score - a.score);
  const total = sorted.reduce((sum, s) => sum + s.weight, 0);
  let above = 0;
  for (const { score, weight } of sorted) {
    above += weight;
    if (above > rate * total + 1e-12) return score + Number.EPSILON * Math.max(1, Math.abs(score)) * 4;
  }
  return sorted.at(-1)?.score ?? 0;
}
