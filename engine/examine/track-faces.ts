// Faces of one frame after the other -> tracks: one face followed through one shot by overlap and
// motion. Pure: the same faces give the same tracks, so a resumed scan ends with those of an
// undisturbed one. Who a face is, is not looked at.
import type { PixelBox } from '../../contract/units.ts';

/** A frame that was looked at, with its faces in the finder's order. */
export type TrackedFrame<Id> = { timeMs: number; sceneChange: boolean; faces: readonly { id: Id; box: PixelBox }[] };

/** A face unseen for longer than this, or than 2.5 times the distance of frames, has left. */
const LONGEST_GAP_MS = 1500;
const LONGEST_GAP_FRAMES = 2.5;
/** Overlap (intersection over union) with where the track is expected that makes a match. */
const LEAST_OVERLAP = 0.2;
/**
 * Without overlap: centres at most this part of a face's size apart, and sizes at most this ratio.
 */
const FARTHEST_CENTRE = 0.75;
const LARGEST_SIZE_RATIO = 1.6;
/** Motion is extrapolated over at most this long. */
const LONGEST_MOTION_MS = 1000;

type Active<Id> = { order: number; ids: Id[]; box: PixelBox; timeMs: number; velocity: { x: number; y: number } };

const centre = ({ x, y, width, height }: PixelBox) => ({ x: x + width / 2, y: y + height / 2 });
const sizeOf = ({ width, height }: PixelBox): number => Math.max(width, height);

/** Intersection over union, 0..1. */
export function overlapOf(a: PixelBox, b: PixelBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Where the track's face is expected at a moment. */
function expected<Id>({ box, velocity, timeMs }: Active<Id>, atMs: number): PixelBox {
  const ms = Math.min(LONGEST_MOTION_MS, atMs - timeMs);
  return { ...box, x: box.x + velocity.x * ms, y: box.y + velocity.y * ms };
}

/** How well a face continues a track, above 0; 0 where it does not. */
function fitOf(where: PixelBox, box: PixelBox): number {
  const overlap = overlapOf(where, box);
  const [a, b] = [centre(where), centre(box)];
  const distance = Math.hypot(a.x - b.x, a.y - b.y) / Math.max(sizeOf(where), sizeOf(box));
  const ratio = Math.max(sizeOf(where), sizeOf(box)) / Math.min(sizeOf(where), sizeOf(box));
  const near = distance <= FARTHEST_CENTRE && ratio <= LARGEST_SIZE_RATIO;
  return overlap >= LEAST_OVERLAP || near ? overlap + 1 / (1 + distance) : 0;
}

function continueTrack<Id>(track: Active<Id>, id: Id, box: PixelBox, timeMs: number): void {
  const [from, to] = [centre(track.box), centre(box)];
  const ms = Math.max(1, timeMs - track.timeMs);
  track.velocity = { x: (to.x - from.x) / ms, y: (to.y - from.y) / ms };
  track.ids.push(id);
  track.box = box;
  track.timeMs = timeMs;
}

/**
 * Tracks as lists of face ids by time, in order of first appearance. The best fit of a frame is
 * taken first.
 */
export function trackFaces<Id>(frames: readonly TrackedFrame<Id>[]): Id[][] {
  const all: Active<Id>[] = [];
  let active: Active<Id>[] = [];
  let previousMs = 0;
  for (const { timeMs, sceneChange, faces } of frames) {
    const longest = Math.max(LONGEST_GAP_MS, LONGEST_GAP_FRAMES * (timeMs - previousMs));
    active = sceneChange ? [] : active.filter((track) => timeMs - track.timeMs <= longest);
    previousMs = timeMs;
    const pairs = active
      .flatMap((track) => faces.map((face, i) => ({ track, face, i, fit: fitOf(expected(track, timeMs), face.box) })))
      .filter((pair) => pair.fit > 0)
      .sort((a, b) => b.fit - a.fit || a.track.order - b.track.order || a.i - b.i);
    const taken = new Set<unknown>();
    for (const { track, face } of pairs) {
      if (taken.has(track) || taken.has(face)) continue;
      taken.add(track).add(face);
      continueTrack(track, face.id, face.box, timeMs);
    }
    for (const face of faces) {
      if (taken.has(face)) continue;
      const track = { order: all.length, ids: [face.id], box: face.box, timeMs, velocity: { x: 0, y: 0 } };
      all.push(track);
      active.push(track);
    }
  }
  return all.map(({ ids }) => ids);
}
