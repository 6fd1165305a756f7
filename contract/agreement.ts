// Agreement: how far examiners who looked at the same faces concluded the same. Opinions that stand;
// withdrawn ones do not count. A face followed through a film counts once, however many scans and
// models followed it, and whether something was said of its track or of one of its faces.
import * as z from 'zod';
import { evidenceIdSchema, faceIdSchema } from './brand.ts';
import { conclusionSchema } from './opinion.ts';

export const agreementSchema = z.object({
  /**
   * Faces and files with an opinion of one examiner or more; of these those where opinions of two or
   * more hold for the same face or file.
   */
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
      /** Statements of the one that were compared with one of the other: each two once. */
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
      /** The first face at which these statements meet; null for the whole file. */
      faceId: faceIdSchema.nullable(),
      relativePath: z.string(),
      /** See contract/exhibit.ts. */
      shownPath: z.string(),
      conclusions: z.array(
        z.object({
          examiner: z.string(),
          conclusion: conclusionSchema,
          blind: z.boolean(),
          /** True for what was said of the track that the face is in. */
          onTrack: z.boolean(),
        }),
      ),
    }),
  ),
});
export type Agreement = z.infer<typeof agreementSchema>;
