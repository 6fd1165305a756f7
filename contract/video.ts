// Video: what a file with moving pictures is, how its frames are addressed, and which of them are
// looked at. A frame is named by its presentation timestamp in the stream's own time base, so that
// another tool finds the same picture.
import * as z from 'zod';
import { heldWhyIncompleteSchema } from './remark.ts';
import { timeMsSchema } from './units.ts';

/** An exact fraction, e.g. a time base of 1/12800 seconds a tick or 30000/1001 frames a second. */
export const rationalSchema = z.object({ num: z.number().int(), den: z.number().int().positive() });
export type Rational = z.infer<typeof rationalSchema>;

/**
 * Which frames are looked at. `byTime`: the first frame at or after every 1/framesPerSecond seconds
 * from the first frame on, and with `sceneChanges` the first frame after every cut and whatever is
 * shown between for a quarter of that time without having been looked at. They go evenly through the
 * whole file; the last frame is looked at as well.
 */
export const samplingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('byTime'),
    framesPerSecond: z.number().positive().max(120),
    sceneChanges: z.boolean(),
  }),
  z.object({ kind: z.literal('everyFrame') }),
]);
export type Sampling = z.infer<typeof samplingSchema>;

export const DEFAULT_SAMPLING: Sampling = { kind: 'byTime', framesPerSecond: 2, sceneChanges: true };

/**
 * One frame of a video. `frameIndex` counts the frames shown, from 0; `timeMs` counts from the
 * first of them.
 */
export const frameAddressSchema = z.object({
  frameIndex: z.number().int().nonnegative(),
  /**
   * Presentation timestamp, ticks of the stream's time base, as stored in the file; may be
   * negative.
   */
  pts: z.number().int(),
  timeMs: timeMsSchema,
});
export type FrameAddress = z.infer<typeof frameAddressSchema>;

/**
 * How the coded samples became R, G, B. Names as in ITU-T H.273; `assumed` where the file does not
 * say.
 */
export const videoColourSchema = z.object({
  matrix: z.string(),
  matrixAssumed: z.boolean(),
  range: z.enum(['limited', 'full']),
  rangeAssumed: z.boolean(),
  /**
   * As coded. HLG and PQ are brought to the standard range (models/image/tone-map.ts), which is a
   * remark; no other curve is converted.
   */
  transfer: z.string(),
  primaries: z.string(),
});
export type VideoColour = z.infer<typeof videoColourSchema>;

/**
 * Frames on one clock, from `firstFrame` to the next segment's. A file has several where its
 * timestamps jump (recordings joined together), where it has more than one picture track (one after
 * the other on the file's one axis of time), and where an edit list hides frames.
 */
export const videoSegmentSchema = z.object({
  firstFrame: z.number().int().nonnegative(),
  /** Where its first frame stands on the file's axis of time. */
  fromMs: timeMsSchema,
  timeBase: rationalSchema,
  /** Number of the picture's stream in the container, from 0. */
  stream: z.number().int().nonnegative(),
  /** True for frames that players do not show, since the file's edit list leaves them out. */
  hidden: z.boolean(),
  /** Upright size of its frames, pixels; another picture track may have another. */
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
});
export type VideoSegment = z.infer<typeof videoSegmentSchema>;

/** A video as decoded from beginning to end. */
export const videoFactsSchema = z.object({
  /** Demuxer and decoder as they call themselves, e.g. `mov,mp4,m4a,3gp,3g2,mj2` and `h264`. */
  container: z.string(),
  codec: z.string(),
  profile: z.string(),
  /** Layout of the coded samples, e.g. `yuv420p10le`. */
  pixelFormat: z.string(),
  timeBase: rationalSchema,
  /** Pts of the first frame shown. */
  firstPts: z.number().int(),
  /** From the first frame shown to the end of the last. */
  durationMs: timeMsSchema,
  /** Frames a second on average, as the container says. */
  frameRate: rationalSchema.nullable(),
  /** True where the distances between frames differ by more than the time base's rounding. */
  variableRate: z.boolean(),
  /** Frames shown, and those of them that are damaged and therefore not looked at. */
  frames: z.number().int().nonnegative(),
  damagedFrames: z.number().int().nonnegative(),
  /**
   * Packets that the decoder refused: frames that are not among `frames`. Absent where there was
   * none, and in rows of older versions.
   */
  refusedPackets: z.number().int().positive().optional(),
  /** Clockwise turn that the file asks for and that was applied. */
  rotationDegrees: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  mirrored: z.boolean(),
  /** Width to height of one sample; where it is not 1:1 the picture is stretched so that it is. */
  sampleAspectRatio: rationalSchema.nullable(),
  interlaced: z.boolean(),
  colour: videoColourSchema,
  /**
   * Null where the whole file was read; else why not. What was read before is examined all the
   * same.
   */
  incompleteBecause: heldWhyIncompleteSchema.nullable(),
  /** In order; absent in rows of older versions, whose frames are all on one clock. */
  segments: z.array(videoSegmentSchema).min(1).optional(),
  /**
   * How a frame is found again: by its timestamp, or by counting from the first of its track where
   * timestamps are missing, repeat, or cannot be searched for. Absent in rows of older versions: by
   * its timestamp.
   */
  frameAccess: z.enum(['pts', 'count']).optional(),
});
export type VideoFacts = z.infer<typeof videoFactsSchema>;

/**
 * What a frame is found by: its timestamp (unless `byTime` is false), else `count`, its number
 * within the frames of its stream that are (or are not) hidden.
 */
export type FrameQuery = { pts: number; byTime?: boolean; stream?: number; hidden?: boolean; count?: number };

/** The clocks of a video, those of the oldest rows included. */
export const clocksOf = ({
  segments,
  timeBase,
}: Pick<VideoFacts, 'segments' | 'timeBase'>): readonly Pick<VideoSegment, 'firstFrame' | 'fromMs' | 'timeBase'>[] =>
  segments ?? [{ firstFrame: 0, fromMs: 0, timeBase }];

/** The segment that a frame is in; undefined in rows of older versions. */
export const segmentAt = ({ segments }: Pick<VideoFacts, 'segments'>, frameIndex: number): VideoSegment | undefined =>
  segments && (segments.findLast(({ firstFrame }) => firstFrame <= frameIndex) ?? segments[0]);

/** How frame `frameIndex` of a video is asked for. */
export function frameQuery(facts: VideoFacts, frameIndex: number, pts: number): FrameQuery {
  const own = segmentAt(facts, frameIndex);
  if (!own) return { pts };
  const first = facts.segments!.find(({ stream, hidden }) => stream === own.stream && hidden === own.hidden)!;
  const { stream, hidden } = own;
  const byTime = facts.frameAccess !== 'count' && !hidden;
  return { pts, byTime, stream, hidden, count: frameIndex - first.firstFrame };
}
