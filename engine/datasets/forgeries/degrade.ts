// What pictures suffer before they reach an examiner, on genuine and forged ones alike: another
// size, blur, noise, other colours, compression once or twice. Every number is drawn from the given
// stream; resizing, blurring and JPEG are libvips'.
import sharp, { type KernelEnum } from 'sharp';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import { applyColour, colourMatrix, gammaCurve } from './colour.ts';

/** What was done to a picture; the strata of error rates are made of it. */
export type Degradation = {
  /** Size after resizing / size before; 1 = not resized. */
  resize: number;
  kernel: keyof KernelEnum;
  /** Gaussian sigma in pixels of the resized picture; 0 = none. */
  blurSigma: number;
  /** Standard deviation of the noise, 0..255 units; 0 = none. */
  noise: number;
  /** Multiple of saturation, contrast; added brightness; gamma. Null = none. */
  colour: { saturation: number; contrast: number; brightness: number; gamma: number; cast: readonly number[] } | null;
  /** JPEG qualities in order, 1..100; empty = not compressed again. */
  jpeg: readonly { quality: number; subsampled: boolean }[];
};

const KERNELS = ['lanczos3', 'cubic', 'linear', 'lanczos2', 'nearest'] as const;

/** How strong degradations are: shares are probabilities. */
export type DegradationMix = {
  none: number;
  resize: number;
  blur: number;
  noise: number;
  colour: number;
  jpeg: number;
};

export const TRAINING_MIX: DegradationMix = {
  none: 0.35,
  resize: 0.35,
  blur: 0.15,
  noise: 0.2,
  colour: 0.6,
  jpeg: 0.65,
};

/**
 * Draws what happens to a picture whose face is
 * `facePx` pixels large; a face never shrinks below `minimumFacePx`.
 */
export function drawDegradation(
  random: RandomStream,
  facePx: number,
  { mix = TRAINING_MIX, minimumFacePx = 44 }: { mix?: DegradationMix; minimumFacePx?: number } = {},
): Degradation {
  const untouched = random.uniform() < mix.none;
  const draws = (share: number): boolean => random.uniform() < share && !untouched;
  const smallest = Math.min(1, minimumFacePx / facePx);
  const [factor, kernel] = [random.uniform(smallest, 1.15), KERNELS[random.integer(KERNELS.length)]!];
  const resize = draws(mix.resize) ? factor : 1;
  const [sigma, noise] = [random.uniform(0.3, 1.4), random.uniform(1, 9)];
  const quality = () => Math.round(100 - 65 * random.uniform() ** 1.3);
  const jpeg = [{ quality: quality(), subsampled: random.uniform() < 0.7 }];
  const second = { quality: quality(), subsampled: random.uniform() < 0.7 };
  const twice = random.uniform() < 0.15;
  return {
    resize,
    kernel,
    blurSigma: draws(mix.blur) ? sigma : 0,
    noise: draws(mix.noise) ? noise : 0,
    colour: drawColour(random, draws(mix.colour)),
    jpeg: draws(mix.jpeg) ? (twice ? [...jpeg, second] : jpeg) : [],
  };
}

function drawColour(random: RandomStream, wanted: boolean): Degradation['colour'] {
  const grey = random.uniform() < 0.05;
  const colour = {
    saturation: grey ? 0 : random.uniform(0.6, 1.4),
    contrast: random.uniform(0.8, 1.25),
    brightness: random.uniform(-25, 25),
    gamma: random.uniform(0.75, 1.33),
    cast: [random.uniform(-14, 14), random.uniform(-14, 14), random.uniform(-14, 14)],
  };
  return wanted ? colour : null;
}

/**
 * The picture after all of it, in the order of a picture's life: camera colours, resizing, blur,
 * noise, compression.
 */
export async function degrade(image: RgbImage, what: Degradation, random: RandomStream): Promise<RgbImage> {
  const coloured = what.colour ? { ...image, data: recoloured(image.data, what.colour) } : image;
  const resized = await resizeAndBlur(coloured, what);
  const noisy = what.noise > 0 ? { ...resized, data: withNoise(resized, what.noise, random) } : resized;
  let current = noisy;
  for (const { quality, subsampled } of what.jpeg) current = await throughJpeg(current, quality, subsampled);
  return current;
}

function recoloured(data: Uint8Array, colour: NonNullable<Degradation['colour']>): Uint8Array {
  const shift = colour.cast as [number, number, number];
  return applyColour(data, colourMatrix({ ...colour, shift }), gammaCurve(colour.gamma));
}

const rawOf = ({ widthPx, heightPx, data }: RgbImage) =>
  sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } });

async function resizeAndBlur(image: RgbImage, { resize, kernel, blurSigma }: Degradation): Promise<RgbImage> {
  if (resize === 1 && blurSigma === 0) return image;
  const widthPx = Math.max(8, Math.round(image.widthPx * resize));
  const heightPx = Math.max(8, Math.round(image.heightPx * resize));
  let work = rawOf(image);
  if (resize !== 1) work = work.resize(widthPx, heightPx, { kernel, fit: 'fill', fastShrinkOnLoad: false });
  if (blurSigma > 0) work = work.blur(blurSigma);
  return { widthPx, heightPx, data: new Uint8Array(await work.raw().toBuffer()) };
}

/** JPEG at a quality and back. */
export async function throughJpeg(image: RgbImage, quality: number, subsampled: boolean): Promise<RgbImage> {
  const bytes = await rawOf(image)
    .jpeg({ quality, chromaSubsampling: subsampled ? '4:2:0' : '4:4:4' })
    .toBuffer();
  return { ...image, data: new Uint8Array(await sharp(bytes).raw().toBuffer()) };
}

/**
 * Noise of about a normal distribution (two uniform halves), half of it shared by the three
 * channels.
 */
function withNoise({ data }: RgbImage, sigma: number, random: RandomStream): Uint8Array {
  const out = new Uint8ClampedArray(data.length);
  const scale = sigma * Math.sqrt(3);
  const half = (): number => {
    const word = random.word();
    return ((word & 0xffff) + (word >>> 16)) / 65536 - 1;
  };
  for (let i = 0; i < data.length; i += 3) {
    const shared = half();
    for (let k = 0; k < 3; k++) out[i + k] = data[i + k]! + scale * (shared + half());
  }
  return new Uint8Array(out.buffer);
}
