// Which part of a face a forgery replaces: hulls of subsets of the 68 landmarks, drawn as a soft-edged mask. Pure.
import type { PixelPoint } from '../../../contract/units.ts';

/** Landmark indices (iBUG order) of each region; forehead points are added where the brows are part of it. */
const REGIONS = {
  face: [...Array(27).keys()],
  faceWithoutChin: [0, 1, 2, 3, 4, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 48, 54, 57],
  eyesAndNose: [...Array.from({ length: 31 }, (_, i) => 17 + i), 1, 15, 31, 35],
  mouth: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31, 35],
} as const;

export type RegionName = keyof typeof REGIONS;
export const REGION_NAMES = Object.keys(REGIONS) as RegionName[];

/** Convex hull, counter-clockwise (Andrew's monotone chain). */
export function convexHull(points: readonly PixelPoint[]): PixelPoint[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const turn = (o: PixelPoint, a: PixelPoint, b: PixelPoint) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
  const half = (order: readonly PixelPoint[]): PixelPoint[] => {
    const chain: PixelPoint[] = [];
    for (const point of order) {
      while (chain.length >= 2 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

/** The hull of a region; brows are lifted by a third of the distance to the eyes, since the landmarks end at them. */
export function regionHull(landmarks: readonly PixelPoint[], region: RegionName): PixelPoint[] {
  const eyes = landmarks[37]!.y;
  const points = REGIONS[region].map((index) => {
    const point = landmarks[index]!;
    const isBrow = index >= 17 && index <= 26;
    return isBrow && region.startsWith('face') ? { x: point.x, y: point.y - Math.max(0, eyes - point.y) / 3 } : point;
  });
  return convexHull(points);
}

/** 1 inside a convex polygon, 0 outside, sampled at pixel centres of a width x height grid whose origin is (left, top). */
export function fillConvex(
  hull: readonly PixelPoint[],
  left: number,
  top: number,
  width: number,
  height: number,
): Float64Array {
  const mask = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const py = top + y + 0.5;
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    hull.forEach((a, i) => {
      const b = hull[(i + 1) % hull.length]!;
      if (a.y > py === b.y > py) return;
      const x = a.x + ((py - a.y) / (b.y - a.y)) * (b.x - a.x);
      from = Math.min(from, x);
      to = Math.max(to, x);
    });
    for (let x = Math.max(0, Math.ceil(from - left - 0.5)); x < Math.min(width, to - left - 0.5 + 1e-9); x++)
      mask[y * width + x] = 1;
  }
  return mask;
}
