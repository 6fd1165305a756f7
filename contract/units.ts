// Units and ranges that appear in the contract. A name says its unit; a schema refuses what is out
// of range.
import * as z from 'zod';

/**
 * Rectangle in pixels of an upright frame; x and y may be negative or reach past the frame (faces
 * at the border).
 */
export const pixelBoxSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});
export type PixelBox = z.infer<typeof pixelBoxSchema>;

/** Point in pixels of an upright frame, pixel centres at .5. */
export const pixelPointSchema = z.object({ x: z.number(), y: z.number() });
export type PixelPoint = z.infer<typeof pixelPointSchema>;

/** Presentation time from the start of the media, milliseconds; 0 for a still. */
export const timeMsSchema = z.number().nonnegative();

/** Moment in UTC, ISO 8601 with milliseconds, e.g. 2026-03-01T09:30:00.000Z. */
export const instantSchema = z.iso.datetime({ precision: 3 });

/**
 * The network's raw output through a sigmoid, 0..1. A score, not the probability that a face is
 * forged: see LikelihoodRatio.
 */
export const probabilitySchema = z.number().min(0).max(1);
export type Probability = z.infer<typeof probabilitySchema>;

/** Calibrated log10 likelihood ratio of "forged" against "genuine"; positive supports forged. */
export const log10LikelihoodRatioSchema = z.number();
