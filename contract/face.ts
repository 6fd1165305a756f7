// Face: a box in a frame of one evidence file, its landmarks, and how good the picture of it is.
import * as z from 'zod';
import { evidenceIdSchema, faceIdSchema } from './brand.ts';
import { pixelBoxSchema, pixelPointSchema, timeMsSchema } from './units.ts';

/** Measures of a face picture that say how far a verdict on it can be trusted. */
export const faceQualitySchema = z.object({
  /** Longer side of the box, pixels of the original. */
  sizePx: z.number().nonnegative(),
  /**
   * Variance of the Laplacian of the luma inside the box at a fixed 128 px scale; higher is
   * sharper.
   */
  sharpness: z.number().nonnegative(),
  /** Mean luma inside the box, 0..1. */
  brightness: z.number().min(0).max(1),
  /** Roll of the eye line in degrees, -180..180. */
  rollDegrees: z.number(),
  /**
   * How far the nose lies from the middle of the eyes, in eye distances: 0 frontal, beyond about
   * 0.5 profile.
   */
  yawProxy: z.number(),
});
export type FaceQuality = z.infer<typeof faceQualitySchema>;

/** One face found. */
export const faceSchema = z.object({
  id: faceIdSchema,
  evidenceId: evidenceIdSchema,
  /** 0 for a still; the index of the decoded frame in a video. */
  frameIndex: z.number().int().nonnegative(),
  timeMs: timeMsSchema,
  /** Presentation timestamp in the stream's time base (contract/video.ts); null for a still. */
  pts: z.number().int().nullable(),
  /** Position in the finder's order inside the frame, from 0. */
  faceIndex: z.number().int().nonnegative(),
  box: pixelBoxSchema,
  /** The finder's confidence, 0..1. */
  finderScore: z.number().min(0).max(1),
  /** 68 points in the usual iBUG order, pixels of the upright frame. */
  landmarks: z.array(pixelPointSchema).length(68),
  /** Quarter turns (degrees clockwise) the frame was turned by before the finder saw this face. */
  foundAtRotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  quality: faceQualitySchema,
});
export type Face = z.infer<typeof faceSchema>;

/** A face that was found and has no row in a case yet. */
export type NewFace = Omit<Face, 'id' | 'evidenceId'>;
