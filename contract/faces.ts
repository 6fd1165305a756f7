// Extracting faces: out of a labelled set, or out of the opinions of the open case, into a folder
// that training reads.
import * as z from 'zod';

const folder = z.string().min(1).max(4096);

export const extractRequestSchema = z.object({
  from: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('labelled'),
      folder,
      /** Of a FaceForensics++ set. */
      compression: z.string().max(20).optional(),
      methods: z.array(z.string().max(60)).optional(),
      /** Of videos. */
      framesPerSecond: z.number().positive().max(60).default(1),
    }),
    z.object({ kind: z.literal('opinions') }),
  ]),
  to: folder,
  cropRecipe: z.string().default('square-1.3'),
  sidePx: z.number().int().min(64).max(1024).default(299),
});
export type ExtractRequest = z.infer<typeof extractRequestSchema>;

/** How far an extraction is, and what came of it. */
export const extractEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({
    kind: z.literal('done'),
    faces: z.number().int(),
    /** Files that gave no face, and why. */
    without: z.array(z.object({ from: z.string(), reason: z.string() })),
    remarks: z.array(z.string()),
  }),
]);
export type ExtractEvent = z.infer<typeof extractEventSchema>;
