// A decoded single picture -> its samples, R G B or R G B A interleaved, at the depth they have.
// Layouts by FFmpeg's names; what is not in the table is refused by name.
import type { Frame } from 'node-av/lib';
import { DEEP_WHITE, rgbFromYuv } from '../../../models/image/rgb-from-yuv.ts';
import { PIXEL_FORMATS } from '../video/pixel-formats.ts';

/** Interleaved samples of 3 or 4 channels, 0..2^bits - 1. */
export type StillSamples = {
  widthPx: number;
  heightPx: number;
  channels: 3 | 4;
  bits: number;
  samples: Uint8Array | Uint16Array;
};

/**
 * Positions of R, G, B (and A) among the samples of one pixel; `big`: of two bytes, the higher
 * first.
 */
type Packed = { order: readonly number[]; step: number; bits: number; big?: boolean };

const packed = (order: readonly number[], step: number, bits: number, big = false): Packed => ({
  order,
  step,
  bits,
  big,
});
const deep = (name: string, order: readonly number[], step: number): [string, Packed][] => [
  [`${name}le`, packed(order, step, 16)],
  [`${name}be`, packed(order, step, 16, true)],
];

const PACKED: ReadonlyMap<string, Packed> = new Map<string, Packed>([
  ['rgb24', packed([0, 1, 2], 3, 8)],
  ['bgr24', packed([2, 1, 0], 3, 8)],
  ['rgba', packed([0, 1, 2, 3], 4, 8)],
  ['bgra', packed([2, 1, 0, 3], 4, 8)],
  ['argb', packed([1, 2, 3, 0], 4, 8)],
  ['abgr', packed([3, 2, 1, 0], 4, 8)],
  ['rgb0', packed([0, 1, 2], 4, 8)],
  ['bgr0', packed([2, 1, 0], 4, 8)],
  ['0rgb', packed([1, 2, 3], 4, 8)],
  ['0bgr', packed([3, 2, 1], 4, 8)],
  ['gray', packed([0, 0, 0], 1, 8)],
  ['ya8', packed([0, 0, 0, 1], 2, 8)],
  ...deep('gray16', [0, 0, 0], 1),
  ...deep('ya16', [0, 0, 0, 1], 2),
  ...deep('rgb48', [0, 1, 2], 3),
  ...deep('bgr48', [2, 1, 0], 3),
  ...deep('rgba64', [0, 1, 2, 3], 4),
  ...deep('bgra64', [2, 1, 0, 3], 4),
]);

/** 16-bit pixels of three parts: bits and place of red, green, blue. */
const SMALL: Readonly<Record<string, readonly (readonly [bits: number, shift: number])[]>> = {
  rgb565le: [
    [5, 11],
    [6, 5],
    [5, 0],
  ],
  rgb555le: [
    [5, 10],
    [5, 5],
    [5, 0],
  ],
  rgb444le: [
    [4, 8],
    [4, 4],
    [4, 0],
  ],
  bgr565le: [
    [5, 0],
    [6, 5],
    [5, 11],
  ],
  bgr555le: [
    [5, 0],
    [5, 5],
    [5, 10],
  ],
  bgr444le: [
    [4, 0],
    [4, 4],
    [4, 8],
  ],
};

/** The samples of a frame; undefined for a layout that is not read. */
export function samplesOf(frame: Frame, format: string): StillSamples | undefined {
  const { width: widthPx, height: heightPx } = frame;
  const size = { widthPx, heightPx };
  const own = PACKED.get(format);
  if (own) return { ...size, ...fromPacked(frame, own) };
  const small = SMALL[format];
  const pixel = small ? smallPixel(frame, small) : format === 'pal8' ? palettePixel(frame) : bitPixel(frame, format);
  if (pixel) return { ...size, ...fromPixels(frame, pixel) };
  return fromPlanar(frame, format);
}

function fromPacked(frame: Frame, { order, step, bits, big }: Packed): Omit<StillSamples, 'widthPx' | 'heightPx'> {
  const channels = order.length as 3 | 4;
  const samples =
    bits === 8
      ? new Uint8Array(frame.width * frame.height * channels)
      : new Uint16Array(frame.width * frame.height * channels);
  const bytes = frame.data![0]!;
  const stride = frame.linesize[0]!;
  const [hi, lo] = big ? [0, 1] : [1, 0];
  let at = 0;
  for (let y = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++)
      for (const place of order) {
        const from = y * stride + (x * step + place) * (bits === 8 ? 1 : 2);
        samples[at++] = bits === 8 ? bytes[from]! : (bytes[from + hi]! << 8) | bytes[from + lo]!;
      }
  return { channels, bits, samples };
}

type PixelAt = (x: number, y: number) => readonly [number, number, number, number?];

function fromPixels(frame: Frame, pixel: PixelAt): Omit<StillSamples, 'widthPx' | 'heightPx'> {
  const hasAlpha = pixel(0, 0).length === 4;
  const channels = hasAlpha ? 4 : 3;
  const samples = new Uint8Array(frame.width * frame.height * channels);
  let at = 0;
  for (let y = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++) for (const value of pixel(x, y)) samples[at++] = value!;
  return { channels, bits: 8, samples };
}

