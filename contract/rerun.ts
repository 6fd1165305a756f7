// Rerun: a verdict made again from its recorded parameters and compared with what was recorded,
// quantity by quantity.
import * as z from 'zod';
import { jobIdSchema, verdictIdSchema } from './brand.ts';
import { instantSchema } from './units.ts';

/**
 * How a logit of another machine, build or provider may differ: |found - recorded| <= absolute +
 * relative * |recorded|. Float32 sums taken in another order differ by about 1e-6 a layer; the
 * network is some forty layers deep. On the same machine and build nothing may differ at all.
 * `placePx`: boxes and landmarks, in pixels of the picture.
 */
export const RERUN_TOLERANCE = { logitAbsolute: 1e-3, logitRelative: 1e-3, pictureSteps: 2, placePx: 2 } as const;

/** Whether the verdict came out again, and how nearly. */
export const rerunResultSchema = z.enum(['identical', 'withinTolerance', 'different', 'notPossible']);
export type RerunResult = z.infer<typeof rerunResultSchema>;

/**
 * One compared quantity: a number, a kind, or a picture by hash. `difference`: of numbers absolute,
 * of pictures in 8-bit steps.
 */
export const rerunQuantitySchema = z.object({
  name: z.string(),
  recorded: z.string(),
  found: z.string(),
  same: z.boolean(),
  difference: z.number().nullable(),
});
export type RerunQuantity = z.infer<typeof rerunQuantitySchema>;

/** One verdict made again. */
export const rerunRowSchema = z.object({
  verdictId: verdictIdSchema,
  /** With the exhibit's name before it; without one in rows of older versions. */
  relativePath: z.string(),
  /** From 1; null for a verdict on the whole file. */
  face: z.number().int().positive().nullable(),
  result: rerunResultSchema,
  /**
   * `evidence`: every step from the file's bytes on. `crop`: the model step alone, from the stored
   * crop.
   */
  basis: z.enum(['evidence', 'crop']).nullable(),
  /** Why it could not be made, or why only the model step was. */
  reason: z.string().nullable(),
  /** Parameters of then that are not those of now; empty means the same machine and build. */
  environment: z.array(z.object({ name: z.string(), recorded: z.string(), present: z.string() })),
  quantities: z.array(rerunQuantitySchema),
});
export type RerunRow = z.infer<typeof rerunRowSchema>;

export const rerunReportSchema = z.object({
  jobId: jobIdSchema,
  madeAt: instantSchema,
  counts: z.record(rerunResultSchema, z.number().int()),
  /** SHA-256 of the rows' canonical JSON, as entered in the audit log. */
  rowsSha256: z.string(),
  rows: z.array(rerunRowSchema),
});
export type RerunReport = z.infer<typeof rerunReportSchema>;
