// Track: one face followed through one shot of a video by where it is and how it moves. A track
// ends at a cut: the same person in two shots is two tracks, and nothing here says that they are
// the same person.
import * as z from 'zod';
import {
  evidenceIdSchema,
  faceIdSchema,
  modelIdSchema,
  trackIdSchema,
  verdictIdSchema,
  videoScanIdSchema,
} from './brand.ts';
import { faceSchema } from './face.ts';
import { pixelBoxSchema, probabilitySchema, timeMsSchema } from './units.ts';
import { leaningSchema, verdictKindSchema } from './verdict.ts';
import { clocksOf, type FrameAddress, frameAddressSchema, samplingSchema, type VideoFacts } from './video.ts';

/** Length of the windows a track is judged by. */
export const TRACK_WINDOW_MS = 5000;

/**
 * What is said of a track, by a stated rule and nothing but its faces: among all windows of
 * TRACK_WINDOW_MS, the one whose scored faces have the highest median score. `leaning` is that
 * median's: at least half of the scored faces of the window lean so or further. The operating
 * points are those of single faces; no error rate is known for a window.
 */
export const trackOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('scored'),
    facesScored: z.number().int().positive(),
    /** Median of every scored face of the track. */
    medianScore: probabilitySchema,
    windowMedianScore: probabilitySchema,
    windowFromMs: timeMsSchema,
    windowToMs: timeMsSchema,
    windowFaces: z.number().int().positive(),
    leaning: leaningSchema.nullable(),
  }),
  z.object({ kind: z.literal('notScored'), reasons: z.partialRecord(verdictKindSchema, z.number().int()) }),
]);
export type TrackOutcome = z.infer<typeof trackOutcomeSchema>;

/**
 * One face of a track: where, when, and what was said of it. `score` is null unless `kind` is
 * scored, or where it is hidden.
 */
export const trackPointSchema = frameAddressSchema.extend({
  faceId: faceIdSchema,
  verdictId: verdictIdSchema,
  box: pixelBoxSchema,
  kind: verdictKindSchema,
  score: probabilitySchema.nullable(),
});
export type TrackPoint = z.infer<typeof trackPointSchema>;

export const trackSchema = z.object({
  id: trackIdSchema,
  /** From 0 in order of first appearance. */
  trackIndex: z.number().int().nonnegative(),
  /** Null where blind mode hides it. */
  outcome: trackOutcomeSchema.nullable(),
  points: z.array(trackPointSchema).min(1),
  /**
   * The most telling faces, by time: the highest scores of the window, or the largest faces where
   * none was scored.
   */
  keyFaces: z.array(faceIdSchema),
});
export type Track = z.infer<typeof trackSchema>;

/** Which scan of its file a timeline or a track is of. */
export const whichScanSchema = z.object({
  id: videoScanIdSchema,
  /** From 1 in the order begun, among all scans of the file by whichever model. */
  number: z.number().int().positive(),
  /** How many scans of the file there are. */
  of: z.number().int().positive(),
  modelId: modelIdSchema,
  sampling: samplingSchema,
});
export type WhichScan = z.infer<typeof whichScanSchema>;

/** Where a track is: of which scan of its file, from when to when. */
export const trackPlaceSchema = z.object({
  id: trackIdSchema,
  evidenceId: evidenceIdSchema,
  trackIndex: trackSchema.shape.trackIndex,
  faces: z.number().int().positive(),
  fromMs: timeMsSchema,
  toMs: timeMsSchema,
  /** Number of the frame it begins with. */
  firstFrame: z.number().int().nonnegative(),
  scan: whichScanSchema,
});
export type TrackPlace = z.infer<typeof trackPlaceSchema>;

