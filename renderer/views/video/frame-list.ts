// The frames of a video as the player steps through them: every frame where the scan has been to
// the end, else those looked at. Pure; tested beside it.
import type { EvidenceId } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import {
  frameAddresses,
  LEAST_FOR_MEDIAN,
  type SampledFrame,
  type Track,
  type TrackPoint,
  type VideoTimeline,
} from '../../../contract/track.ts';
import type { FrameAddress, VideoFacts } from '../../../contract/video.ts';
import type { OpinionOn } from '../../data/opinion-on.ts';

/**
 * Every frame that can be shown, in order. `complete`: frame n of the list is frame n of the file.
 */
export type FrameList = { frames: readonly FrameAddress[]; complete: boolean };

export function frameList(timeline: VideoTimeline, facts: VideoFacts | undefined): FrameList {
  if (!timeline.ptsRuns || !facts) return { frames: timeline.frames, complete: false };
  return { frames: frameAddresses(timeline.ptsRuns, facts), complete: true };
}

/** Position of the frame nearest to a moment; -1 in an empty list. */
export function nearestFrame(frames: readonly FrameAddress[], timeMs: number): number {
  let [low, high] = [0, frames.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle]!.timeMs < timeMs) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && timeMs - frames[low - 1]!.timeMs < frames[low]!.timeMs - timeMs) return low - 1;
  return frames.length === 0 ? -1 : low;
}

/** Position of a frame by its number in the file; -1 where it is not in the list. */
export const positionOf = ({ frames, complete }: FrameList, frameIndex: number): number =>
  complete ? Math.min(frameIndex, frames.length - 1) : frames.findIndex((one) => one.frameIndex === frameIndex);

/** The looked-at frame before or after a moment. */
export const neighbour = (frames: readonly SampledFrame[], frameIndex: number, by: 1 | -1): SampledFrame | undefined =>
  by > 0 ? frames.find((one) => one.frameIndex > frameIndex) : frames.findLast((one) => one.frameIndex < frameIndex);

/** Frames for the strip: `count` of those looked at, evenly. */
export const stripOf = (frames: readonly SampledFrame[], count: number): SampledFrame[] =>
  frames.length <= count
    ? [...frames]
    : Array.from({ length: count }, (_, i) => frames[Math.round((i * (frames.length - 1)) / (count - 1))]!);

/**
 * The face of a track with the highest score in the window it is judged by; the first key face
 * where nothing is scored.
 */
export function mostSuspiciousPoint({ points, outcome, keyFaces }: Track): TrackPoint {
  if (outcome?.kind !== 'scored') return points.find(({ faceId }) => keyFaces.includes(faceId)) ?? points[0]!;
  const inWindow = points.filter(
    ({ timeMs, score }) => score !== null && timeMs >= outcome.windowFromMs && timeMs <= outcome.windowToMs,
  );
  return inWindow.reduce((best, one) => (one.score! > best.score! ? one : best));
}

/** True where a track is scored by fewer faces than a median wants. */
export const isSingleFrames = ({ outcome }: Pick<Track, 'outcome'>): boolean =>
  outcome?.kind === 'scored' && outcome.facesScored < LEAST_FOR_MEDIAN;

/** Tracks of single frames come behind all that have a median, and before those without a score. */
function rank(track: Track): number {
  if (track.outcome?.kind !== 'scored') return -2;
  return track.outcome.windowMedianScore - (isSingleFrames(track) ? 1.5 : 0);
}

/** The highest scoring first, unscored ones last. */
export const bySuspicion = (tracks: readonly Track[]): Track[] =>
  [...tracks].sort((a, b) => rank(b) - rank(a) || a.trackIndex - b.trackIndex);

/**
 * Where a video is opened. At a frame that was asked for, with a track that has a face in it if one
 * has; else at the first frame of the most suspicious track, so that the face beside the frame is
 * the one that is spoken of.
 */
export function openingOf(
  { tracks, mostSuspiciousTrackId }: VideoTimeline,
  asked: number | null,
): { track: Track | undefined; frameIndex: number } {
  const ranked = bySuspicion(tracks);
  const named = ranked.find(({ id }) => id === mostSuspiciousTrackId);
  const worst = named && !isSingleFrames(named) ? named : ranked[0];
  if (asked === null) return { track: worst, frameIndex: worst?.points[0]?.frameIndex ?? 0 };
  const there = ranked.find(({ points }) => points.some(({ frameIndex }) => frameIndex === asked));
  return { track: there ?? worst, frameIndex: asked };
}

/**
 * Scored faces of a track between two marks and their lower median; undefined where there is none.
 */
export function betweenMarks(
  { points }: Track,
  fromMs: number,
  toMs: number,
): { faces: number; median: number } | undefined {
  const scores = points
    .filter(({ timeMs, score }) => score !== null && timeMs >= fromMs && timeMs <= toMs)
    .map(({ score }) => score!)
    .sort((a, b) => a - b);
  if (scores.length === 0) return undefined;
  return { faces: scores.length, median: scores[Math.ceil(scores.length / 2) - 1]! };
}

