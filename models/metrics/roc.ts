// How well scores part forged from genuine: ROC, area under it, equal error rate. Pure. Higher
// scores mean forged.

/** A labelled score; `source` (person, video) groups what is not independent. */
export type LabelledScore = { score: number; label: 0 | 1; source: string };

export type RocPoint = { falsePositive: number; truePositive: number; threshold: number };

/**
 * Probability that a forged face scores above a genuine one, ties counting half (Mann-Whitney).
 * `weights` default to 1. NaN when a class is missing.
 */
export const areaUnderRoc = (scores: readonly LabelledScore[], weights?: ArrayLike<number>): number =>
  areaByWeights(scores)(weights);

/** As areaUnderRoc, sorted once for many weightings (bootstrap). */
export function areaByWeights(scores: readonly LabelledScore[]): (weights?: ArrayLike<number>) => number {
  const order = Int32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]!.score - scores[b]!.score);
  const sorted = Float64Array.from(order, (i) => scores[i]!.score);
  const isForged = Uint8Array.from(order, (i) => scores[i]!.label);
  return (weights) => {
    let [below, positives, area] = [0, 0, 0];
    for (let i = 0; i < order.length; ) {
      let [tiedPositive, tiedNegative, k] = [0, 0, i];
      for (; k < order.length && sorted[k] === sorted[i]; k++) {
        const weight = weights ? weights[order[k]!]! : 1;
        if (isForged[k]) tiedPositive += weight;
        else tiedNegative += weight;
      }
      area += tiedPositive * (below + tiedNegative / 2);
      below += tiedNegative;
      positives += tiedPositive;
      i = k;
    }
    return area / (positives * below);
  };
}

/**
 * How each face is placed among those of the other class: of a forged one the share of genuine faces
 * below it, of a genuine one the share of forged faces above it, ties counting half.
 */
function placements(scores: readonly LabelledScore[]): Float64Array {
  const sortedOf = (label: 0 | 1) =>
    Float64Array.from(scores.flatMap((s) => (s.label === label ? s.score : []))).sort();
  const [genuine, forged] = [sortedOf(0), sortedOf(1)];
  return Float64Array.from(scores, ({ score, label }) => {
    const others = label === 1 ? genuine : forged;
    const below = (countBelow(others, score, false) + countBelow(others, score, true)) / 2 / others.length;
    return label === 1 ? below : 1 - below;
  });
}

/** How many of sorted values lie below `value`, or with `orAt` not above it. */
function countBelow(sorted: Float64Array, value: number, orAt: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value || (orAt && sorted[middle] === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Variance of the area after DeLong, DeLong & Clarke-Pearson (1988), for independent faces: from
 * how each face of one class is placed among the other.
 */
export function delongVariance(scores: readonly LabelledScore[]): number {
  const placed = placements(scores);
  const of = (label: 0 | 1) => placed.filter((_, i) => scores[i]!.label === label);
  const variance = (values: Float64Array): number => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  };
  const [genuine, forged] = [of(0), of(1)];
  return variance(forged) / forged.length + variance(genuine) / genuine.length;
}

/**
 * The area of `first` less that of `second`, two scores of the same faces in the same order, and the
 * variance of that difference: DeLong's, in which the faces of one source count as one cluster
 * (Obuchowski 1997). Where every face is a source of its own it is DeLong's to the digit. The
 * variance is NaN where a class has fewer than two sources.
 */
export function delongDifference(
  first: readonly LabelledScore[],
  second: readonly LabelledScore[],
): { difference: number; variance: number } {
  const [a, b] = [placements(first), placements(second)];
  const apart = a.map((value, i) => value - b[i]!);
  const count = [0, 1].map((label) => first.filter((s) => s.label === label).length) as [number, number];
  const difference = apart.reduce((sum, d, i) => sum + (first[i]!.label === 1 ? d : 0), 0) / count[1];
  // Of each source: what its genuine and its forged faces add beyond the mean.
  const beyond = new Map<string, [number, number]>();
  const seen = [new Set<string>(), new Set<string>()] as const;
  first.forEach(({ label, source }, i) => {
    const sums = beyond.get(source) ?? [0, 0];
    sums[label] += apart[i]! - difference;
    beyond.set(source, sums);
    seen[label].add(source);
  });
  const sumOf = (product: (sums: readonly [number, number]) => number): number =>
    [...beyond.values()].reduce((sum, sums) => sum + product(sums), 0);
  const ofSources = (n: number): number => n / (n - 1);
  const variance =
    (ofSources(seen[0].size) * sumOf(([g]) => g * g)) / count[0] ** 2 +
    (ofSources(seen[1].size) * sumOf(([, f]) => f * f)) / count[1] ** 2 +
    (2 * ofSources(beyond.size) * sumOf(([g, f]) => g * f)) / (count[0] * count[1]);
  return { difference, variance };
}

/** The curve from (0, 0) at threshold +Infinity to (1, 1), one point for every distinct score. */
export function rocCurve(scores: readonly LabelledScore[]): RocPoint[] {
  const sorted = [...scores].sort((a, b) => b.score - a.score);
  const positives = sorted.filter((s) => s.label === 1).length;
  const negatives = sorted.length - positives;
  const points: RocPoint[] = [{ falsePositive: 0, truePositive: 0, threshold: Number.POSITIVE_INFINITY }];
  let [hits, falses] = [0, 0];
  sorted.forEach(({ score, label }, i) => {
    if (label === 1) hits += 1;
    else falses += 1;
    if (sorted[i + 1]?.score !== score)
      points.push({ falsePositive: falses / negatives, truePositive: hits / positives, threshold: score });
  });
  return points;
}

/**
 * Where as many genuine faces are called forged as forged ones genuine; interpolated between the
 * two points it lies between.
 */
export function equalErrorRate(roc: readonly RocPoint[]): { rate: number; threshold: number } {
  const at = roc.findIndex(({ falsePositive, truePositive }) => falsePositive >= 1 - truePositive);
  const [before, after] = [roc[Math.max(0, at - 1)]!, roc[at]!];
  const gap = ({ falsePositive, truePositive }: RocPoint) => falsePositive - (1 - truePositive);
  const span = gap(after) - gap(before);
  const part = span > 0 ? -gap(before) / span : 1;
  const rate = before.falsePositive + part * (after.falsePositive - before.falsePositive);
  return { rate, threshold: after.threshold };
}

/** The curve with at most `most` points, its ends kept: for storing and drawing. */
export function thinned(roc: readonly RocPoint[], most: number): RocPoint[] {
  if (roc.length <= most) return [...roc];
  return Array.from({ length: most }, (_, i) => roc[Math.round((i * (roc.length - 1)) / (most - 1))]!);
}
