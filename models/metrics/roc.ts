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
 * Variance of the area after DeLong, DeLong & Clarke-Pearson (1988), for independent faces: from
 * how each face of one class is placed among the other.
 */
export function delongVariance(scores: readonly LabelledScore[]): number {
  const of = (label: 0 | 1) => scores.filter((s) => s.label === label).map((s) => s.score);
  const [genuine, forged] = [of(0), of(1)];
  const placement = (value: number, others: readonly number[]): number =>
    others.reduce((sum, other) => sum + (other < value ? 1 : other === value ? 0.5 : 0), 0) / others.length;
  const variance = (values: readonly number[]): number => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  };
  const forgedAmongGenuine = forged.map((value) => placement(value, genuine));
  const genuineAmongForged = genuine.map((value) => 1 - placement(value, forged));
  return variance(forgedAmongGenuine) / forged.length + variance(genuineAmongForged) / genuine.length;
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
