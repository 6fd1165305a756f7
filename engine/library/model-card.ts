// The card beside a weights file: what people must know of a model and what the weights themselves cannot tell.
import * as z from 'zod';
import { modelIdSchema } from '../../contract/brand.ts';
import { decoderTestSchema, passportSchema } from '../../contract/model.ts';
import { instantSchema } from '../../contract/units.ts';
import { validationRecordSchema } from '../../contract/validation.ts';
import { operatingPointsSchema } from '../../contract/verdict.ts';

/** A model as written to disk beside its weights: the contract's Model without the id, which is the weights' hash. */
export const modelCardSchema = z.object({
  name: z.string().min(1),
  description: z.string(),
  limits: z.string(),
  demonstration: z.boolean(),
  parentId: modelIdSchema.nullable(),
  passport: passportSchema,
  decoderTest: decoderTestSchema.nullable(),
  validation: validationRecordSchema.nullable(),
  operatingPoints: operatingPointsSchema.nullable(),
  addedAt: instantSchema,
});
export type ModelCard = z.infer<typeof modelCardSchema>;
