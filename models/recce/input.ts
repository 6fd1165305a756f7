// The only place that knows how pixels become the network's input: size, value range, channel
// order.
import type { Float32Tensor } from '../tensor/tensor.ts';
import { float32Tensor } from '../tensor/tensor.ts';

/** What the passport says of the input. */
export type InputSpec = { inputPx: number; mean: number; std: number };

/**
 * Square 8-bit RGB pictures (row by row, R G B interleaved, inputPx x inputPx) as f32 [n, 3, s, s]:
 * (value / 255 - mean) / std, for mean = std = 0.5 the same as value / 127.5 - 1. float64 inside,
 * one rounding. Throws RangeError when a picture has another size.
 */
export function inputFromPixels(pictures: readonly Uint8Array[], { inputPx, mean, std }: InputSpec): Float32Tensor {
  const plane = inputPx * inputPx;
  const data = new Float32Array(pictures.length * 3 * plane);
  const table = Float32Array.from({ length: 256 }, (_, value) =>
    mean === 0.5 && std === 0.5 ? value / 127.5 - 1 : (value / 255 - mean) / std,
  );
  pictures.forEach((pixels, n) => {
    if (pixels.length !== 3 * plane)
      throw new RangeError(
        `A picture has ${pixels.length} bytes; ${inputPx} x ${inputPx} x 3 = ${3 * plane} were expected.`,
      );
    for (let channel = 0; channel < 3; channel++) {
      const at = (n * 3 + channel) * plane;
      for (let i = 0; i < plane; i++) data[at + i] = table[pixels[i * 3 + channel]!]!;
    }
  });
  return float32Tensor([pictures.length, 3, inputPx, inputPx], data);
}