/** What an opinion is on that is wanted on this: a film without a track has its file alone. */
export const opinionOn = (wanted: OpinionOn, chosen: unknown): OpinionOn => (chosen === undefined ? 'file' : wanted);

const notShown = ({ trackIndex }: Pick<Track, 'trackIndex'>): string =>
  `no face of track ${trackIndex + 1} is in the frame shown. Go to one of its frames`;

/**
 * Why no opinion can be given here, by key or button: what is wanted is this face, and the frame
 * shown has none of the track. `here`: it has.
 */
export const whyNotGiven = (
  on: OpinionOn,
  chosen: Pick<Track, 'trackIndex'> | undefined,
  here: boolean,
): string | undefined => (on === 'face' && chosen && !here ? `${notShown(chosen)}.` : undefined);

/**
 * Why a key gives no opinion here: of the track or face it is to be on nothing is in the frame
 * shown. A button stands beside the name of the track.
 */
export function whyNotByKey(
  on: OpinionOn,
  chosen: Pick<Track, 'trackIndex'> | undefined,
  here: boolean,
): string | undefined {
  if (on === 'file' || !chosen || here) return undefined;
  return whyNotGiven(on, chosen, here) ?? `${notShown(chosen)}, or press a button.`;
}

/** Points on each side of a place that is looked at for a jump. */
const BESIDE = 3;
/** Difference of the medians of logits on both sides that is a jump: odds fifty times as high. */
const LOGIT_JUMP = Math.log(50);
/** Neighbouring boxes that share less of what they cover together do not lie on one another. */
const LEAST_OVERLAP = 0.25;
/** Faces further apart in time than this may well have moved, milliseconds. */
const NEAR_MS = 1000;

const logitOf = (score: number): number => {
  const inside = Math.min(Math.max(score, 1e-6), 1 - 1e-6);
  return Math.log(inside / (1 - inside));
};
const medianOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function overlapOf({ box: a }: TrackPoint, { box: b }: TrackPoint): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/**
 * The moment at which a track's score or the place of its face changes at once, the first of them;
 * undefined where there is none. A cut that was not found makes one track of two people, and shows
 * so; a face that turns, or light that changes, may too. Scores that are hidden tell nothing.
 */
export function jumpIn({ points }: Pick<Track, 'points'>): number | undefined {
  const logitsOf = (some: readonly TrackPoint[]) =>
    some.flatMap(({ score }) => (score === null ? [] : [logitOf(score)]));
  return points.find((point, at) => {
    const before = points[at - 1];
    if (!before) return false;
    if (point.timeMs - before.timeMs <= NEAR_MS && overlapOf(before, point) < LEAST_OVERLAP) return true;
    const [earlier, later] = [points.slice(Math.max(0, at - BESIDE), at), points.slice(at, at + BESIDE)].map(logitsOf);
    if (earlier!.length < BESIDE || later!.length < BESIDE) return false;
    return Math.abs(medianOf(earlier!) - medianOf(later!)) > LOGIT_JUMP;
  })?.timeMs;
}

/** A track of several faces that shows no score: hidden, or none was given. */
export const isWithoutScores = ({ points }: Pick<Track, 'points'>): boolean =>
  points.length > 1 && points.every(({ score }) => score === null);

/** Moments an examiner has marked. */
export type Marks = { inMs: number | null; outMs: number | null };

/**
 * A mark set at a moment, or taken away where it was there. One that would turn them round takes
 * the other away.
 */
export function withMark(marks: Marks, which: 'in' | 'out', timeMs: number): Marks {
  const key = which === 'in' ? 'inMs' : 'outMs';
  const next = { ...marks, [key]: marks[key] === timeMs ? null : timeMs };
  const isBackwards = next.inMs !== null && next.outMs !== null && next.inMs > next.outMs;
  return isBackwards ? { inMs: null, outMs: null, [key]: timeMs } : next;
}

/**
 * The video that is shown: the one that was asked for, else the first that was read, else the first
 * that may yet be.
 */
export const videoToOpen = <T extends Pick<Evidence, 'id' | 'state'>>(
  videos: readonly T[],
  asked: EvidenceId | null,
): T | undefined =>
  videos.find(({ id }) => id === asked) ??
  videos.find(({ state }) => state.kind === 'read') ??
  videos.find(({ state }) => state.kind === 'pending') ??
  videos[0];

/** A moment as 1:02:03.45. */
export function clockText(ms: number): string {
  const hundredths = Math.round(ms / 10);
  const [seconds, minutes] = [Math.floor(hundredths / 100) % 60, Math.floor(hundredths / 6000) % 60];
  const hours = Math.floor(hundredths / 360_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds)}.${two(hundredths % 100)}`;
}
