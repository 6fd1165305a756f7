// Which part of a face a forgery replaces: hulls of subsets of the 68 landmarks, warped at random and
// filled as a mask. Pure; chance is given.
import type { PixelPoint } from '../../../contract/units.ts';
import type { RandomStream } from '../../../models/tensor/random.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/**
 * Landmark indices (iBUG order) of each region; the brows are lifted where the forehead is part of
 * it.
 */
const REGIONS = {
  face: range(0, 27),
  faceWithoutChin: [...range(0, 5), ...range(12, 27), 48, 54, 57],
  innerFace: range(17, 68),
  eyesAndNose: [...range(17, 48), 1, 15],
  eyes: [...range(17, 27), ...range(36, 48)],
  nose: [...range(27, 36), 39, 42],
  mouth: [...range(3, 14), 31, 35],
  lips: range(48, 68),
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type RegionName = keyof typeof REGIONS;
/** Regions that take in the whole face, and those that are a part of it. */
export const WHOLE_FACE_REGIONS = ['face', 'face', 'faceWithoutChin', 'innerFace'] as const satisfies RegionName[];
export const PART_REGIONS = ['eyesAndNose', 'eyes', 'nose', 'mouth', 'lips'] as const satisfies RegionName[];

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

/**
 * The hull of a region; brows are lifted away from the eyes by `browLift` of their distance, since
 * the landmarks end at them.
 */
export function regionHull(landmarks: readonly PixelPoint[], region: RegionName, browLift = 1 / 3): PixelPoint[] {
  const points = REGIONS[region].map((index): PixelPoint => {
    const point = landmarks[index]!;
    if (index < 17 || index > 26 || !region.startsWith('face')) return point;
    const eye = landmarks[index < 22 ? 37 : 44]!;
    return { x: point.x + (point.x - eye.x) * browLift * 0.3, y: point.y + (point.y - eye.y) * browLift };
  });
  return convexHull(points);
}

/** Points every `step` pixels along a closed polygon, its corners among them. */
function densify(polygon: readonly PixelPoint[], step: number): PixelPoint[] {
  return polygon.flatMap((a, i) => {
    const b = polygon[(i + 1) % polygon.length]!;
    const pieces = Math.max(1, Math.round(Math.hypot(b.x - a.x, b.y - a.y) / step));
    return range(0, pieces).map((k) => ({ x: a.x + ((b.x - a.x) * k) / pieces, y: a.y + ((b.y - a.y) * k) / pieces }));
  });
}

/**
 * A displacement that varies smoothly over the plane: four waves of up to two periods across `span`
 * pixels.
 */
function smoothField(span: number, amount: number, random: RandomStream): (p: PixelPoint) => PixelPoint {
  const waves = range(0, 4).map(() => ({
    kx: (random.uniform(-2, 2) * 2 * Math.PI) / span,
    ky: (random.uniform(-2, 2) * 2 * Math.PI) / span,
    phase: random.uniform(0, 2 * Math.PI),
    dx: random.uniform(-amount, amount) / 2,
    dy: random.uniform(-amount, amount) / 2,
  }));
  return ({ x, y }) => {
    let [dx, dy] = [0, 0];
    for (const wave of waves) {
      const s = Math.sin(wave.kx * x + wave.ky * y + wave.phase);
      dx += s * wave.dx;
      dy += s * wave.dy;
    }
    return { x: x + dx, y: y + dy };
  };
}

/**
 * A region's outline, grown or shrunk about its middle by `scale` and warped by up to `warp` pixels
 * (elastic deformation).
 */
export function warpedOutline(
  hull: readonly PixelPoint[],
  { scale, warp, span }: { scale: number; warp: number; span: number },
  random: RandomStream,
): PixelPoint[] {
  const middle = {
    x: hull.reduce((sum, p) => sum + p.x, 0) / hull.length,
    y: hull.reduce((sum, p) => sum + p.y, 0) / hull.length,
  };
  const field = smoothField(span, warp, random);
  return densify(hull, Math.max(1, span / 32))
    .map(({ x, y }) => ({ x: middle.x + (x - middle.x) * scale, y: middle.y + (y - middle.y) * scale }))
    .map(field);
}

/**
 * 1 inside a polygon (even-odd), 0 outside, sampled at pixel centres of a width x height grid whose
 * origin is (left, top).
 */
export function fillPolygon(
  polygon: readonly PixelPoint[],
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): Float32Array {
  const mask = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const crossings = crossingsAt(polygon, top + y + 0.5);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const from = Math.max(0, Math.ceil(crossings[k]! - left - 0.5));
      const to = Math.min(width, Math.ceil(crossings[k + 1]! - left - 0.5));
      if (to > from) mask.fill(1, y * width + from, y * width + to);
    }
  }
  return mask;
}

/** Where a horizontal line crosses the polygon's edges, from left to right. */
function crossingsAt(polygon: readonly PixelPoint[], y: number): number[] {
  const crossings: number[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const a = polygon[i]!;
    const b = polygon[(i + 1) % polygon.length]!;
    if (a.y > y !== b.y > y) crossings.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
  }
  return crossings.sort((a, b) => a - b);
}
