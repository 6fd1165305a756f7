// The passport that an owner writes for a network of their own (ONNX): declared word by word, never
// guessed, and refused where a key is unknown or missing.
import * as z from 'zod';
import {
  answerSchema,
  channelOrderSchema,
  onnxInterfaceSchema,
  perChannelSchema,
  tensorLayoutSchema,
} from './architecture.ts';
import { modelIdSchema, sha256Schema } from './brand.ts';
import { classMapSchema, inputPxSchema } from './model.ts';
import { probabilitySchema } from './units.ts';

/** One deviation, or one a channel: none of them may be 0. */
const stdSchema = perChannelSchema.refine((value) => [value].flat().every((one) => one > 0), {
  error: 'a deviation must be above 0',
});

/** As written in the YAML file. Every key but the last three must be there. */
export const onnxPassportSchema = z.strictObject({
  /** Name in the library. */
  name: z.string().min(1).max(200),
  /** Tensor that the pictures go into, and how it lies. */
  input: onnxInterfaceSchema.shape.input,
  inputPx: inputPxSchema,
  layout: tensorLayoutSchema,
  channelOrder: channelOrderSchema,
  /** What the pixel values 0 and 255 become before mean and deviation are applied. */
  valueRange: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => high > low, { error: 'the second must be above the first' }),
  /** In the order of the channels, of the values after `valueRange`. */
  mean: perChannelSchema,
  std: stdSchema,
  cropRecipe: z.string().min(1).max(60),
  /** How a crop is brought to the input's size: by area where it shrinks, bilinearly where it grows. */
  resize: z.literal('area-bilinear'),
  /** Tensor that answers, and with what. */
  output: onnxInterfaceSchema.shape.output,
  answer: answerSchema,
  /** Which class, or which value of a single output, means genuine and which forged. */
  classMap: classMapSchema,
  licence: z.string().min(1).max(500),
  /** Output with what the classifier sees; the domain check uses it. */
  features: onnxInterfaceSchema.shape.features.default(null),
  description: z.string().max(2000).default(''),
  limits: z.string().max(2000).default(''),
});
export type OnnxPassport = z.infer<typeof onnxPassportSchema>;
export type OnnxPassportInput = z.input<typeof onnxPassportSchema>;

/** What a network answers before it is kept: of three faces of the bundled photographs. */
export const onnxTrialSchema = z.object({
  sha256: sha256Schema,
  sizeBytes: z.number().int(),
  /** The entry of the library with this file under this passport, if there is one. */
  known: modelIdSchema.nullable(),
  scores: z.array(z.object({ face: z.string(), logit: z.number(), score: probabilitySchema })),
  remarks: z.array(z.string()),
});
export type OnnxTrial = z.infer<typeof onnxTrialSchema>;
