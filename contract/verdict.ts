// Verdict: what one model says of one face, or the reason it could not. A union that cannot say
// anything untrue: no member but `scored` carries a score, and none can be read as "authentic".

import * as z from 'zod';
import { architectureSchema, channelOrderSchema, perChannelSchema } from './architecture.ts';
import { evidenceIdSchema, faceIdSchema, modelIdSchema, type Sha256, sha256Schema, verdictIdSchema } from './brand.ts';
import { heldReasonSchema } from './domain.ts';
import type { NewFace } from './face.ts';
import { secondLookMadeSchema } from './second-look.ts';
import { instantSchema, log10LikelihoodRatioSchema, probabilitySchema } from './units.ts';
import { heldWhySchema } from './unreadable.ts';

/**
 * Which of the two propositions the score leans to, from the model's operating points: at or above
 * `high` towards forged, below `low` towards genuine, between them the workstation says that it
 * cannot tell.
 */
export const leaningSchema = z.enum(['towardsForged', 'cannotTell', 'towardsGenuine']);
export type Leaning = z.infer<typeof leaningSchema>;

/**
 * Scores from `high` up lean to forged, scores below `low` to genuine; measured on a validation
 * set, never guessed.
 */
export const operatingPointsSchema = z.object({ low: probabilitySchema, high: probabilitySchema });
export type OperatingPoints = z.infer<typeof operatingPointsSchema>;

/** What a model's verdict depends on beside the pixels. */
const ownParametersSchema = z.object({
  appVersion: z.string(),
  pipelineVersion: z.number().int().positive(),
  modelId: modelIdSchema,
  finderSha256: sha256Schema,
  /** Absent for RECCE. */
  architecture: architectureSchema.optional(),
  cropRecipe: z.string(),
  inputPx: z.number().int().positive(),
  interpolation: z.string(),
  mean: perChannelSchema,
  std: perChannelSchema,
  channelOrder: channelOrderSchema,
  runtime: z.string(),
  /**
   * Where the network that gives the score ran. The face finder always runs on the CPU, so that
   * crops do not depend on it.
   */
  provider: z.string(),
  device: z.string(),
  threads: z.number().int().positive(),
  precision: z.literal('float32'),
  decoder: z.string(),
  operatingPoints: operatingPointsSchema.nullable(),
  /**
   * SHA-256 of the canonical JSON of the validation record that calibration and domain came from;
   * null without one.
   */
  validationSha256: sha256Schema.nullable().default(null),
  /** Faces whose longer side is below this were not scored. Null where it was not recorded. */
  minimumFacePx: z.number().int().positive().nullable().default(null),
  /**
   * Pictures in one run of the network: at most so many on the CPU, always so many elsewhere. Null
   * where it was not recorded.
   */
  batch: z.number().int().positive().nullable().default(null),
  /** The logit's largest difference to the CPU's at the provider's self-test; null on the CPU. */
  logitDifference: z.number().nonnegative().nullable().default(null),
  /**
   * Name of the worker that made it (contract/farm.ts); absent where the machine with the case did.
   */
  worker: z.string().optional(),
  /** Of a model that was asked by a policy, and by what of it; absent where it judged every file. */
  secondLook: secondLookMadeSchema.optional(),
});

/** Everything needed to make the verdict again. */
export const verdictParametersSchema = ownParametersSchema.extend({
  /** Of a composite: how each of its parts was run, in their order. */
  parts: z.array(ownParametersSchema).optional(),
});
export type VerdictParameters = z.infer<typeof verdictParametersSchema>;

/** Of a file that another program decoded than is usual; of a composite for its parts as well. */
export const withDecoder = <P extends VerdictParameters>(parameters: P, decoder: string): P => ({
  ...parameters,
  decoder,
  ...(parameters.parts ? { parts: parameters.parts.map((part) => ({ ...part, decoder })) } : {}),
});

const VIEW_FIELDS = ['meanDifference', 'reconstructionSha256', 'differenceSha256', 'gateSha256'] as const;

