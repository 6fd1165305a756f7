// Operating points of a set that was put together from several sources: a promise that holds on
// average says nothing of a source that is unlike the others, and casework is one more of these.
// Pure.
import type { OperatingPoints } from '../../contract/verdict.ts';
import { leaningFromScore, operatingPointsFrom, type WeightedScore } from '../examine/operating-points.ts';

/** A labelled score and the source it is from. */
export type SourcedScore = WeightedScore & { from: string };

/**
 * Points that hold `rate` in each source by itself: the highest `high` and the lowest `low` of
 * theirs.
 */
export function pointsOfSources(scores: readonly SourcedScore[], rate: number): OperatingPoints {
  const groups = [...Map.groupBy(scores, ({ from }) => from).values()];
  const of = (label: 0 | 1) =>
    groups
      .filter((group) => group.some((score) => score.label === label))
      .map((group) =>
        operatingPointsFrom(
          group.filter((score) => score.label === label),
          rate,
        ),
      );
  const high = Math.max(...of(0).map((points) => points.high));
  const low = Math.min(...of(1).map((points) => points.low));
  return low <= high ? { low, high } : { low: (low + high) / 2, high: (low + high) / 2 };
}

/** Points fitted on every source but `name`; undefined when the others lack a class. */
export function pointsWithout(
  name: string,
  scores: readonly SourcedScore[],
  rate: number,
): OperatingPoints | undefined {
  const others = scores.filter(({ from }) => from !== name);
  const both = [0, 1].every((label) => others.some((score) => score.label === label));
  return both ? pointsOfSources(others, rate) : undefined;
}

/** Shares of the asked rate that are tried, from the least cautious on. */
const SHARES = [1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0] as const;

/**
 * The largest rate to fit at with which every source, judged by points of the others, keeps
 * `rate`; `broken` names those that keep it at none, and are passed over in the choice.
 */
export function rateThatHolds(scores: readonly SourcedScore[], rate: number): { rate: number; broken: string[] } {
  const names = [...new Set(scores.map(({ from }) => from))];
  const tried = SHARES.map((share) => ({
    rate: rate * share,
    broken: names.filter((name) => !keeps(name, scores, rate * share, rate)),
  }));
  const fewest = Math.min(...tried.map(({ broken }) => broken.length));
  return tried.find(({ broken }) => broken.length === fewest)!;
}

function keeps(name: string, scores: readonly SourcedScore[], fitted: number, rate: number): boolean {
  const points = pointsWithout(name, scores, fitted);
  if (!points) return true;
  const own = scores.filter(({ from }) => from === name);
  const wrong = (label: 0 | 1): number => {
    const faces = own.filter((score) => score.label === label);
    const isWrong = label === 0 ? 'towardsForged' : 'towardsGenuine';
    const called = faces.filter(({ score }) => leaningFromScore(score, points) === isWrong);
    return faces.length === 0 ? 0 : weightOf(called) / weightOf(faces);
  };
  return Math.max(wrong(0), wrong(1)) <= rate + 1e-12;
}

const weightOf = (scores: readonly SourcedScore[]): number => scores.reduce((sum, { weight }) => sum + weight, 0);
