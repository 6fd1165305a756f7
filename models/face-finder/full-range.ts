// The network of the first look: MediaPipe's full-range face detection (Apache-2.0), built from the
// TensorFlow Lite file in the npm package @mediapipe/face_detection. It knows small faces from a
// tenth of the pixels that the box network needs. Trained on squares of 192 pixels; nothing in it
// depends on the size, so it is built for any.
import { Graph, type Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { float32Tensor } from '../tensor/tensor.ts';
import { samePads } from './tf-layers.ts';
import { convWeightFromTflite, type TfliteFile, type TfliteOperator } from './tflite-file.ts';

/** Pixels of the input along one side of a cell of the output. */
export const CELL_PX = 4;

/** TensorFlow Lite's BuiltinOperator, as far as this network goes. */
const OPERATOR = {
  add: 0,
  conv: 3,
  depthwise: 4,
  dequantize: 6,
  maxPool: 17,
  relu: 19,
  reshape: 22,
  resizeBilinear: 23,
  pad: 34,
} as const;
const SAME_PADDING = 0;

/**
 * The network for pictures of `width` x `height` pixels, multiples of 32. Input `x` [n, height, width, 3], bytes;
 * output `cells` [n, 5, height / 4, width / 4]: the logit of a face whose middle is near the cell,
 * then its box: middle x, y, width, height, in pixels, the middle from the cell's own; output `points`
 * [n, 8, height / 4, width / 4]: x, y of that face's two eyes, nose and mouth, likewise. Throws when
 * the file is another network.
 */
export function fullRangeGraph(file: TfliteFile, width: number, height: number): Graph {
  const graph = new Graph();
  const bytes = graph.input('x', ['n', height, width, 3], { bytes: true });
  // 0..255 as -1..1, channels first.
  const pixels = op.add(op.mul(op.transpose(bytes, [0, 3, 1, 2]), 1 / 127.5), -1);
  const values = new Map<number, Value>([[file.inputs[0]!, pixels]]);
  const stored = new Map<number, number>();
  const made = (index: number): Value => {
    const value = values.get(index);
    if (!value) throw new Error(`The first look's network uses ${file.tensors[index]?.name} before it is there.`);
    return value;
  };
  const constantOf = (index: number) => file.tensors[stored.get(index) ?? index]!.read();
  const convolution = (operator: TfliteOperator, depthwise: boolean): Value => {
    const [from, weight, bias] = operator.inputs as [number, number, number];
    const x = made(from);
    const [, channels, rows, columns] = x.shape as [unknown, number, number, number];
    const kernel = convWeightFromTflite(constantOf(weight), depthwise);
    const stride = operator.int(1);
    return op.conv2d(x, graph.parameter(`weight ${weight}`, kernel), {
      stride,
      groups: depthwise ? channels : 1,
      pads: operator.byte(0) === SAME_PADDING ? samePads(rows, columns, kernel.shape[2]!, stride) : 0,
      bias: graph.parameter(`bias ${bias}`, constantOf(bias)),
    });
  };
  for (const operator of file.operators) {
    const [first, second] = operator.inputs as [number, number];
    const keep = (value: Value): unknown => values.set(operator.outputs[0]!, value);
    if (operator.code === OPERATOR.dequantize) stored.set(operator.outputs[0]!, first);
    else if (operator.code === OPERATOR.conv) keep(convolution(operator, false));
    else if (operator.code === OPERATOR.depthwise) keep(convolution(operator, true));
    else if (operator.code === OPERATOR.relu) keep(op.relu(made(first)));
    else if (operator.code === OPERATOR.add) keep(op.add(made(first), made(second)));
    else if (operator.code === OPERATOR.maxPool) keep(op.maxPool2d(made(first), 2, 2, 0));
    else if (operator.code === OPERATOR.pad) keep(padChannels(made(first), constantOf(second).data));
    else if (operator.code === OPERATOR.resizeBilinear) keep(doubled(made(first)));
    else if (operator.code === OPERATOR.reshape) keep(made(first));
    else throw new Error(`The first look's network has an operator ${operator.code} that is not known.`);
  }
  const [boxes, logits] = file.outputs.map(made) as [Value, Value];
  graph.output('cells', op.concat([logits, op.slice(boxes, 1, 0, 4)], 1));
  graph.output('points', op.slice(boxes, 1, 4, 12));
  return graph;
}

/** `widths`: before and behind each axis of [n, height, width, channels]. */
const padChannels = (x: Value, widths: Float32Array): Value => op.pad(x, [0, widths[6]!, 0, 0], [0, widths[7]!, 0, 0]);

/**
 * Twice as large by bilinear interpolation with half-pixel centres: every pixel twice along each
 * axis, then weights 1/4, 1/2, 1/4. At the border what would come from outside is made up for.
 */
function doubled(x: Value): Value {
  const { graph } = x;
  const twice = op.upsampleNearest2d(x, 2);
  const [, channels, height, width] = twice.shape as [unknown, number, number, number];
  const weights = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16);
  const kernel = Float32Array.from({ length: channels * 9 }, (_, i) => weights[i % 9]!);
  const smooth = op.conv2d(twice, graph.constant(float32Tensor([channels, 1, 3, 3], kernel)), {
    groups: channels,
    pads: 1,
  });
  const missing = (at: number, size: number): number => (at === 0 || at === size - 1 ? 4 / 3 : 1);
  const border = Float32Array.from(
    { length: height * width },
    (_, i) => missing(Math.floor(i / width), height) * missing(i % width, width),
  );
  return op.mul(smooth, graph.constant(float32Tensor([1, 1, height, width], border)));
}
