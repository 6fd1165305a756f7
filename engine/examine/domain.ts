// The domain check: is a face like those that the error rates were measured on? Limits come from
// the validation set; a face outside is not scored, and its verdict says which measure and by how
// much. Pure.
import type { DomainMeasure, DomainReason } from '../../contract/domain.ts';
import type { Domain } from '../../contract/validation.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import { quantile } from './intervals.ts';
import type { ValidatedFace } from './validated-face.ts';

/** Which ends of a measure are limited. Roll and yaw are taken without their sign. */
const ENDS: Readonly<Record<DomainMeasure, { low: boolean; high: boolean }>> = {
  facePx: { low: true, high: false },
  sharpness: { low: true, high: true },
  brightness: { low: true, high: true },
  rollDegrees: { low: false, high: true },
  yawProxy: { low: false, high: true },
  blockiness: { low: false, high: true },
  colourfulness: { low: true, high: true },
  featureDistance: { low: false, high: true },
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

/**
 * Mean and spread of the features over each class; null for a network that gives none. Throws
 * RangeError when a class is missing.
 */
export function featureStatistics(faces: readonly ValidatedFace[]): FeatureStatistics | null {
  const of = (label: 0 | 1) => faces.filter((face) => face.label === label).map((face) => face.features);
  const [genuine, forged] = [of(0), of(1)];
  if (genuine.length === 0 || forged.length === 0) throw new RangeError('Both classes are needed.');
  if (genuine[0]!.length === 0) return null;
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
export function limitsFrom(faces: readonly ValidatedFace[], statistics: FeatureStatistics | null): Domain['limits'] {
  const measures = (Object.keys(ENDS) as DomainMeasure[]).filter((one) => statistics || one !== 'featureDistance');
  return measures.map((measure) => {
    const values = faces
      .map((face) =>
        measured(measure, {
          ...face.measures,
          featureDistance: statistics ? featureDistance(face.features, statistics) : 0,
        }),
      )
      .sort((a, b) => a - b);
    const [low, high] = [quantile(values, TAIL), quantile(values, 1 - TAIL)];
    const room = (high - low) * WIDENED;
    const { low: hasLow, high: hasHigh } = ENDS[measure];
    return {
      measure,
      // No measure here is negative: a lower limit below 0 is none.
      low: hasLow && low - room > 0 ? short(low - room) : null,
      high: hasHigh ? short(high + room) : null,
    };
  });
}

/** Every measure that is outside; none for a face inside. Measures that are absent are not looked at. */
export function reasonsOutside(
  measures: Partial<Readonly<Record<DomainMeasure, number>>>,
  limits: Domain['limits'],
): DomainReason[] {
  return limits.flatMap(({ measure, low, high }): DomainReason[] => {
    if (measures[measure] === undefined) return [];
    const value = measured(measure, measures as Record<DomainMeasure, number>);
    if (!Number.isFinite(value)) return [{ kind: 'notMeasured', measure, found: String(value) }];
    if (low !== null && value < low) return [{ kind: 'beyondLimit', measure, value, limit: low, end: 'low' }];
    if (high !== null && value > high) return [{ kind: 'beyondLimit', measure, value, limit: high, end: 'high' }];
    return [];
  });
}

/** Reasons for a face whose features are known. */
export const reasonsOutsideDomain = (
  measures: Partial<FaceMeasures>,
  features: Float32Array,
  domain: Pick<Domain, 'limits' | 'features'>,
): DomainReason[] =>
  reasonsOutside(
    { ...measures, ...(domain.features ? { featureDistance: featureDistance(features, domain.features) } : {}) },
    domain.limits,
  );
