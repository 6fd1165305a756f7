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
import { classMapSchema, inputPxSchema, type Parity, paritySchema } from './model.ts';
import { probabilitySchema } from './units.ts';

/** One deviation, or one a channel: none of them may be 0. */
const stdSchema = perChannelSchema.refine((value) => [value].flat().every((one) => one > 0), {
  error: 'a deviation must be above 0',
});

/**
 * Resizing rules, each with what it does. All but the first cut the face as large as it is in the
 * picture and resize it then; the first does both in one step.
 */
export const RESIZING = {
  'area-bilinear': 'By area where a crop shrinks, bilinear where it grows',
  'bilinear-no-antialias': 'Bilinear without antialias: OpenCV, torch',
  'bilinear-antialias': 'Bilinear with antialias, as Pillow resizes',
  'bicubic-antialias': 'Bicubic with antialias, as Pillow resizes: CLIP, timm',
} as const;
const resizingSchema = z.enum(Object.keys(RESIZING) as [keyof typeof RESIZING]);

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
  /** How a crop is brought to the input's size. */
  resize: resizingSchema,
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

/**
 * Faces as they are cut for the network, and the logits that its owner's own code gives: to be
 * found again, or the network is refused. A JSON file beside the pictures.
 */
export const parityFileSchema = z.strictObject({
  /** Largest difference of a logit that is let pass. */
  tolerance: z.number().positive().max(1),
  pictures: z
    .array(
      z.strictObject({
        /** In the folder of this file or below it. */
        file: z.string().min(1).max(1000),
        /** Speaks for forged: of two logits forged less genuine, of a probability its log odds. */
        logit: z.number(),
      }),
    )
    .min(1)
    .max(1000),
});
export type ParityFile = z.infer<typeof parityFileSchema>;

export const parityWords = ({ pictures, tolerance, largest, sha256 }: Parity): string =>
  `${pictures} logits of the owner’s held within ${tolerance} (largest difference ${largest.toExponential(1)}); file ${sha256}`;

/** A tensor by which pictures go in or numbers come out; a length of null is free. */
const onnxTensorSchema = z.object({
  name: z.string(),
  isFloat: z.boolean(),
  shape: z.array(z.number().int().positive().nullable()),
});
export type OnnxTensor = z.infer<typeof onnxTensorSchema>;

/** What an ONNX file says of itself; the rest has to be declared. */
export const onnxFileSchema = z.object({
  sha256: sha256Schema,
  sizeBytes: z.number().int().positive(),
  inputs: z.array(onnxTensorSchema),
  outputs: z.array(onnxTensorSchema),
});
export type OnnxFile = z.infer<typeof onnxFileSchema>;

/** Name and lengths, as people read them. */
export const tensorWords = ({ name, shape }: OnnxTensor): string =>
  `${name} [${shape.map((dim) => dim ?? 'free').join(', ')}]`;

/** What was declared, key by key, in words: shown back before a network is kept. */
export const declaredWords = (passport: OnnxPassport): [key: keyof OnnxPassport, words: string][] =>
  (Object.keys(passport) as (keyof OnnxPassport)[]).map((key) => [key, wordsOfValue(passport[key])]);

function wordsOfValue(value: OnnxPassport[keyof OnnxPassport]): string {
  if (value === null || value === '') return 'none';
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object' ? `genuine ${value.genuine}, forged ${value.forged}` : String(value);
}

/** A file, its owner's words, and where there is one the file with the logits that are expected. */
export const onnxRequestSchema = z.object({
  path: z.string().min(1),
  passport: onnxPassportSchema,
  parity: z.string().min(1).optional(),
});
export type OnnxRequest = z.infer<typeof onnxRequestSchema>;

/** What a network answers before it is kept: of three faces of the bundled photographs. */
export const onnxTrialSchema = z.object({
  sha256: sha256Schema,
  sizeBytes: z.number().int(),
  /** The entry of the library with this file under this passport, if there is one. */
  known: modelIdSchema.nullable(),
  scores: z.array(
    z.object({
      face: z.string(),
      logit: z.number(),
      score: probabilitySchema,
      /** The face as it was cut for this network: a PNG in base64. */
      cropPng: z.string(),
    }),
  ),
  /** Null where no logits were given to compare with. */
  parity: paritySchema.nullable(),
  remarks: z.array(z.string()),
});
export type OnnxTrial = z.infer<typeof onnxTrialSchema>;
