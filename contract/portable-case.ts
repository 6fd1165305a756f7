// Portable case: a whole case in one file, to be opened on another workstation. What is in it, and
// what was left out.
import * as z from 'zod';
import { sha256Schema } from './brand.ts';
import { caseSchema } from './case.ts';

export const packRequestSchema = z.object({
  /** The file to write. */
  file: z.string().min(1).max(4096),
  /** Put the evidence files in as well; each only while it is still the one taken in. */
  evidence: z.boolean().default(false),
  /**
   * Put in the weights of the models used, so that verdicts can be made again there. Mind their
   * licences.
   */
  models: z.boolean().default(true),
  /**
   * Replaces a file that is there. Without it such a file is left as it is, and nothing is written.
   */
  replace: z.boolean().default(false),
});
export type PackRequest = z.infer<typeof packRequestSchema>;

export const packedCaseSchema = z.object({
  path: z.string(),
  sha256: sha256Schema,
  sizeBytes: z.number().int(),
  files: z.number().int(),
  /** Evidence and models that are not in the file, each with its reason. */
  leftOut: z.array(z.object({ subject: z.string(), reason: z.string() })),
});
export type PackedCase = z.infer<typeof packedCaseSchema>;

/**
 * The unpacked case, open, and what must be known of what came with it: models that are new here,
 * and what is not believed of them.
 */
export const unpackedCaseSchema = caseSchema.extend({ remarks: z.array(z.string()) });
