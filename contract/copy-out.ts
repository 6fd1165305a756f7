// Copying out: the originals of chosen results in a new folder, each held against its recorded hash,
// with a manifest.
import * as z from 'zod';
import { evidenceIdSchema, sha256Schema } from './brand.ts';
import { examinerNameSchema } from './examiner-name.ts';
import { taggedSchema } from './tag.ts';

export const copyOutRequestSchema = z.object({
  /** Results whose files are copied: named ones, or all of a filter. */
  results: taggedSchema,
  /** A folder that is not there yet, outside the case and the folders that its evidence came from. */
  folder: z.string().min(1).max(4096),
  /** In whose name, where it is not whoever sits here. */
  examiner: examinerNameSchema.optional(),
});
export type CopyOutRequest = z.infer<typeof copyOutRequestSchema>;

/**
 * One file: its name in the folder where it was copied, else why not. `missing`: it is not at its place,
 * or nobody here has said where that is; `withoutHash`: no byte of it could be read at intake.
 */
export const copiedFileSchema = z.object({
  evidenceId: evidenceIdSchema,
  exhibit: z.number().int(),
  shownPath: z.string(),
  sha256: sha256Schema.nullable(),
  sizeBytes: z.number().int().nonnegative(),
  name: z.string().nullable(),
  left: z
    .object({ reason: z.enum(['missing', 'changed', 'withoutHash', 'unreadable']), message: z.string() })
    .nullable(),
});
export type CopiedFile = z.infer<typeof copiedFileSchema>;

/** What the manifest says of such a choice. */
export const WITHOUT_UNDECIDED =
  'Chosen in blind review: results that the examiner had not yet decided were left out of what a tag of another, a score or a leaning chooses.';

/** Files left out that are named; the manifest names all. */
export const MOST_LEFT_NAMED = 100;

export const copiedOutSchema = z.object({
  folder: z.string(),
  copied: z.number().int().nonnegative(),
  sizeBytes: z.number().int().nonnegative(),
  left: z.number().int().nonnegative(),
  leftFiles: z.array(copiedFileSchema).max(MOST_LEFT_NAMED),
  /**
   * True where blind review narrowed the choice: of what a tag of another, a score or a leaning chooses, results that
   * are not decided yet are left out. The manifest and the log say so.
   */
  withoutUndecided: z.boolean(),
  /** Of `manifest.json`; the entry of the log has it. */
  manifestSha256: sha256Schema,
});
export type CopiedOut = z.infer<typeof copiedOutSchema>;

export const copyOutEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int(), shownPath: z.string() }),
  z.object({ kind: z.literal('done'), copied: copiedOutSchema }),
]);
export type CopyOutEvent = z.infer<typeof copyOutEventSchema>;
