import { expect, test } from 'vitest';
import type { EvidenceId } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Track, TrackPoint, VideoTimeline } from '../../../contract/track.ts';
import type { VideoFacts } from '../../../contract/video.ts';
import {
  betweenMarks,
  bySuspicion,
  clockText,
  frameList,
  isWithoutScores,
  jumpIn,
  mostSuspiciousPoint,
  nearestFrame,
  neighbour,
  openingOf,
  opinionOn,
  positionOf,
  stripOf,
  videoToOpen,
  whyNotByKey,
  whyNotGiven,
  withMark,
} from './frame-list.ts';

const sampled = (frameIndex: number, timeMs: number) => ({
  frameIndex,
  pts: frameIndex,
  timeMs,
  sceneChange: false,
  faces: 0,
});
const looked = [sampled(0, 0), sampled(13, 520), sampled(25, 1000)];
const timeline = { frames: looked, ptsRuns: { first: 100, steps: [[512, 49]] } } as unknown as VideoTimeline;
const facts = { timeBase: { num: 1, den: 12800 } } as VideoFacts;

test('every frame of the file is there once the scan has been to its end, else those looked at', () => {
  const { frames, complete } = frameList(timeline, facts);
  expect([frames.length, complete, frames[25]]).toEqual([50, true, { frameIndex: 25, pts: 12900, timeMs: 1000 }]);
  expect(frameList({ ...timeline, ptsRuns: null }, facts)).toEqual({ frames: looked, complete: false });
  expect(positionOf({ frames, complete }, 25)).toBe(25);
  expect(positionOf({ frames: looked, complete: false }, 25)).toBe(2);
});

test('the nearest frame to a moment, and the neighbours looked at', () => {
  expect([-5, 0, 259, 261, 900, 5000].map((ms) => nearestFrame(looked, ms))).toEqual([0, 0, 0, 1, 2, 2]);
  expect(nearestFrame([], 10)).toBe(-1);
  expect([neighbour(looked, 13, 1)?.frameIndex, neighbour(looked, 13, -1)?.frameIndex]).toEqual([25, 0]);
  expect(neighbour(looked, 25, 1)).toBeUndefined();
});

test('the strip is even and has both ends', () => {
  const many = Array.from({ length: 101 }, (_, i) => sampled(i, i * 10));
  expect(stripOf(many, 5).map((one) => one.frameIndex)).toEqual([0, 25, 50, 75, 100]);
  expect(stripOf(looked, 5)).toEqual(looked);
});

const track = (scores: readonly (number | null)[], outcome: object | null): Track =>
  ({
    points: scores.map((score, i) => ({ faceId: i + 1, timeMs: i * 500, score })),
    outcome,
    keyFaces: [2],
  }) as unknown as Track;

test('the most suspicious frame is the highest of the window, not of the whole', () => {
  const window = { kind: 'scored', windowFromMs: 1000, windowToMs: 2000 };
  expect(mostSuspiciousPoint(track([0.99, 0.1, 0.5, 0.8, 0.6], window)).faceId).toBe(4);
  expect(mostSuspiciousPoint(track([null, null], { kind: 'notScored', reasons: {} })).faceId).toBe(2);
  expect(mostSuspiciousPoint(track([null, null], null)).faceId).toBe(2);
});

test('tracks of one or two frames come behind every track with a median, and are not what a video opens at', () => {
  const scored = (id: number, facesScored: number, windowMedianScore: number) =>
    ({
      id,
      trackIndex: id,
      points: [{ frameIndex: 10 * id }],
      outcome: { kind: 'scored', facesScored, windowMedianScore },
    }) as unknown as Track;
  const unscored = {
    id: 9,
    trackIndex: 9,
    points: [],
    outcome: { kind: 'notScored', reasons: {} },
  } as unknown as Track;
  const [single, followed, two] = [scored(1, 1, 0.99), scored(2, 5, 0.1), scored(3, 2, 0.5)];
  expect(bySuspicion([unscored, single, two, followed]).map(({ id }) => id as number)).toEqual([2, 1, 3, 9]);
  const timeline = { tracks: [single, followed], mostSuspiciousTrackId: 1 } as unknown as VideoTimeline;
  expect(openingOf(timeline, null).track).toBe(followed);
});

test('between marks only what lies between counts', () => {
  const one = track([0.1, 0.9, null, 0.5], null);
  expect(betweenMarks(one, 400, 1600)).toEqual({ faces: 2, median: 0.5 });
  expect(betweenMarks(one, 900, 1100)).toBeUndefined();
});

test('moments read like a clock', () => {
  expect([0, 61_240, 3_600_000, 59_996].map(clockText)).toEqual(['0:00.00', '1:01.24', '1:00:00.00', '1:00.00']);
});