/** How far a walk through a video has come, and what is known for going on. */
export const walkedSoFarSchema = z.object({
  /** Number of the last frame that has its rows; -1 before the first. */
  after: z.number().int().min(-1),
  /** Which way up the shot of that frame is held; null where none of its faces was sure. */
  up: faceSchema.shape.foundAtRotation.nullable(),
});
export type WalkedSoFar = z.infer<typeof walkedSoFarSchema>;
export const NOT_WALKED: WalkedSoFar = { after: -1, up: null };

/** A frame that was looked at, with the number of faces in it. */
export const sampledFrameSchema = frameAddressSchema.extend({
  sceneChange: z.boolean(),
  faces: z.number().int().nonnegative(),
});
export type SampledFrame = z.infer<typeof sampledFrameSchema>;

/** No picture that is read has a longer side. */
const LONGEST_SIDE_PX = 65_536;

/** The same with its upright size, as whoever examined it says it. */
export const examinedFrameSchema = sampledFrameSchema.extend({
  widthPx: z.number().int().positive().max(LONGEST_SIDE_PX),
  heightPx: z.number().int().positive().max(LONGEST_SIDE_PX),
});
export type ExaminedFrame = z.infer<typeof examinedFrameSchema>;

/**
 * Pts of every frame shown, as runs of equal steps: the first pts, then [step, how often] in order.
 */
export const ptsRunsSchema = z.object({
  first: z.number().int(),
  steps: z.array(z.tuple([z.number().int(), z.number().int().positive()])),
});
export type PtsRuns = z.infer<typeof ptsRunsSchema>;

/** Pts of every frame shown, in order: index is the frame's number. */
export function ptsFromRuns({ first, steps }: PtsRuns): number[] {
  const all = [first];
  for (const [step, times] of steps) for (let i = 0; i < times; i++) all.push(all.at(-1)! + step);
  return all;
}

/** Every frame of a video by number, with its moment on the file's axis of time. */
export function frameAddresses(runs: PtsRuns, facts: Pick<VideoFacts, 'segments' | 'timeBase'>): FrameAddress[] {
  const all = ptsFromRuns(runs);
  const clocks = clocksOf(facts);
  let at = 0;
  return all.map((pts, frameIndex) => {
    while (at + 1 < clocks.length && clocks[at + 1]!.firstFrame <= frameIndex) at += 1;
    const { firstFrame, fromMs, timeBase } = clocks[at]!;
    const ownMs = ((pts - all[firstFrame]!) * timeBase.num * 1000) / timeBase.den;
    return { frameIndex, pts, timeMs: fromMs + Math.max(0, ownMs) };
  });
}

/** The runs of a list of pts; undefined for an empty one. */
export function runsFromPts(pts: readonly number[]): PtsRuns | undefined {
  if (pts.length === 0) return undefined;
  const steps: [number, number][] = [];
  for (let i = 1; i < pts.length; i++) {
    const step = pts[i]! - pts[i - 1]!;
    const last = steps.at(-1);
    if (last?.[0] === step) last[1] += 1;
    else steps.push([step, 1]);
  }
  return { first: pts[0]!, steps };
}

/** All that one model says of one video. */
export const videoTimelineSchema = z.object({
  evidenceId: evidenceIdSchema,
  modelId: modelIdSchema,
  sampling: samplingSchema,
  scan: whichScanSchema,
  /** True where blind mode hides scores until the viewer has given an opinion on the file. */
  hidden: z.boolean(),
  /**
   * False while the scan of this file is not finished: what is here is what there is so far,
   * without tracks.
   */
  finished: z.boolean(),
  frames: z.array(sampledFrameSchema),
  ptsRuns: ptsRunsSchema.nullable(),
  tracks: z.array(trackSchema),
  /** The track with the highest window median, if any was scored and nothing is hidden. */
  mostSuspiciousTrackId: trackIdSchema.nullable(),
});
export type VideoTimeline = z.infer<typeof videoTimelineSchema>;

/** Fewer scored faces than this have no median worth the name: such a track is single frames. */
export const LEAST_FOR_MEDIAN = 3;