function smallPixel(frame: Frame, parts: readonly (readonly [number, number])[]): PixelAt {
  const bytes = frame.data![0]!;
  const stride = frame.linesize[0]!;
  return (x, y) => {
    const value = bytes[y * stride + 2 * x]! | (bytes[y * stride + 2 * x + 1]! << 8);
    const part = (i: number): number => {
      const [bits, shift] = parts[i]!;
      const largest = 2 ** bits - 1;
      return Math.round((255 * ((value >> shift) & largest)) / largest);
    };
    return [part(0), part(1), part(2)];
  };
}

/** Bytes of a palette of 256 entries, B G R A each. */
const PALETTE_BYTES = 1024;

/**
 * The palette is no plane of the frame's: it lies behind the pixels where they are copied. One that
 * is opaque throughout has no transparency.
 */
function palettePixel(frame: Frame): PixelAt | undefined {
  const copied = frame.toBuffer();
  if (copied.length < frame.width * frame.height + PALETTE_BYTES) return undefined;
  const palette = copied.subarray(copied.length - PALETTE_BYTES);
  const used = new Set(copied.subarray(0, frame.width * frame.height));
  const isAll = (alpha: number): boolean => [...used].every((i) => palette[i * 4 + 3] === alpha);
  // Old writers leave the fourth byte empty.
  const isOpaque = isAll(255) || isAll(0);
  return (x, y) => {
    const at = copied[y * frame.width + x]! * 4;
    const colour = [palette[at + 2]!, palette[at + 1]!, palette[at]!] as const;
    return isOpaque ? colour : [...colour, palette[at + 3]!];
  };
}

/** One bit a pixel: 0 is white in `monow`, black in `monob`. */
function bitPixel(frame: Frame, format: string): PixelAt | undefined {
  if (format !== 'monow' && format !== 'monob') return undefined;
  const bytes = frame.data![0]!;
  const stride = frame.linesize[0]!;
  const one = format === 'monow' ? 0 : 255;
  return (x, y) => {
    const value = (bytes[y * stride + (x >> 3)]! >> (7 - (x & 7))) & 1 ? one : 255 - one;
    return [value, value, value];
  };
}

/** Planes of G, B, R (and A), of grey, or of luma and chroma as JPEG's are: full range, BT.601. */
function fromPlanar(frame: Frame, format: string): StillSamples | undefined {
  const known = PIXEL_FORMATS.get(format);
  const size = { widthPx: frame.width, heightPx: frame.height };
  if (!known || known.kind === 'rgbPacked') return undefined;
  const plane = (i: number) => {
    const bytes = frame.data![i]!;
    const stride = frame.linesize[i]!;
    if (known.bits <= 8) return { samples: bytes as Uint8Array | Uint16Array, stride, step: 1, offset: 0 };
    const aligned = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
    return {
      samples: new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1),
      stride: stride >> 1,
      step: 1,
      offset: 0,
    };
  };
  if (known.kind === 'yuv') {
    if (known.layout !== 'planar') return undefined;
    const { bits, log2ChromaWidth, log2ChromaHeight } = known;
    const planes = {
      ...size,
      bits,
      log2ChromaWidth,
      log2ChromaHeight,
      luma: plane(0),
      chroma: [plane(1), plane(2)] as const,
    };
    const siting = { horizontalSiting: 'centred', verticalSiting: 'centred' } as const;
    const full = known.full || frame.colorRange !== 1;
    return {
      ...size,
      channels: 3,
      bits: 8,
      samples: rgbFromYuv({ ...planes, ...siting }, { kr: 0.299, kb: 0.114, full }),
    };
  }
  const order = known.kind === 'grey' ? [0, 0, 0] : format.startsWith('gbrap') ? [2, 0, 1, 3] : [2, 0, 1];
  const planes = order.map(plane);
  const samples =
    known.bits <= 8
      ? new Uint8Array(size.widthPx * size.heightPx * order.length)
      : new Uint16Array(size.widthPx * size.heightPx * order.length);
  let at = 0;
  for (let y = 0; y < size.heightPx; y++)
    for (let x = 0; x < size.widthPx; x++)
      for (const { samples: own, stride } of planes) samples[at++] = own[y * stride + x]!;
  return { ...size, channels: order.length as 3 | 4, bits: known.bits, samples };
}

const scaled = ({ samples, bits }: StillSamples, largest: number, out: Uint8Array | Uint16Array) => {
  const top = 2 ** bits - 1;
  for (let i = 0; i < samples.length; i++) out[i] = Math.round((largest * samples[i]!) / top);
  return out;
};

/** Samples as bytes. */
export const bytesOf = (still: StillSamples): Uint8Array =>
  still.bits === 8
    ? (still.samples as Uint8Array)
    : (scaled(still, 255, new Uint8Array(still.samples.length)) as Uint8Array);

/** Samples as deep ones (0..DEEP_WHITE), for a transfer curve. */
export const deepOf = (still: StillSamples): Uint16Array =>
  scaled(still, DEEP_WHITE, new Uint16Array(still.samples.length)) as Uint16Array;
