// A run's points as they come.
import type { CurvePoint } from '../../contract/training.ts';

/** Points in their order; a step done again replaces what it gave before. */
export const withPoint = (points: readonly CurvePoint[], point: CurvePoint): CurvePoint[] => [
  ...points.filter((one) => one.kind !== point.kind || one.step !== point.step),
  point,
];
