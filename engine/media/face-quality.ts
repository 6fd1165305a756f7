// How good the picture of a face is: the measures that say how far a verdict on it can be trusted.
// Pure.
import type { FaceQuality } from '../../contract/face.ts';
import type { PixelBox, PixelPoint } from '../../contract/units.ts';
import { resample } from '../../models/image/resample.ts';
import { lumaAt, type RgbImage } from '../../models/image/rgb-image.ts';

/**
 * Side the face is brought to before sharpness is measured, so that sharpness is comparable between
 * sizes.
 */
const SHARPNESS_SIDE_PX = 128;

const mean = (points: readonly PixelPoint[]): PixelPoint => ({
  x: points.reduce((sum, p) => sum + p.x, 0) / points.length,
  y: points.reduce((sum, p) => sum + p.y, 0) / points.length,
});

/** Variance of the Laplacian (4 neighbours) of the luma. */
function sharpnessOf({ widthPx, heightPx, data }: RgbImage): number {
  const luma = new Float64Array(widthPx * heightPx);
  for (let i = 0; i < luma.length; i++) luma[i] = lumaAt(data, i * 3);
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < heightPx - 1; y++)
    for (let x = 1; x < widthPx - 1; x++) {
      const i = y * widthPx + x;
      const laplacian = luma[i - 1]! + luma[i + 1]! + luma[i - widthPx]! + luma[i + widthPx]! - 4 * luma[i]!;
      sum += laplacian;
      squares += laplacian * laplacian;
      count += 1;
    }
  return Math.max(0, squares / count - (sum / count) ** 2);
}

/**
 * Measures one face. Landmarks: 68 points, iBUG order (36-41 and 42-47 the eyes, 30 the nose tip).
 */
export function measureQuality(image: RgbImage, box: PixelBox, landmarks: readonly PixelPoint[]): FaceQuality {
  const face = resample(image, box, SHARPNESS_SIDE_PX, SHARPNESS_SIDE_PX, 'reflect');
  const [left, right] = [mean(landmarks.slice(36, 42)), mean(landmarks.slice(42, 48))];
  const [dx, dy] = [right.x - left.x, right.y - left.y];
  const distance = Math.hypot(dx, dy) || 1;
  const nose = landmarks[30]!;
  const along = ((nose.x - left.x) * dx + (nose.y - left.y) * dy) / (distance * distance);
  let brightness = 0;
  for (let i = 0; i < face.data.length; i += 3) brightness += lumaAt(face.data, i);
  return {
    sizePx: Math.max(box.width, box.height),
    sharpness: sharpnessOf(face),
    brightness: Math.min(1, brightness / (face.data.length / 3) / 255),
    rollDegrees: (Math.atan2(dy, dx) * 180) / Math.PI,
    yawProxy: along - 0.5,
  };
}
