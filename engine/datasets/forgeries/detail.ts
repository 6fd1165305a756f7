// Changes of detail (the frequency transforms of self-blending): loss by a smaller size, blur, or
// sharpening. Pure; chance is given.
import { resample } from '../../../models/image/resample.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';
import { boxBlur } from './blur.ts';

export type DetailChange =
  | { kind: 'none' }
  | { kind: 'downscale'; factor: number }
  | { kind: 'blur'; radius: number }
  | { kind: 'sharpen'; amount: number };

export function drawDetail(random: RandomStream): DetailChange {
  const choice = random.uniform();
  const value = random.uniform();
  if (choice < 0.35) return { kind: 'downscale', factor: 0.25 + 0.65 * value };
  if (choice < 0.5) return { kind: 'blur', radius: 1 };
  if (choice < 0.75) return { kind: 'sharpen', amount: 0.2 + 0.8 * value };
  return { kind: 'none' };
}

/** The picture with its detail changed, at its own size. */
export function changeDetail(image: RgbImage, change: DetailChange): RgbImage {
  switch (change.kind) {
    case 'none':
      return image;
    case 'downscale':
      return downUp(image, change.factor);
    case 'blur':
      return { ...image, data: mixWithBlur(image, change.radius, -1) };
    case 'sharpen':
      return { ...image, data: mixWithBlur(image, 1, change.amount) };
  }
}

function downUp(image: RgbImage, factor: number): RgbImage {
  const { widthPx: w, heightPx: h } = image;
  const [sw, sh] = [Math.max(2, Math.round(w * factor)), Math.max(2, Math.round(h * factor))];
  const small = resample(image, { x: 0, y: 0, width: w, height: h }, sw, sh, 'reflect');
  return resample(small, { x: 0, y: 0, width: sw, height: sh }, w, h, 'reflect');
}

/** value + amount x (value - blurred): sharpened for amount > 0, blurred for -1. */
function mixWithBlur({ widthPx, heightPx, data }: RgbImage, radius: number, amount: number): Uint8Array {
  const field = { width: widthPx, height: heightPx, channels: 3, data: Float32Array.from(data) };
  const blurred = boxBlur(field, radius, 1).data;
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) out[i] = data[i]! + amount * (data[i]! - blurred[i]!);
  return new Uint8Array(out.buffer);
}
