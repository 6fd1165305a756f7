// Composite: a model made of other models. Each part scores the same face by itself; a fusion that
// was fitted on labelled faces makes one logit of theirs, which is validated as any model's is.
import * as z from 'zod';
import { modelIdSchema, sha256Schema } from './brand.ts';

/** What a composite's passport names as its network. */
export const COMPOSITE = 'composite';

/** Models of one composite. */
export const MOST_PARTS = 7;

/**
 * One logit of several: the sum of each part's logit times its weight, and the intercept. Fitted by
 * linear logistic regression with both classes weighing the same (Brümmer et al. 2007), so that it
 * is a natural log likelihood ratio.
 */
export const compositeSchema = z.strictObject({
  fusion: z.literal('logistic'),
  intercept: z.number(),
  parts: z
    .array(
      z.strictObject({
        modelId: modelIdSchema,
        /** What the part was called when it was fused. */
        name: z.string().min(1).max(200),
        weight: z.number(),
        /** SHA-256 of the validation record that the part had then. */
        validationSha256: sha256Schema,
      }),
    )
    .min(2)
    .max(MOST_PARTS),
  /** The validation faces that it was fitted on (`datasetSha256` of its first record). */
  fittedOn: sha256Schema,
});
export type Composite = z.infer<typeof compositeSchema>;

/** e.g. `2.310 + 0.840 × RECCE + 0.420 × GenD`, in natural log. */
export const fusionWords = ({ intercept, parts }: Pick<Composite, 'intercept' | 'parts'>): string =>
  [intercept.toFixed(3), ...parts.map(({ name, weight }) => `${weight.toFixed(3)} × ${name}`)].join(' + ');