test('a video is opened at the first frame of its most suspicious track, or where it was asked for', () => {
  const track = (trackIndex: number, frames: number[], windowMedianScore: number) =>
    ({
      id: trackIndex + 1,
      trackIndex,
      points: frames.map((frameIndex) => ({ frameIndex })),
      outcome: { kind: 'scored', windowMedianScore },
    }) as unknown as Track;
  const [quiet, worst] = [track(0, [0, 5, 10], 0.2), track(1, [30, 35, 40], 0.9)];
  const tracks = [quiet, worst];
  const open = (asked: number | null, id: number | null = 2) =>
    openingOf({ tracks, mostSuspiciousTrackId: id } as unknown as VideoTimeline, asked);
  expect(open(null)).toEqual({ track: worst, frameIndex: 30 });
  expect(open(10)).toEqual({ track: quiet, frameIndex: 10 });
  expect(open(20)).toEqual({ track: worst, frameIndex: 20 });
  const none = { tracks: [], mostSuspiciousTrackId: null } as unknown as VideoTimeline;
  expect(openingOf(none, null)).toEqual({ track: undefined, frameIndex: 0 });
});

test('the video that was asked for is opened, else the first that was read, then one that may yet be', () => {
  const video = (id: number, kind: string) => ({ id, state: { kind } }) as unknown as Evidence;
  const [broken, waiting, read] = [video(1, 'unreadable'), video(2, 'pending'), video(3, 'read')];
  expect(videoToOpen([broken, waiting, read], null)).toBe(read);
  expect(videoToOpen([broken, waiting], null)).toBe(waiting);
  expect(videoToOpen([broken], null)).toBe(broken);
  expect(videoToOpen([broken, waiting, read], 1 as EvidenceId)).toBe(broken);
  expect(videoToOpen([], null)).toBeUndefined();
});

test('a track says where its score or the place of its face changes at once, and not where it moves slowly', () => {
  const at = (n: number, score: number | null, x = 0) =>
    ({ timeMs: 500 * n, score, box: { x, y: 0, width: 100, height: 100 } }) as TrackPoint;
  const scores = (...all: (number | null)[]) => jumpIn({ points: all.map((score, n) => at(n, score)) });
  expect(scores(0.21, 0.2, 0.22, 0.0002, 0.0003, 0.0002)).toBe(1500);
  expect(scores(0.21, 0.2, 0.22, 0.4, 0.5, 0.6)).toBeUndefined();
  // One odd face is no change, and hidden scores tell nothing.
  expect(scores(0.21, 0.2, 0.22, 0.0002, 0.2, 0.21, 0.2)).toBeUndefined();
  expect(scores(null, null, null, null)).toBeUndefined();
  const places = (...all: number[]) => jumpIn({ points: all.map((x, n) => at(n, null, x)) });
  expect(places(0, 20, 40, 60)).toBeUndefined();
  expect(places(0, 5, 90, 95)).toBe(1000);
});

test('a track shows no scores where each is hidden; one face alone has no other to differ from', () => {
  const of = (...scores: (number | null)[]) =>
    isWithoutScores({ points: scores.map((score, n) => ({ timeMs: 500 * n, score }) as TrackPoint) });
  expect([of(null, null), of(null), of(null, 0.4)]).toEqual([true, false, false]);
});

test('a mark set again is taken away, and one that would turn the two round takes the other away', () => {
  const none = { inMs: null, outMs: null };
  const both = withMark(withMark(none, 'in', 100), 'out', 300);
  expect(both).toEqual({ inMs: 100, outMs: 300 });
  expect(withMark(both, 'in', 100)).toEqual({ inMs: null, outMs: 300 });
  expect(withMark(both, 'in', 400)).toEqual({ inMs: 400, outMs: null });
  expect(withMark(both, 'out', 50)).toEqual({ inMs: null, outMs: 50 });
});

test('a key gives no opinion on a track or face of which nothing is in the frame shown, and on the file it does', () => {
  const chosen = { trackIndex: 3 };
  for (const on of ['track', 'face'] as const) {
    expect(whyNotByKey(on, chosen, false)).toContain('no face of track 4');
    expect(whyNotByKey(on, chosen, true)).toBeUndefined();
  }
  // A button stands beside the name of the track; beside that of a face there is none.
  expect(whyNotByKey('track', chosen, false)).toContain('or press a button');
  expect(whyNotByKey('face', chosen, false)).not.toContain('button');
  expect(whyNotGiven('face', chosen, false)).toContain('no face of track 4');
  for (const on of ['track', 'file'] as const) expect(whyNotGiven(on, chosen, false)).toBeUndefined();
  expect(whyNotByKey('file', chosen, false)).toBeUndefined();
  expect(whyNotByKey('track', undefined, false)).toBeUndefined();
});

test('what is wanted of a face is not given to the file where the frame shown has none; of a film without tracks there is the file alone', () => {
  for (const on of ['track', 'face', 'file'] as const) {
    expect(opinionOn(on, { trackIndex: 0 })).toBe(on);
    expect(opinionOn(on, undefined)).toBe('file');
  }
});
