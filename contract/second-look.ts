// A second look by policy: models that are asked only about files of which the first of the scan
// cannot tell, or that were drawn for control.
import * as z from 'zod';
import { modelIdSchema } from './brand.ts';

export const secondLookSchema = z.object({
  /**
   * Files with a face of which the first model cannot tell, or that is outside its limits; of films
   * a track.
   */
  cannotTell: z.boolean().default(true),
  /**
   * Share of all files that are looked at for control, whatever the first model says of them. Which
   * they are follows from each file's SHA-256 and the seed: the same files every time.
   */
  sampleShare: z.number().min(0).max(1).default(0),
  seed: z.number().int().nonnegative().max(0xffffffff).default(1),
});
export type SecondLook = z.infer<typeof secondLookSchema>;

/** As a verdict records it: behind which model, by which policy, and what this file met of it. */
export const secondLookMadeSchema = secondLookSchema.extend({
  first: modelIdSchema,
  because: z.enum(['cannotTell', 'sample']),
});
export type SecondLookMade = z.infer<typeof secondLookMadeSchema>;

/** The policy, as a sentence goes on behind "It looked at files ". */
export function policyWords({ cannotTell, sampleShare, seed }: SecondLook): string {
  const sample = `${(100 * sampleShare).toFixed(1)} % of all, drawn by their hashes for control (seed ${seed})`;
  if (!cannotTell) return sample;
  const undecided = 'of which the first model could not tell, or which were outside its limits';
  return sampleShare > 0 ? `${undecided}; and at ${sample}` : undecided;
}
