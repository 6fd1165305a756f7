// Intervals at 95 %. Faces of one source are not independent, so intervals are drawn by resampling
// sources (cluster bootstrap); where nothing went wrong at all a bootstrap knows no doubt, and the
// rule for counts (Wilson) stands in. Pure; chance is given.
import type { Rate } from '../../contract/validation.ts';
import { fnv1a32, randomStream } from '../../models/tensor/random.ts';

/** Deviations of a normal distribution that 95 % lie within. */
export const Z95 = 1.959963984540054;
/** Resamplings: the ends of the interval then move by about a hundredth of its length. */
const DRAWS = 1000;

/** Wilson's score interval of a proportion (1927). */
export function wilsonInterval(count: number, of: number): [number, number] {
  if (of === 0) return [0, 1];
  const p = count / of;
  const z2 = Z95 * Z95;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z95 * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of))) / (1 + z2 / of);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan). `values` sorted. */
export function quantile(values: readonly number[], q: number): number {
  const at = (values.length - 1) * q;
  const low = Math.floor(at);
  return values[low]! + (values[Math.min(low + 1, values.length - 1)]! - values[low]!) * (at - low);
}

/**
 * 2.5 and 97.5 % quantiles of `statistic` over resampled sources. It is given a weight for every
 * item: how often its source was drawn. Draws where it is not a number (a class is missing) are
 * passed over; null when none is left. `name` seeds the chance.
 */
export function bootstrapInterval(
  sources: readonly string[],
  name: string,
  statistic: (weights: Float64Array) => number,
): [number, number] | null {
  const names = [...new Set(sources)];
  const indexOf = new Map(names.map((source, i) => [source, i]));
  const of = sources.map((source) => indexOf.get(source)!);
  const random = randomStream(fnv1a32(name));
  const values: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const times = new Float64Array(names.length);
    for (let i = 0; i < names.length; i++) times[random.integer(names.length)]! += 1;
    const value = statistic(Float64Array.from(of, (i) => times[i]!));
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return [quantile(values, 0.025), quantile(values, 0.975)];
}

/**
 * A share with its interval. The wider of the bootstrap over sources and Wilson's interval with as
 * many trials as there are sources: the second speaks where all faces, or none, are of the kind.
 */
export function rateOf(items: readonly { source: string; is: boolean }[], name: string): Rate {
  const count = items.filter(({ is }) => is).length;
  const of = items.length;
  if (of === 0) return { count, of, rate: 0, interval: [0, 1] };
  const sources = items.map(({ source }) => source);
  const distinct = new Set(sources).size;
  const wilson = wilsonInterval((count / of) * distinct, distinct);
  const drawn = bootstrapInterval(sources, name, (weights) => {
    let [hits, total] = [0, 0];
    items.forEach(({ is }, i) => {
      total += weights[i]!;
      if (is) hits += weights[i]!;
    });
    return hits / total;
  });
  const [low, high] = drawn ?? wilson;
  return { count, of, rate: count / of, interval: [Math.min(low, wilson[0]), Math.max(high, wilson[1])] };
}
