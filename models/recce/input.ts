// The only place that knows how pixels become a network's input: size, value range, channel order
// and layout.
import type { Float32Tensor } from '../tensor/tensor.ts';
import { float32Tensor } from '../tensor/tensor.ts';

type PerChannel = number | readonly [number, number, number];

/** What the passport says of the input. Channels in the network's order. */
export type InputSpec = {
  inputPx: number;
  mean: PerChannel;
  std: PerChannel;
  /** RGB when absent. */
  channelOrder?: 'RGB' | 'BGR' | undefined;
  /** NCHW when absent. */
  layout?: 'NCHW' | 'NHWC' | undefined;
  /** What 0 and 255 become before mean and deviation; 0 and 1 when absent. */
  valueRange?: readonly [number, number] | undefined;
};

const ofChannel = (value: PerChannel, channel: number): number => (typeof value === 'number' ? value : value[channel]!);

/**
 * Square 8-bit RGB pictures (row by row, R G B interleaved, inputPx x inputPx) as f32 [n, 3, s, s]
 * or [n, s, s, 3]: (low + value (high - low) / 255 - mean) / std, for RECCE's mean = std = 0.5 the
 * same as value / 127.5 - 1. float64 inside, one rounding. Throws RangeError when a picture has
 * another size.
 */
export function inputFromPixels(pictures: readonly Uint8Array[], spec: InputSpec): Float32Tensor {
  const { inputPx, channelOrder = 'RGB', layout = 'NCHW' } = spec;
  const plane = inputPx * inputPx;
  const data = new Float32Array(pictures.length * 3 * plane);
  const tables = [0, 1, 2].map((channel) => tableOf(spec, channel));
  const [between, apart] = layout === 'NCHW' ? [1, plane] : [3, 1];
  pictures.forEach((pixels, n) => {
    if (pixels.length !== 3 * plane)
      throw new RangeError(
        `A picture has ${pixels.length} bytes; ${inputPx} x ${inputPx} x 3 = ${3 * plane} were expected.`,
      );
    for (let channel = 0; channel < 3; channel++) {
      const table = tables[channel]!;
      const from = channelOrder === 'RGB' ? channel : 2 - channel;
      const at = n * 3 * plane + channel * apart;
      for (let i = 0; i < plane; i++) data[at + i * between] = table[pixels[i * 3 + from]!]!;
    }
  });
  const shape = layout === 'NCHW' ? [3, inputPx, inputPx] : [inputPx, inputPx, 3];
  return float32Tensor([pictures.length, ...shape], data);
}

/** What each of the 256 values becomes in one channel. */
function tableOf({ mean, std, valueRange: [low, high] = [0, 1] }: InputSpec, channel: number): Float32Array {
  const [m, s] = [ofChannel(mean, channel), ofChannel(std, channel)];
  if (low === 0 && high === 1 && m === 0.5 && s === 0.5)
    return Float32Array.from({ length: 256 }, (_, value) => value / 127.5 - 1);
  return Float32Array.from({ length: 256 }, (_, value) => (low + (value * (high - low)) / 255 - m) / s);
}