const scoredSchema = z
  .object({
    kind: z.literal('scored'),
    logit: z.number(),
    /** sigmoid(logit): raw score, 0..1, higher is more like the forgeries of the training data. */
    score: probabilitySchema,
    /** Null where the model has no operating points: then there is only the raw score. */
    leaning: leaningSchema.nullable(),
    /** Calibrated, null where the model has no validation record. */
    log10LikelihoodRatio: log10LikelihoodRatioSchema.nullable(),
    /**
     * Mean of the difference map, 0..1. With the three pictures behind it the views of a decoder:
     * there all four, or not at all where the network has no decoder.
     */
    meanDifference: z.number().min(0).max(1).optional(),
    cropSha256: sha256Schema,
    /** PNG, 8-bit RGB, inputPx square. */
    reconstructionSha256: sha256Schema.optional(),
    /**
     * PNG, 8-bit grey, inputPx square: see contract/colour-scale.ts for what a grey value means.
     */
    differenceSha256: sha256Schema.optional(),
    /** PNG, 8-bit grey, the attention gate 0..1 at its own size. */
    gateSha256: sha256Schema.optional(),
    /** Of a composite: what each of its parts answered, in their order, of its own crop. */
    parts: z.array(z.object({ modelId: modelIdSchema, logit: z.number(), cropSha256: sha256Schema })).optional(),
  })
  .refine((scored) => [0, VIEW_FIELDS.length].includes(VIEW_FIELDS.filter((one) => scored[one] !== undefined).length), {
    error: 'The views of a decoder are there all four or not at all.',
  });

/** What a decoder gives to look at beside the score. */
export type DecoderViews = Record<Exclude<(typeof VIEW_FIELDS)[number], 'meanDifference'>, Sha256> & {
  meanDifference: number;
};

/** The views of a scored face; undefined where its network has no decoder. */
export function viewsOf(scored: z.infer<typeof scoredSchema>): DecoderViews | undefined {
  const { meanDifference, reconstructionSha256, differenceSha256, gateSha256 } = scored;
  if (meanDifference === undefined || !reconstructionSha256 || !differenceSha256 || !gateSha256) return undefined;
  return { meanDifference, reconstructionSha256, differenceSha256, gateSha256 };
}

/** What was said in place of a score. */
export const unscoredOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('outOfDomain'),
    reasons: z.array(heldReasonSchema).min(1),
    cropSha256: sha256Schema.nullable(),
  }),
  z.object({
    kind: z.literal('faceTooSmall'),
    sizePx: z.number(),
    minimumPx: z.number(),
    cropSha256: sha256Schema.nullable(),
  }),
  z.object({
    kind: z.literal('noFace'),
    /** Of a film: frames that were looked at, and all that it has. Absent in rows of older versions. */
    frames: z.object({ lookedAt: z.number().int(), of: z.number().int() }).optional(),
  }),
  z.object({ kind: z.literal('unreadable'), reason: z.string(), message: heldWhySchema }),
  z.object({ kind: z.literal('toolError'), message: z.string() }),
]);
export type UnscoredOutcome = z.infer<typeof unscoredOutcomeSchema>;

/** What was said of one face: data, never a sentence. Its words are in wording.ts. */
export const verdictOutcomeSchema = z.discriminatedUnion('kind', [scoredSchema, ...unscoredOutcomeSchema.options]);
export type VerdictOutcome = z.infer<typeof verdictOutcomeSchema>;
/** What is said of one face, or of the whole file where `face` is null. */
export type JudgedFace = { face: NewFace | null; outcome: VerdictOutcome };

export const verdictKindSchema = z.enum(['scored', 'outOfDomain', 'faceTooSmall', 'noFace', 'unreadable', 'toolError']);
export type VerdictKind = z.infer<typeof verdictKindSchema>;

/**
 * One row: key (evidence, face, model, pipelineVersion). `faceId` is null where the verdict is on
 * the whole file.
 */
export const verdictSchema = z.object({
  id: verdictIdSchema,
  evidenceId: evidenceIdSchema,
  faceId: faceIdSchema.nullable(),
  modelId: modelIdSchema,
  madeAt: instantSchema,
  outcome: verdictOutcomeSchema,
});
export type Verdict = z.infer<typeof verdictSchema>;
