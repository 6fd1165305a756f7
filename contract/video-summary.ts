// Video summary: one line of the list of videos.
import * as z from 'zod';
import { evidenceSchema } from './evidence.ts';
import { conclusionSchema } from './opinion.ts';
import { probabilitySchema } from './units.ts';

export const videoSummarySchema = z.object({
  evidence: evidenceSchema,
  /** Faces of frames that were looked at, and the tracks they make. */
  faces: z.number().int().nonnegative(),
  tracks: z.number().int().nonnegative(),
  /**
   * Highest raw score of one face by the model with most results in the case; null without one, and
   * where blind review hides it.
   */
  highestScore: probabilitySchema.nullable(),
  hidden: z.boolean(),
  /** The present examiner's own opinion on the whole file. */
  ownConclusion: conclusionSchema.nullable(),
});
export type VideoSummary = z.infer<typeof videoSummarySchema>;
