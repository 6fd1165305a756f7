// Recipe: everything that makes a model again but the pictures. Kept beside the shipped weights;
// `recce model make` follows it.
import * as z from 'zod';
import { modelBaseSchema, trainingDataSchema, trainingRequestSchema, withFormerNames } from './training.ts';
import { validationRequestSchema } from './validation.ts';

const runSchema = trainingRequestSchema
  .omit({ name: true, data: true, publish: true })
  .extend({ data: trainingDataSchema.optional() });

const trainOnSchema = modelBaseSchema.pick({ inputPx: true, width: true });

export const recipeSchema = z.object({
  /** File name of the model, without ending, and its name in the library. */
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'expected letters, digits, dots, dashes')
    .max(100),
  description: z.string(),
  limits: z.string(),
  licence: z.string(),
  demonstration: z.boolean(),
  /**
   * A training request. Its folders are names, which the command line gives folders to; without
   * data it learns from the folder that was given without a name, as portraits.
   */
  train: withFormerNames(runSchema),
  /**
   * Runs after the first, each from the model of the one before, on pictures of another size or in a
   * wider network when `inputPx` or `width` say so.
   */
  trainOn: z.array(withFormerNames(runSchema.omit({ base: true }).extend(trainOnSchema.shape))).default([]),
  /** Measured on the split that was not trained on; folders of further sources are names, too. */
  validate: validationRequestSchema.pick({
    further: true,
    split: true,
    seed: true,
    repeats: true,
    degraded: true,
    stability: true,
    operatingRate: true,
    dataset: true,
  }),
});
export type Recipe = z.infer<typeof recipeSchema>;

/**
 * Writing a model of the library as a shipped one: weights and card, as they lie in models/weights.
 */
export const shipRequestSchema = recipeSchema
  .pick({ name: true, description: true, limits: true, licence: true, demonstration: true })
  .extend({ folder: z.string().min(1).max(4096) });
export type ShipRequest = z.infer<typeof shipRequestSchema>;
