// The way back from broadcasting, for gradient rules.
import type { Shape, Value } from './graph.ts';
import { reduceSum, reshape } from './ops.ts';

/** Sums `x` over the axes along which `shape` was repeated to become x's shape. */
export function sumTo(x: Value, shape: Shape): Value {
  const leading = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dim, axis) =>
    axis < leading || (shape[axis - leading] === 1 && dim !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return x;
  const summed = reduceSum(x, axes, true);
  return leading === 0 ? summed : reshape(summed, shape);
}
