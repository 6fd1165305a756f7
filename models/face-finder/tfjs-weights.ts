// Weights in the layout of TensorFlow.js: a manifest of names, shapes and 8-bit quantisation, and
// one file of bytes. The face finder's weights come this way from the npm package
// @vladmandic/face-api (MIT).
import { type Float32Tensor, float32Tensor, sizeFromShape } from '../tensor/tensor.ts';

type Entry = {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; scale: number; min: number };
};

/** One group of a `*-weights_manifest.json`. */
export type TfjsManifest = readonly { paths: readonly string[]; weights: readonly Entry[] }[];

/**
 * Every tensor by name, dequantised: value = byte * scale + min. Throws when the bytes do not match
 * the manifest.
 */
export function readTfjsWeights(manifest: TfjsManifest, bytes: Uint8Array): ReadonlyMap<string, Float32Tensor> {
  const tensors = new Map<string, Float32Tensor>();
  let at = 0;
  for (const { name, shape, quantization } of manifest.flatMap((group) => group.weights)) {
    const size = sizeFromShape(shape);
    const length = quantization ? size : size * 4;
    const part = bytes.subarray(at, at + length);
    if (part.length !== length) throw new RangeError(`The weights end inside ${name}.`);
    at += length;
    const data = quantization ? dequantised(part, quantization) : new Float32Array(new Uint8Array(part).buffer);
    tensors.set(name, float32Tensor(shape, data));
  }
  if (at !== bytes.length) throw new RangeError(`${bytes.length - at} bytes of weights are left over.`);
  return tensors;
}

function dequantised(bytes: Uint8Array, { scale, min }: { scale: number; min: number }): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i]! * scale + min;
  return values;
}

/**
 * TensorFlow's [height, width, in, out] as [out, in, height, width]; a depthwise [h, w, c, 1] as
 * [c, 1, h, w].
 */
export function convWeightFromTf({ shape, data }: Float32Tensor, depthwise = false): Float32Tensor {
  const [height, width, inner, outer] = shape as [number, number, number, number];
  const [rows, columns] = depthwise ? [inner, outer] : [outer, inner];
  const turned = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let i = 0; i < inner; i++)
        for (let o = 0; o < outer; o++) {
          const [row, column] = depthwise ? [i, o] : [o, i];
          turned[((row * columns + column) * height + y) * width + x] =
            data[((y * width + x) * inner + i) * outer + o]!;
        }
  return float32Tensor([rows, columns, height, width], turned);
}
