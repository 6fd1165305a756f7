// Model: an immutable weights file with its passport, its self-test and, if it has one, its
// validation record.
import * as z from 'zod';
import { architectureSchema, channelOrderSchema, onnxInterfaceSchema, perChannelSchema } from './architecture.ts';
import { modelIdSchema, sha256Schema } from './brand.ts';
import { compositeSchema } from './composite.ts';
import { instantSchema } from './units.ts';
import { validationRecordSchema } from './validation.ts';
import { operatingPointsSchema } from './verdict.ts';

/**
 * Which output means what: RECCE's own code trains towards forged = 1; other trainers label real =
 * 1.
 */
export const classMapSchema = z.union([
  z.object({ genuine: z.literal(0), forged: z.literal(1) }),
  z.object({ genuine: z.literal(1), forged: z.literal(0) }),
]);
export type ClassMap = z.infer<typeof classMapSchema>;
/** That of the paper. */
export const FORGED_IS_ONE: ClassMap = { genuine: 0, forged: 1 };

/** How the tensors lie in the file, and by which of its habits it is known. */
export const containerSchema = z.enum(['zip', 'legacy', 'safetensors', 'recce', 'onnx', 'composite']);
export const layoutSchema = z.enum([
  'bare',
  'trainer',
  'ddp',
  'wrapped',
  'deepfakebench',
  'recce',
  'published',
  'onnx',
  'composite',
]);

/** Side of the square that a network is fed, in pixels. */
export const inputPxSchema = z.number().int().min(64).max(1024);

/** Logits that an owner expected of pictures of their own, and that came out within `tolerance`. */
export const paritySchema = z.object({
  /** Of the file that says which pictures and logits. */
  sha256: sha256Schema,
  pictures: z.number().int().positive(),
  tolerance: z.number().positive(),
  /** Largest difference of a logit. */
  largest: z.number().nonnegative(),
});
export type Parity = z.infer<typeof paritySchema>;

/**
 * Where a weights file comes from and how it must be fed. Everything a score depends on besides the
 * pixels.
 */
export const passportSchema = z.object({
  /** Absent in records of RECCE. */
  architecture: architectureSchema.optional(),
  /**
   * False for a network without a decoder: it gives no reconstruction, difference or attention.
   * Absent in records of RECCE, which has one.
   */
  decoder: z.boolean().optional(),
  /** Present for `onnx`. */
  onnx: onnxInterfaceSchema.optional(),
  /** Present where the owner of an `onnx` network gave logits to compare with, and they held. */
  parity: paritySchema.optional(),
  /**
   * Present for `composite`. Its faces are shown as its first part is fed: size, recipe, mean and the
   * like are that part's, and every part is fed by its own passport.
   */
  composite: compositeSchema.optional(),
  sha256: sha256Schema,
  sizeBytes: z.number().int().positive(),
  container: containerSchema,
  layout: layoutSchema,
  /** Of RECCE alone: its channels relative to the published network's. */
  width: z.number().positive().optional(),
  /** Output rows of the classifier as found; two are folded exactly into one logit. */
  numClasses: z.union([z.literal(1), z.literal(2)]),
  /**
   * Where genuine is 1 the logit is turned round before anything is made of it: a score always
   * speaks for forged.
   */
  classMap: classMapSchema,
  inputPx: z.number().int().positive(),
  cropRecipe: z.string(),
  interpolation: z.string(),
  mean: perChannelSchema,
  std: perChannelSchema,
  channelOrder: channelOrderSchema,
  /**
   * Fields the weights cannot tell (size, recipe, interpolation):
   * `declared` by the importer or a card, else `assumed` from the layout.
   */
  geometry: z.enum(['declared', 'assumed']),
  licence: z.string(),
  /** Tensors of the file that the network does not use, by prefix and count. */
  dropped: z.array(z.object({ prefix: z.string(), count: z.number().int() })),
  remarks: z.array(z.string()),
});
export type Passport = z.infer<typeof passportSchema>;

