// A detector that is of no family: convolutions with random weights and two classes, written by our
// own ONNX writer. For tests of what an owner brings in.
import { Graph, type Value } from '../../graph/graph.ts';
import * as op from '../../graph/ops.ts';
import { generatedTensor } from '../../recce/generated-weights.ts';
import { onnxFromGraph } from '../onnx-model.ts';

export const RANDOM_DETECTOR_PX = 96;

/** Input `pictures` [n, 3, 96, 96]; outputs `answer` [n, 2], which adds up to 1, and `seen` [n, 24]. */
export function randomDetector(): Uint8Array {
  const graph = new Graph();
  const weight = (name: string, shape: readonly number[]): Value =>
    graph.parameter(name, generatedTensor({ name, shape, dtype: 'float32' }));
  const layer = (x: Value, name: string, channels: number): Value =>
    op.relu(op.conv2d(x, weight(name, [channels, Number(x.shape[1]), 3, 3]), { stride: 2, pads: 1 }));
  const x = graph.input('pictures', ['n', 3, RANDOM_DETECTOR_PX, RANDOM_DETECTOR_PX]);
  const seen = op.reduceMean(layer(layer(layer(x, 'first', 8), 'second', 16), 'third', 24), [2, 3]);
  graph.output('answer', op.softmax(op.mul(op.matmul(seen, weight('head', [24, 2])), 2), 1));
  graph.output('seen', seen);
  return onnxFromGraph(graph);
}
