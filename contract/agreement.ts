// Agreement: how far examiners who looked at the same faces concluded the same. Latest opinions;
// withdrawn ones do not count.
import * as z from 'zod';
import { evidenceIdSchema, faceIdSchema } from './brand.ts';
import { conclusionSchema } from './opinion.ts';

export const agreementSchema = z.object({
  /** Faces and files with an opinion of one examiner or more, and of two or more. */
  subjects: z.number().int(),
  reviewed: z.number().int(),
  /**
   * Opinions given while the machine's score and the others' opinions were hidden, of all opinions
   * that count.
   */
  blind: z.number().int(),
  opinions: z.number().int(),
  pairs: z.array(
    z.object({
      first: z.string(),
      second: z.string(),
      both: z.number().int(),
      same: z.number().int(),
      /**
       * Cohen's kappa over genuine, forged, inconclusive, not a face; null where chance alone would
       * agree always or nothing is shared.
       */
      kappa: z.number().nullable(),
    }),
  ),
  disagreements: z.array(
    z.object({
      evidenceId: evidenceIdSchema,
      faceId: faceIdSchema.nullable(),
      relativePath: z.string(),
      /** See contract/exhibit.ts. */
      shownPath: z.string(),
      conclusions: z.array(z.object({ examiner: z.string(), conclusion: conclusionSchema, blind: z.boolean() })),
    }),
  ),
});
export type Agreement = z.infer<typeof agreementSchema>;
