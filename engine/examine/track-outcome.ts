// What is said of a track, by the rule of contract/track.ts: the window with the highest median
// score. A median is not moved by one bad frame; a window finds five forged seconds in ten minutes,
// which the median of the whole would not.
import type { FaceId } from '../../contract/brand.ts';
import { TRACK_WINDOW_MS, type TrackOutcome } from '../../contract/track.ts';
import type { OperatingPoints, VerdictKind } from '../../contract/verdict.ts';
import { leaningFromScore } from './operating-points.ts';

/** A face of a track with what was said of it. */
export type TrackFace = { faceId: FaceId; timeMs: number; kind: VerdictKind; score: number | null; sizePx: number };

type Scored = TrackFace & { score: number };
type Window = { faces: readonly Scored[]; median: number };

/** A window says something from this many faces on; a track with fewer is one window. */
const LEAST_FACES = 3;
/** Most telling faces kept of the window. */
const KEY_FACES = 3;

/**
 * The lower median: at least half of the scores are at or above it, and at least half at or below.
 * With an even number it is the smaller of the two in the middle, so that both halves of the
 * sentence stay true.
 */
export function lowerMedian(scores: readonly number[]): number {
  if (scores.length === 0) throw new RangeError('The median of no scores was asked for.');
  return [...scores].sort((a, b) => a - b)[Math.ceil(scores.length / 2) - 1]!;
}

/**
 * Windows that begin at a face and end within the track, and the one that ends with it; the whole
 * of a shorter track.
 */
function windowsOf(faces: readonly Scored[]): Window[] {
  const lastMs = faces.at(-1)!.timeMs;
  const starts = faces.map((one) => one.timeMs).filter((ms) => ms + TRACK_WINDOW_MS <= lastMs);
  const windows = [...starts, lastMs - TRACK_WINDOW_MS].map((fromMs) =>
    faces.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= fromMs + TRACK_WINDOW_MS),
  );
  const enough = windows.filter((one) => one.length >= LEAST_FACES);
  return (enough.length > 0 ? enough : [faces]).map((one) => ({
    faces: one,
    median: lowerMedian(one.map(({ score }) => score)),
  }));
}

/** The first of the windows with the highest median. */
const highest = (windows: readonly Window[]): Window => windows.reduce((a, b) => (b.median > a.median ? b : a));

const isScored = (face: TrackFace): face is Scored => face.score !== null;

/** Outcome and most telling faces of a track; `faces` by time, at least one. */
export function judgeTrack(
  faces: readonly TrackFace[],
  points: OperatingPoints | null,
): { outcome: TrackOutcome; keyFaces: FaceId[] } {
  const scored = faces.filter(isScored);
  if (scored.length === 0) return notScored(faces);
  const window = highest(windowsOf(scored));
  const outcome: TrackOutcome = {
    kind: 'scored',
    facesScored: scored.length,
    medianScore: lowerMedian(scored.map(({ score }) => score)),
    windowMedianScore: window.median,
    windowFromMs: window.faces[0]!.timeMs,
    windowToMs: window.faces.at(-1)!.timeMs,
    windowFaces: window.faces.length,
    leaning: leaningFromScore(window.median, points),
  };
  return { outcome, keyFaces: keyFacesOf(window.faces) };
}

/** The highest scores of a window, by time. */
const keyFacesOf = (faces: readonly Scored[]): FaceId[] =>
  [...faces]
    .sort((a, b) => b.score - a.score || a.timeMs - b.timeMs)
    .slice(0, KEY_FACES)
    .sort((a, b) => a.timeMs - b.timeMs)
    .map(({ faceId }) => faceId);

function notScored(faces: readonly TrackFace[]): { outcome: TrackOutcome; keyFaces: FaceId[] } {
  const reasons: Partial<Record<VerdictKind, number>> = {};
  for (const { kind } of faces) reasons[kind] = (reasons[kind] ?? 0) + 1;
  const largest = faces.reduce((a, b) => (b.sizePx > a.sizePx ? b : a));
  return { outcome: { kind: 'notScored', reasons }, keyFaces: [largest.faceId] };
}
