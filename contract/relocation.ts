// Relocation: evidence that lies elsewhere than where it was taken in, told to the case. Nothing is
// scanned again and nothing recorded changes: the case learns where to look, for files whose bytes
// are those it took in.
import * as z from 'zod';
import { evidenceIdSchema } from './brand.ts';

const place = z.string().min(1).max(4096);

/**
 * `from`: file or folder as the case knows it, with the separators it was written with; `to`: where
 * that is now, absolute.
 */
export const relocationRequestSchema = z.object({
  from: place,
  to: place,
  /** Looks only: nothing is entered in the case. */
  check: z.boolean().default(false),
});
export type RelocationRequest = z.infer<typeof relocationRequestSchema>;

/**
 * Why a file stays where the case had it: nothing lies at the new place, it cannot be read there,
 * its bytes are others, no hash was ever recorded to hold it against, or the case has that place as
 * another file.
 */
export const relocationRefusalSchema = z.enum(['missing', 'unreadable', 'otherContent', 'withoutHash', 'placeTaken']);
export type RelocationRefusal = z.infer<typeof relocationRefusalSchema>;

/** Refusals named one by one; the others are counted. */
export const RELOCATION_REFUSALS_NAMED = 1000;

/**
 * What came of a relocation. Every file was hashed before anything was entered; those that fit are
 * entered together, or none.
 */
export const relocationSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** Files of the case below `from`. */
  files: z.number().int().nonnegative(),
  /**
   * Files whose bytes are at the new place, and that the case now looks for there (with `check`:
   * would look for there).
   */
  moved: z.number().int().nonnegative(),
  /** Files that stay as they were, by reason. */
  refused: z.partialRecord(relocationRefusalSchema, z.number().int().positive()),
  /** The first RELOCATION_REFUSALS_NAMED of them. */
  refusals: z.array(
    z.object({
      evidenceId: evidenceIdSchema,
      /** See contract/exhibit.ts. */
      shownPath: z.string(),
      /** Where it was looked for. */
      path: z.string(),
      reason: relocationRefusalSchema,
      message: z.string(),
    }),
  ),
  /** False where it was only looked. */
  entered: z.boolean(),
  /**
   * `workstation`: the case cannot be written. The places are kept by this installation and used
   * while the case is looked at here; the case itself says nothing of them.
   */
  keptBy: z.enum(['case', 'workstation']),
});
export type Relocation = z.infer<typeof relocationSchema>;

/** How far the hashing is, then what came of it. */
export const relocationEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    done: z.number().int().nonnegative(),
    total: z.number().int().nonnegative(),
    shownPath: z.string(),
  }),
  z.object({ kind: z.literal('done'), relocation: relocationSchema }),
]);
export type RelocationEvent = z.infer<typeof relocationEventSchema>;
