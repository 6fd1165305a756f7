// Measures of a face picture that the domain check looks at: the finder's quality and two of the
// pixels themselves, at the resolution of the evidence. Pure.
import type { FaceQuality } from '../../contract/face.ts';
import type { PixelBox } from '../../contract/units.ts';
import { lumaAt, type RgbImage } from '../../models/image/rgb-image.ts';

/** Quality with the measures of the pixels. */
export type FaceMeasures = {
  /** Longer side of the box, pixels of the evidence. */
  facePx: number;
  sharpness: number;
  brightness: number;
  rollDegrees: number;
  yawProxy: number;
  /**
   * How much stronger luma steps are on the strongest 8-pixel grid than between it: 0 none, 1 twice
   * as strong.
   */
  blockiness: number;
  /**
   * Spread and strength of the opponent colours, 0..255 units; 0 is grey (Hasler & Suesstrunk
   * 2003).
   */
  colourfulness: number;
};

/** Side of JPEG's blocks. */
const BLOCK = 8;

type Area = { left: number; top: number; right: number; bottom: number };

const areaOf = ({ x, y, width, height }: PixelBox, { widthPx, heightPx }: RgbImage): Area => ({
  left: Math.max(0, Math.floor(x)),
  top: Math.max(0, Math.floor(y)),
  right: Math.min(widthPx, Math.ceil(x + width)),
  bottom: Math.min(heightPx, Math.ceil(y + height)),
});

/** Mean step of the luma across each of the 8 possible grid lines, along one axis. */
function stepsByPhase(image: RgbImage, area: Area, dx: number, dy: number): number[] {
  const [sum, count] = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  const { widthPx, data } = image;
  for (let y = area.top + 1; y < area.bottom - 1; y++)
    for (let x = area.left + 1; x < area.right - 1; x++) {
      const at = (y * widthPx + x) * 3;
      const back = at - (dy * widthPx + dx) * 3;
      const on = at + (dy * widthPx + dx) * 3;
      // The step beyond what the slope around it explains.
      const step = Math.abs(lumaAt(data, at) - lumaAt(data, back)) - Math.abs(lumaAt(data, on) - lumaAt(data, at)) / 2;
      const phase = (dx ? x : y) % BLOCK;
      sum[phase]! += Math.max(0, step);
      count[phase]! += 1;
    }
  return Array.from(sum, (value, phase) => value / Math.max(1, count[phase]!));
}

/** The strongest phase over the middle one, less 1; the mean of both axes. */
function blockinessOf(image: RgbImage, area: Area): number {
  const excess = (steps: readonly number[]): number => {
    const sorted = [...steps].sort((a, b) => a - b);
    return Math.max(0, sorted[BLOCK - 1]! / Math.max(0.05, sorted[BLOCK / 2]!) - 1);
  };
  return (excess(stepsByPhase(image, area, 1, 0)) + excess(stepsByPhase(image, area, 0, 1))) / 2;
}

function colourfulnessOf({ widthPx, data }: RgbImage, area: Area): number {
  let [n, rg, yb, rg2, yb2] = [0, 0, 0, 0, 0];
  for (let y = area.top; y < area.bottom; y++)
    for (let x = area.left; x < area.right; x++) {
      const at = (y * widthPx + x) * 3;
      const a = data[at]! - data[at + 1]!;
      const b = (data[at]! + data[at + 1]!) / 2 - data[at + 2]!;
      n += 1;
      rg += a;
      yb += b;
      rg2 += a * a;
      yb2 += b * b;
    }
  if (n === 0) return 0;
  const spread = Math.max(0, rg2 / n - (rg / n) ** 2) + Math.max(0, yb2 / n - (yb / n) ** 2);
  return Math.sqrt(spread) + 0.3 * Math.hypot(rg / n, yb / n);
}

/** Measures one face in its picture. */
export function measureFace(image: RgbImage, box: PixelBox, quality: FaceQuality): FaceMeasures {
  const area = areaOf(box, image);
  const { sizePx, sharpness, brightness, rollDegrees, yawProxy } = quality;
  return {
    facePx: sizePx,
    sharpness,
    brightness,
    rollDegrees,
    yawProxy,
    blockiness: blockinessOf(image, area),
    colourfulness: colourfulnessOf(image, area),
  };
}
