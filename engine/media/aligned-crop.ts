// The crop that DeepfakeBench's checkpoints were trained with: five points aligned to a template by
// a similarity, then a margin of 1.3. Source of template and scale: SCLBD/DeepfakeBench
// preprocessing; the 112-pixel template is ArcFace's.
import type { PixelPoint } from '../../contract/units.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { CropSource } from './crop-source.ts';

/** Eyes, nose tip and mouth corners in a 112 x 112 picture. */
const TEMPLATE: readonly PixelPoint[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];
const TEMPLATE_SIDE = 112;
const MARGIN = 1.3;

/** The five points of the 68: eye centres, nose tip, mouth corners. */
function fivePoints(landmarks: readonly PixelPoint[]): PixelPoint[] {
  const middle = (from: number, to: number): PixelPoint => {
    const part = landmarks.slice(from, to);
    return {
      x: part.reduce((sum, p) => sum + p.x, 0) / part.length,
      y: part.reduce((sum, p) => sum + p.y, 0) / part.length,
    };
  };
  return [middle(36, 42), middle(42, 48), landmarks[30]!, landmarks[48]!, landmarks[54]!];
}

/** x' = a x - b y + tx, y' = b x + a y + ty. */
export type Similarity = { a: number; b: number; tx: number; ty: number };

/** The similarity (no reflection) that takes `from` nearest to `to` in least squares. */
export function fitSimilarity(from: readonly PixelPoint[], to: readonly PixelPoint[]): Similarity {
  const centre = (points: readonly PixelPoint[]) => ({
    x: points.reduce((sum, p) => sum + p.x, 0) / points.length,
    y: points.reduce((sum, p) => sum + p.y, 0) / points.length,
  });
  const [f, t] = [centre(from), centre(to)];
  let [dot, cross, norm] = [0, 0, 0];
  from.forEach((p, i) => {
    const [px, py] = [p.x - f.x, p.y - f.y];
    const [qx, qy] = [to[i]!.x - t.x, to[i]!.y - t.y];
    dot += px * qx + py * qy;
    cross += px * qy - py * qx;
    norm += px * px + py * py;
  });
  const [a, b] = [dot / (norm || 1), cross / (norm || 1)];
  return { a, b, tx: t.x - (a * f.x - b * f.y), ty: t.y - (b * f.x + a * f.y) };
}

/** From a crop of that side to the picture. */
function backFromTemplate(landmarks: readonly PixelPoint[], sidePx: number): Similarity {
  const scale = sidePx / (TEMPLATE_SIDE * MARGIN);
  const shift = ((MARGIN - 1) / 2) * TEMPLATE_SIDE;
  const target = TEMPLATE.map(({ x, y }) => ({ x: (x + shift) * scale, y: (y + shift) * scale }));
  return fitSimilarity(target, fivePoints(landmarks));
}

/** Side at which a pixel of the crop is a pixel of the picture. */
export function alignedOwnSidePx({ landmarks }: Pick<CropSource, 'landmarks'>): number {
  const { a, b } = backFromTemplate(landmarks, TEMPLATE_SIDE * MARGIN);
  return Math.max(1, Math.round(TEMPLATE_SIDE * MARGIN * Math.hypot(a, b)));
}

/**
 * `aligned-1.3`: see the head of this file. Bilinear where the picture is enlarged, averaged over a
 * grid where it shrinks.
 */
export function alignedCrop({ image, landmarks }: CropSource, sidePx: number): RgbImage {
  const back = backFromTemplate(landmarks, sidePx);
  const grid = Math.max(1, Math.min(8, Math.round(Math.hypot(back.a, back.b))));
  const data = new Uint8Array(sidePx * sidePx * 3);
  for (let y = 0; y < sidePx; y++)
    for (let x = 0; x < sidePx; x++) {
      const sum = [0, 0, 0];
      for (let k = 0; k < grid * grid; k++) {
        const [px, py] = [x + ((k % grid) + 0.5) / grid, y + (Math.floor(k / grid) + 0.5) / grid];
        addBilinear(image, back.a * px - back.b * py + back.tx, back.b * px + back.a * py + back.ty, sum);
      }
      for (let c = 0; c < 3; c++) data[(y * sidePx + x) * 3 + c] = Math.round(sum[c]! / (grid * grid));
    }
  return { widthPx: sidePx, heightPx: sidePx, data };
}

/** Adds the colour at a point (pixel centres at .5), black outside the picture. */
function addBilinear({ widthPx, heightPx, data }: RgbImage, x: number, y: number, sum: number[]): void {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [fx, fy] = [x - 0.5 - left, y - 0.5 - top];
  for (const [dx, dy, weight] of [
    [0, 0, (1 - fx) * (1 - fy)],
    [1, 0, fx * (1 - fy)],
    [0, 1, (1 - fx) * fy],
    [1, 1, fx * fy],
  ] as const) {
    const [px, py] = [left + dx, top + dy];
    if (px < 0 || py < 0 || px >= widthPx || py >= heightPx) continue;
    for (let c = 0; c < 3; c++) sum[c]! += weight * data[(py * widthPx + px) * 3 + c]!;
  }
}
