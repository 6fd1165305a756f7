// The groups that error rates are given for, by name. Pure.
import type { Degradation } from '../datasets/forgeries/degrade.ts';

/** By quality of the last compression known; `undefined`: none that is known. */
export function compressionStratum(quality: number | undefined): string {
  if (quality === undefined) return 'none known';
  const from = quality >= 90 ? 90 : quality >= 75 ? 75 : quality >= 60 ? 60 : 0;
  return { 90: 'JPEG 90-100', 75: 'JPEG 75-89', 60: 'JPEG 60-74', 0: 'JPEG 0-59' }[from]!;
}

/** By longer side of the face box. Names sort by size. */
export function faceSizeStratum(facePx: number): string {
  if (facePx < 64) return '  0-63 px';
  if (facePx < 96) return ' 64-95 px';
  if (facePx < 128) return ' 96-127 px';
  return facePx < 256 ? '128-255 px' : '256 px and more';
}

/** By the worst that a generated sample suffered besides compression and resizing. */
export function degradationStratum(what: Degradation | null): string {
  if (!what) return 'none';
  if (what.blurSigma > 0) return 'blurred';
  if (what.noise > 0) return 'noisy';
  return what.colour ? 'recoloured' : 'none';
}

/** By tilt of the head, whichever way. */
export function tiltStratum(rollDegrees: number): string {
  const tilt = Math.abs(rollDegrees);
  return tilt < 8 ? 'below 8°' : tilt < 20 ? 'from 8° to 20°' : 'over 20°';
}
