// The paper's network with generated weights, and pictures for it: what the benches measure.
import * as ort from '../engine/compute/onnxruntime.ts';
import type { Graph } from '../models/graph/graph.ts';
import { PAPER_CONFIG } from '../models/recce/config.ts';
import { generatedTensor } from '../models/recce/generated-weights.ts';
import { recceInferenceGraph } from '../models/recce/inference-graph.ts';
import { recceKeys } from '../models/recce/keys.ts';

/** The full network (width 1). */
export function paperNetwork(inputPx = 299): Graph {
  const keys = new Map(recceKeys(PAPER_CONFIG).map((key) => [key.name, key]));
  return recceInferenceGraph({ ...PAPER_CONFIG, inputPx }, (name) => generatedTensor(keys.get(name)!));
}

/** A batch of pictures that are not flat: [batch, 3, side, side] in -1..1. */
export function pictures(batch: number, side: number): ort.Tensor {
  const data = Float32Array.from({ length: batch * 3 * side * side }, (_, i) => Math.sin(i * 0.37) * 0.9);
  return new ort.Tensor('float32', data, [batch, 3, side, side]);
}