/**
 * Does the decoder reconstruct genuine faces? Mean L1 of the difference on the bundled photographs,
 * against that of answering with each picture's mean colour. An untrained decoder fails, and its
 * reconstruction is shown as not evidence.
 */
export const decoderTestSchema = z.object({
  passed: z.boolean(),
  meanDifference: z.number(),
  meanColourDifference: z.number(),
  faces: z.number().int(),
});
export type DecoderTest = z.infer<typeof decoderTestSchema>;

export const modelSchema = z.object({
  id: modelIdSchema,
  name: z.string(),
  /** Sentences for people: what it is, what it was trained on, what it must not be used for. */
  description: z.string(),
  limits: z.string(),
  /** True for the shipped model: the window, the command line and every report page say so. */
  demonstration: z.boolean(),
  parentId: modelIdSchema.nullable(),
  passport: passportSchema,
  decoderTest: decoderTestSchema.nullable(),
  validation: validationRecordSchema.nullable(),
  /**
   * Null for a model without a validation record: its verdicts carry a raw score and no leaning.
   */
  operatingPoints: operatingPointsSchema.nullable(),
  addedAt: instantSchema,
  /** Folders that it learned from, and those of the models that it was trained on from. */
  trainedOn: z.array(z.string()).optional(),
  /**
   * Present for an entry that corrects how another one's weights are fed: that entry, which stays
   * as it is for the verdicts made with it.
   */
  corrects: modelIdSchema.optional(),
  /**
   * Present for a model that is no longer to be used: older verdicts keep it, and no scan, training
   * or validation begins with it.
   */
  retired: z.object({ at: instantSchema, reason: z.string() }).optional(),
  /**
   * Present for a model that came with a portable case: which one, and the SHA-256 of the
   * validation record on its card, which was made elsewhere. That record is kept as a document and
   * never used here; the model's own test of its decoder is made here.
   */
  cameWith: z.object({ file: z.string(), fileSha256: sha256Schema, foreignRecord: sha256Schema.nullable() }).optional(),
});
/** Interfaces: see `namedModelSchema`. */
export interface Model extends z.infer<typeof modelSchema> {}
export interface ModelInput extends z.input<typeof modelSchema> {}
/** The same by its name: the contract's inferred types stay short enough for the compiler to write down. */
export const namedModelSchema: z.ZodType<Model, ModelInput> = modelSchema;

/**
 * What can be told from a weights file before it is taken in; what it does not say has to be
 * declared.
 */
export const weightsFactsSchema = passportSchema
  .pick({
    architecture: true,
    decoder: true,
    sha256: true,
    sizeBytes: true,
    container: true,
    layout: true,
    width: true,
    numClasses: true,
    dropped: true,
    remarks: true,
  })
  .extend({
    /**
     * The input size that the file itself states; null where it states none, and `model.import` has
     * to be told.
     */
    inputPx: inputPxSchema.nullable(),
    /** What is usual for files of this layout: a hint for whoever declares it. */
    usual: z.object({
      inputPx: inputPxSchema,
      cropRecipe: z.string(),
      licence: z.string(),
      /** The class that means forged, as its authors trained it; null: it has to be declared. */
      forged: z.union([z.literal(0), z.literal(1)]).nullable(),
    }),
    /** The entry of the library with these weights, if there is one. */
    known: modelIdSchema.nullable(),
  });
export type WeightsFacts = z.infer<typeof weightsFactsSchema>;

/** What an importer declares of weights, and what a correction may say anew. */
export const modelDeclarationSchema = z.object({
  name: z.string().min(1).max(200).optional(),
  inputPx: inputPxSchema.optional(),
  cropRecipe: z.string().max(60).optional(),
  classMap: classMapSchema.optional(),
  licence: z.string().max(500).optional(),
});
export type ModelDeclaration = z.infer<typeof modelDeclarationSchema>;

/**
 * A model of the library whose card or validation record cannot be read: it gives no scores until
 * `file` is put right.
 */
export const brokenModelSchema = z.object({ name: z.string(), file: z.string(), reason: z.string() });
export type BrokenModel = z.infer<typeof brokenModelSchema>;
