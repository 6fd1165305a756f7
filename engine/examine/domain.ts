// The domain check: is a face like those that the error rates were measured on? Limits come from
// the validation set; a face outside is not scored, and its verdict says which measure and by how
// much. Pure.
import type { Domain, DomainMeasure } from '../../contract/validation.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import { quantile } from './intervals.ts';
import type { ValidatedFace } from './validated-face.ts';

/**
 * Which ends of a measure are limited, how it is named, and in what unit. Roll and yaw are taken
 * without their sign.
 */
const MEASURES: Readonly<
  Record<DomainMeasure, { low: boolean; high: boolean; name: string; unit: string; digits: number }>
> = {
  facePx: { low: true, high: false, name: 'face size', unit: ' px', digits: 0 },
  sharpness: { low: true, high: true, name: 'sharpness', unit: '', digits: 0 },
  brightness: { low: true, high: true, name: 'brightness', unit: '', digits: 2 },
  rollDegrees: { low: false, high: true, name: 'tilt of the head', unit: '°', digits: 0 },
  yawProxy: { low: false, high: true, name: 'turn of the head', unit: '', digits: 2 },
  blockiness: { low: false, high: true, name: 'compression (blockiness)', unit: '', digits: 2 },
  colourfulness: { low: true, high: true, name: 'colourfulness', unit: '', digits: 0 },
  featureDistance: {
    low: false,
    high: true,
    name: 'distance from the validation faces in the network',
    unit: '',
    digits: 2,
  },
};

/**
 * Part of the validation faces that may lie beyond each end before it is widened, and by how much
 * of the span it is widened.
 */
const TAIL = 0.005;
const WIDENED = 0.1;

const UNSIGNED: ReadonlySet<DomainMeasure> = new Set(['rollDegrees', 'yawProxy']);
const measured = (measure: DomainMeasure, values: Readonly<Record<DomainMeasure, number>>): number =>
  UNSIGNED.has(measure) ? Math.abs(values[measure]) : values[measure];

type FeatureStatistics = NonNullable<Domain['features']>;

/** Four significant digits are enough for a mean or a spread, and keep the record readable. */
const short = (value: number): number => Number(value.toPrecision(4));

function momentsOf(features: readonly Float32Array[]): { mean: number[]; std: number[] } {
  const size = features[0]!.length;
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  for (const one of features)
    for (let i = 0; i < size; i++) {
      mean[i]! += one[i]! / features.length;
      squares[i]! += one[i]! ** 2 / features.length;
    }
  const std = Array.from(squares, (value, i) => Math.sqrt(Math.max(0, value - mean[i]! ** 2)));
  return { mean: Array.from(mean, short), std: std.map(short) };
}

/** Mean and spread of the features over each class. Throws RangeError when a class is missing. */
export function featureStatistics(faces: readonly ValidatedFace[]): FeatureStatistics {
  const of = (label: 0 | 1) => faces.filter((face) => face.label === label).map((face) => face.features);
  const [genuine, forged] = [of(0), of(1)];
  if (genuine.length === 0 || forged.length === 0) throw new RangeError('Both classes are needed.');
  return { genuine: momentsOf(genuine), forged: momentsOf(forged) };
}

/**
 * Root mean square of (feature - mean) / std, to the nearer of the two classes; about 1 for a face
 * like theirs.
 */
export function featureDistance(features: Float32Array, statistics: FeatureStatistics): number {
  const to = ({ mean, std }: { mean: readonly number[]; std: readonly number[] }): number => {
    if (mean.length !== features.length)
      throw new RangeError(`${features.length} features were given, the record has ${mean.length}.`);
    const floor = 0.05 * Math.max(...std) + 1e-6;
    const sum = features.reduce((total, f, i) => total + ((f - mean[i]!) / Math.max(std[i]!, floor)) ** 2, 0);
    return Math.sqrt(sum / features.length);
  };
  return Math.min(to(statistics.genuine), to(statistics.forged));
}

/**
 * Limits from the validation faces: all but the outermost half percent of each end, widened by a
 * tenth of the span.
 */
export function limitsFrom(faces: readonly ValidatedFace[], statistics: FeatureStatistics): Domain['limits'] {
  return (Object.keys(MEASURES) as DomainMeasure[]).map((measure) => {
    const values = faces
      .map((face) =>
        measured(measure, { ...face.measures, featureDistance: featureDistance(face.features, statistics) }),
      )
      .sort((a, b) => a - b);
    const [low, high] = [quantile(values, TAIL), quantile(values, 1 - TAIL)];
    const room = (high - low) * WIDENED;
    const { low: hasLow, high: hasHigh } = MEASURES[measure];
    return {
      measure,
      // No measure here is negative: a lower limit below 0 is none.
      low: hasLow && low - room > 0 ? short(low - room) : null,
      high: hasHigh ? short(high + room) : null,
    };
  });
}

/** Digits beyond which a measure and its limit are never written. */
const MOST_DIGITS = 6;

/**
 * Both numbers with `digits` decimals, or with as many more as it takes to tell them apart: "0.22,
 * validated up to 0.22" says nothing.
 */
function toldApart(value: number, limit: number, digits: number): [string, string] {
  const [found, allowed] = [value.toFixed(digits), limit.toFixed(digits)];
  return found === allowed && digits < MOST_DIGITS ? toldApart(value, limit, digits + 1) : [found, allowed];
}

/**
 * Sentences on every measure that is outside; empty for a face inside. Measures that are absent are
 * not looked at.
 */
export function reasonsOutside(
  measures: Partial<Readonly<Record<DomainMeasure, number>>>,
  limits: Domain['limits'],
): string[] {
  return limits.flatMap(({ measure, low, high }) => {
    if (measures[measure] === undefined) return [];
    const value = measured(measure, measures as Record<DomainMeasure, number>);
    const { name, unit, digits } = MEASURES[measure];
    if (!Number.isFinite(value)) return [`${name} could not be measured (${value})`];
    const told = (limit: number, word: string): string => {
      const [found, allowed] = toldApart(value, limit, digits);
      return `${name} ${found}${unit}, validated ${word} ${allowed}${unit}`;
    };
    if (low !== null && value < low) return [told(low, 'from')];
    if (high !== null && value > high) return [told(high, 'up to')];
    return [];
  });
}

/** Reasons for a face whose features are known. */
export const reasonsOutsideDomain = (
  measures: Partial<FaceMeasures>,
  features: Float32Array,
  domain: Pick<Domain, 'limits' | 'features'>,
): string[] =>
  reasonsOutside(
    { ...measures, ...(domain.features ? { featureDistance: featureDistance(features, domain.features) } : {}) },
    domain.limits,
  );
