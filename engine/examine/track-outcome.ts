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
 * Of the windows that begin at a face and end within the track, and the one that ends with it, the
 * first with the highest median; the whole of a track of which no window has enough faces. `faces`
 * by time. A window is what the one before it was but for its ends, and its median is read from
 * counts: a track of a day takes little longer than its faces take to be sorted.
 */
function tellingWindow(given: readonly Scored[]): Window {
  const faces = given.toSorted((a, b) => a.timeMs - b.timeMs);
  const lastMs = faces.at(-1)!.timeMs;
  const counts = new ScoreCounts(faces.map(({ score }) => score));
  let best: { from: number; to: number; median: number } | undefined;
  let [from, to] = [0, 0];
  const look = (fromMs: number): void => {
    const toMs = fromMs + TRACK_WINDOW_MS;
    const first = countWhile(faces, ({ timeMs }) => timeMs < fromMs);
    const end = countWhile(faces, ({ timeMs }) => timeMs <= toMs);
    while (to < end) counts.add(faces[to++]!.score, 1);
    while (from > first) counts.add(faces[--from]!.score, 1);
    while (to > end) counts.add(faces[--to]!.score, -1);
    while (from < first) counts.add(faces[from++]!.score, -1);
    if (to - from < LEAST_FACES) return;
    const median = counts.atRank(Math.ceil((to - from) / 2));
    if (!best || median > best.median) best = { from, to, median };
  };
  for (const { timeMs } of faces) if (timeMs + TRACK_WINDOW_MS <= lastMs) look(timeMs);
  look(lastMs - TRACK_WINDOW_MS);
  if (!best) return { faces, median: lowerMedian(faces.map(({ score }) => score)) };
  return { faces: faces.slice(best.from, best.to), median: best.median };
}

/** How many at the beginning of a list are so; behind the first that is not, none is. */
function countWhile<T>(all: { readonly length: number; readonly [at: number]: T }, isSo: (one: T) => boolean): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(all[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How often each score is in a window, as sums over stretches of all scores in order (Fenwick 1994). */
class ScoreCounts {
  readonly #scores: Float64Array;
  readonly #sums: Uint32Array;

  constructor(scores: readonly number[]) {
    this.#scores = Float64Array.from(new Set(scores)).sort();
    this.#sums = new Uint32Array(this.#scores.length + 1);
  }

  /** `change`: 1 for a score that comes, -1 for one that goes. */
  add(score: number, change: 1 | -1): void {
    for (let i = this.#placeOf(score); i < this.#sums.length; i += i & -i) this.#sums[i]! += change;
  }

  /** The score at this rank from below, from 1 on. */
  atRank(rank: number): number {
    let [place, left] = [0, rank];
    for (let step = 2 ** Math.floor(Math.log2(this.#sums.length)); step > 0; step >>= 1) {
      const next = place + step;
      if (next >= this.#sums.length || this.#sums[next]! >= left) continue;
      place = next;
      left -= this.#sums[next]!;
    }
    return this.#scores[place]!;
  }

  /** From 1 on. */
  #placeOf(score: number): number {
    return countWhile(this.#scores, (one) => one < score) + 1;
  }
}

const isScored = (face: TrackFace): face is Scored => face.score !== null;

/** Outcome and most telling faces of a track; `faces` by time, at least one. */
export function judgeTrack(
  faces: readonly TrackFace[],
  points: OperatingPoints | null,
): { outcome: TrackOutcome; keyFaces: FaceId[] } {
  const scored = faces.filter(isScored);
  if (scored.length === 0) return notScored(faces);
  const window = tellingWindow(scored);
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
