// The Xception block as the published checkpoints name it (timm's legacy Xception: `rep.N`, `skip`,
// `skipbn`).
import type { Value } from '../graph/graph.ts';
import { add, maxPool2d, relu } from '../graph/ops.ts';
import { type Layers, separableConv2d } from './layers.ts';

/**
 * What distinguishes one block from another. `projects`: the shortcut is a strided 1x1 convolution
 * with BatchNorm.
 */
export type BlockSpec = { reps: number; stride: 1 | 2; startsWithRelu: boolean; projects: boolean };

/**
 * rep(x) + shortcut(x), where rep is `reps` times relu, separable convolution, BatchNorm, and a
 * max-pool when strided.
 */
export function xceptionBlock(layers: Layers, x: Value, name: string, spec: BlockSpec): Value {
  let y = x;
  for (let rep = 0; rep < spec.reps; rep++) {
    if (rep > 0 || spec.startsWithRelu) y = relu(y);
    const index = rep * 3 + (spec.startsWithRelu ? 1 : 0);
    y = separableConv2d(layers, y, `${name}.rep.${index}`, `${name}.rep.${index + 1}`);
  }
  if (spec.stride === 2) y = maxPool2d(y, 3, 2, 1);
  const shortcut = spec.projects
    ? layers.convBatchNorm(x, `${name}.skip`, `${name}.skipbn`, { stride: spec.stride })
    : x;
  return add(y, shortcut);
}
