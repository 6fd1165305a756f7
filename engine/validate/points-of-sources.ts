// Operating points of a set that was put together from several sources: a promise that holds on
// average says nothing of a source that is unlike the others, and casework is one more of these.
// Pure.
import type { OperatingPoints } from '../../contract/verdict.ts';
import { leaningFromScore, operatingPointsFrom, type WeightedScore } from '../examine/operating-points.ts';

/** A labelled score and the source it is from. */
export type SourcedScore = WeightedScore & { from: string };

/** What `high` may let past of genuine faces, and `low` of forged ones. */
export type EdgeRates = { high: number; low: number };
type Edge = keyof EdgeRates;

/** The class whose false calls an edge holds down. */
const CLASS_OF: Readonly<Record<Edge, 0 | 1>> = { high: 0, low: 1 };

/**
 * Points that hold the rates in each source by itself: the highest `high` and the lowest `low` of
 * theirs.
 */
export function pointsOfSources(scores: readonly SourcedScore[], rates: EdgeRates): OperatingPoints {
  const [high, low] = [edgeOfSources('high', scores, rates.high), edgeOfSources('low', scores, rates.low)];
  return low <= high ? { low, high } : { low: (low + high) / 2, high: (low + high) / 2 };
}

function edgeOfSources(edge: Edge, scores: readonly SourcedScore[], rate: number): number {
  const own = scores.filter(({ label }) => label === CLASS_OF[edge]);
  const edges = [...Map.groupBy(own, ({ from }) => from).values()].map(
    (group) => operatingPointsFrom(group, rate)[edge],
  );
  return edge === 'high' ? Math.max(...edges) : Math.min(...edges);
}

/** Points fitted on every source but `name`; undefined when the others lack a class. */
export function pointsWithout(
  name: string,
  scores: readonly SourcedScore[],
  rates: EdgeRates,
): OperatingPoints | undefined {
  const others = scores.filter(({ from }) => from !== name);
  const both = [0, 1].every((label) => others.some((score) => score.label === label));
  return both ? pointsOfSources(others, rates) : undefined;
}

/** Shares of the asked rate that are tried, from the least cautious on. */
const SHARES = [...Array.from({ length: 50 }, (_, i) => (50 - i) / 50), 0.015, 0.01, 0.005, 0] as const;

/**
 * The largest rates to fit at, each edge's by itself, with which every source, judged by points of
 * the others, keeps `rate`; `broken` names those that keep it at none, and are passed over in the
 * choice.
 */
export function ratesThatHold(scores: readonly SourcedScore[], rate: number): { rates: EdgeRates; broken: string[] } {
  const [high, low] = [rateOfEdge('high', scores, rate), rateOfEdge('low', scores, rate)];
  return {
    rates: { high: high.rate, low: low.rate },
    broken: [...new Set([...high.broken, ...low.broken])],
  };
}

function rateOfEdge(edge: Edge, scores: readonly SourcedScore[], rate: number): { rate: number; broken: string[] } {
  const names = [...new Set(scores.map(({ from }) => from))];
  const tried = SHARES.map((share) => {
    const rates = { high: rate * share, low: rate * share };
    return { rate: rate * share, broken: names.filter((name) => wrongShare(edge, name, scores, rates) > rate + 1e-12) };
  });
  const fewest = Math.min(...tried.map(({ broken }) => broken.length));
  return tried.find(({ broken }) => broken.length === fewest)!;
}

/** Share of a source's faces that an edge fitted on the others calls falsely. */
function wrongShare(edge: Edge, name: string, scores: readonly SourcedScore[], rates: EdgeRates): number {
  const points = pointsWithout(name, scores, rates);
  const faces = scores.filter(({ from, label }) => from === name && label === CLASS_OF[edge]);
  if (!points || faces.length === 0) return 0;
  const isWrong = edge === 'high' ? 'towardsForged' : 'towardsGenuine';
  const called = faces.filter(({ score }) => leaningFromScore(score, points) === isWrong);
  return weightOf(called) / weightOf(faces);
}

const weightOf = (scores: readonly SourcedScore[]): number => scores.reduce((sum, { weight }) => sum + weight, 0);
