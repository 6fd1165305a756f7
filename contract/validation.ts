// Validation record: what a model did on a stated set of labelled faces. Error rates with
// intervals, strata, calibration of scores to likelihood ratios, and the domain in which they were
// measured. Made by engine/validate, stored with the model.
import * as z from 'zod';
import { modelIdSchema, sha256Schema } from './brand.ts';
import { MOST_PARTS } from './composite.ts';
import { domainMeasureSchema } from './domain.ts';
import { instantSchema, log10LikelihoodRatioSchema, probabilitySchema } from './units.ts';
import { type OperatingPoints, operatingPointsSchema } from './verdict.ts';
import { visibleText } from './visible-text.ts';

const count = z.number().int().nonnegative();
const interval = z.tuple([z.number(), z.number()]);

/**
 * A share of faces with its 95 % interval (bootstrap over sources where a source has several
 * faces).
 */
export const rateSchema = z.object({ count, of: count, rate: probabilitySchema, interval });
export type Rate = z.infer<typeof rateSchema>;

/**
 * One group of faces. Rates are at the operating points of the whole set; null where a group lacks
 * a class.
 */
export const stratumSchema = z.object({
  /** What the set is divided by, e.g. `compression`, `face size`, `forgery`. */
  by: z.string(),
  name: z.string(),
  genuine: count,
  forged: count,
  auc: z.number().nullable(),
  aucInterval: interval.nullable(),
  /** Genuine faces that lean towards forged. */
  falselyForged: rateSchema.nullable(),
  /** Forged faces that lean towards genuine. */
  falselyGenuine: rateSchema.nullable(),
  cannotTell: rateSchema,
});
export type Stratum = z.infer<typeof stratumSchema>;

/**
 * From a logit to log10 of the likelihood ratio P(logit | forged) / P(logit | genuine): (slope x
 * logit + intercept) / ln 10, held inside the bounds. Beyond what this many faces can support the
 * bounds are the answer (empirical lower and upper bounds, Vergeer et al. 2016, with one misleading
 * face added on each side).
 */
export const calibrationSchema = z.object({
  method: z.literal('logistic'),
  slope: z.number(),
  intercept: z.number(),
  bounds: z.tuple([log10LikelihoodRatioSchema, log10LikelihoodRatioSchema]),
  /**
   * Cost of the log likelihood ratio, measured on faces whose source was not used to fit; 0 is
   * perfect, 1 says nothing.
   */
  cllr: z.number(),
  /**
   * The same after the best monotone calibration (pool adjacent violators): what is left is
   * discrimination.
   */
  cllrMin: z.number(),
  /**
   * Steps of that calibration: from `logit` on, this log10 likelihood ratio. For comparison;
   * verdicts use the logistic one.
   */
  pav: z.array(z.object({ logit: z.number(), log10LikelihoodRatio: log10LikelihoodRatioSchema })),
  /** Share of genuine and of forged faces whose log10 likelihood ratio is at least this. */
  tippett: z.array(
    z.object({ log10LikelihoodRatio: z.number(), genuine: probabilitySchema, forged: probabilitySchema }),
  ),
  /**
   * Empirical cross-entropy by prior odds, in bits: of these ratios, of the best monotone ones, and
   * of no ratio at all.
   */
  ece: z.array(
    z.object({ priorLog10Odds: z.number(), calibrated: z.number(), minimum: z.number(), neutral: z.number() }),
  ),
  folds: z.number().int().min(2),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/**
 * Where error rates were measured. A face outside is not scored: its verdict says which measure,
 * and by how much.
 */
export const domainSchema = z.object({
  limits: z.array(z.object({ measure: domainMeasureSchema, low: z.number().nullable(), high: z.number().nullable() })),
  /**
   * Mean and spread of the classifier's features over genuine and over forged faces; null when they
   * were not kept.
   */
  features: z
    .object({
      genuine: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }),
      forged: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }),
    })
    .nullable(),
  /**
   * Part of the validation faces the limits leave outside, and the error rates of those inside and
   * outside.
   */
  inside: stratumSchema,
  outside: stratumSchema,
});
export type Domain = z.infer<typeof domainSchema>;

const correlationSchema = z.object({ value: z.number(), interval });

/** One of a composite's parts by itself, on the faces that the composite was measured on. */
export const partFiguresSchema = z.object({
  modelId: modelIdSchema,
  name: z.string(),
  auc: z.number(),
  aucInterval: interval,
  eer: z.number(),
  /** On faces whose source was not used to fit its calibration. */
  cllr: z.number(),
  cllrMin: z.number(),
});
export type PartFigures = z.infer<typeof partFiguresSchema>;

/**
 * How far two parts go wrong together. A face is wrong by a part where its likelihood ratio, by a
 * calibration fitted without its source and before it is held inside bounds, is on the other side of
 * 1. Two parts that err together say
 * little more than one.
 */
export const togetherSchema = z.object({
  /** Places of the two among the parts. */
  first: count,
  second: count,
  /** Of the log likelihood ratios (Pearson), among genuine and among forged faces; null of too few. */
  genuine: correlationSchema.nullable(),
  forged: correlationSchema.nullable(),
  wrongFirst: rateSchema,
  wrongSecond: rateSchema,
  wrongBoth: rateSchema,
  /** What `wrongBoth` would be if the errors had nothing to do with each other. */
  wrongBothByChance: probabilitySchema,
});
export type Together = z.infer<typeof togetherSchema>;

/** Of the faces that leaned, those that kept it under every alteration of the battery, or the others. */
const leanedSchema = z.object({
  /** Of these, those that leaned to what they are not. */
  wrong: rateSchema,
  /** Of all genuine faces, those that are among these and leaned to forged. */
  falselyForged: rateSchema,
  /** Of all forged faces, those that are among these and leaned to genuine. */
  falselyGenuine: rateSchema,
});
export type LeanedRates = z.infer<typeof leanedSchema>;

/**
 * What a validation found of stability (contract/stability.ts): the battery on every face. Leanings,
 * as found and altered, are by points fitted without the face's source.
 */
export const measuredStabilitySchema = z.object({
  battery: z.string().max(60),
  stable: leanedSchema,
  others: leanedSchema,
  /** The mean logit of a face as it was found and of all its alterations: a score that no verdict uses. */
  mean: z.object({
    auc: z.number(),
    aucInterval: interval,
    eer: z.number(),
    cllr: z.number(),
    cllrMin: z.number(),
    /**
     * Its AUC less that of the score itself, on the same faces (DeLong et al. 1988; faces of one
     * source are no independent ones, Obuchowski 1997). `p` of no difference, two-sided; null where
     * the faces say nothing of it.
     */
    difference: z.object({ value: z.number(), interval, p: probabilitySchema.nullable() }),
  }),
});
export type MeasuredStability = z.infer<typeof measuredStabilitySchema>;

/** What is shown beside a verdict: `elsewhere` where its record is none of this workstation's. */
export interface ShownStability extends MeasuredStability {
  elsewhere: boolean;
}
export interface ShownStabilitySchema extends z.ZodType<ShownStability> {}
export const shownStabilitySchema: ShownStabilitySchema = measuredStabilitySchema.extend({ elsewhere: z.boolean() });

const recordSchema = z.object({
  madeAt: instantSchema,
  appVersion: z.string(),
  pipelineVersion: z.number().int().positive(),
  /** What the set is, in words. */
  dataset: z.string(),
  /**
   * SHA-256 over labels and SHA-256 of every face crop, in order: the same set gives the same
   * value.
   */
  datasetSha256: sha256Schema,
  /** Persons or videos; intervals and folds go by them. */
  sources: count,
  genuine: count,
  forged: count,
  /** Files and faces of the set that gave no score, by reason. */
  notScored: z.array(z.object({ reason: z.string(), count })),
  auc: z.number(),
  aucInterval: interval,
  eer: z.number(),
  eerThreshold: probabilitySchema,
  /** At score 0.5, and natural-log loss of the raw score. */
  accuracy: probabilitySchema,
  logLoss: z.number(),
  /** From (0, 0) to (1, 1); at most a few hundred points. */
  roc: z.array(z.object({ falsePositive: probabilitySchema, truePositive: probabilitySchema, threshold: z.number() })),
  /**
   * The rate at which the operating points were set: genuine faces at or above
   * `high`, forged ones below `low`.
   */
  operatingRate: probabilitySchema,
  falselyForged: rateSchema,
  falselyGenuine: rateSchema,
  cannotTell: rateSchema,
  strata: z.array(stratumSchema),
  /**
   * AUC of the difference map's pixels against the masks of what was changed; null where there are
   * no masks.
   */
  localisation: z.object({ pixelAuc: z.number(), interval, faces: count }).nullable(),
  calibration: calibrationSchema,
  domain: domainSchema.nullable(),
  remarks: z.array(z.string()),
  /** Folders of the set of which the model learned a part; absent where none is known. */
  learnedFrom: z.array(z.string()).optional(),
  /** Of a composite. `of`: each part by itself on the same faces; `together`: every two of them. */
  parts: z.object({ of: z.array(partFiguresSchema), together: z.array(togetherSchema) }).optional(),
  /** Absent where the battery was not tried. */
  stability: measuredStabilitySchema.optional(),
});
/**
 * An interface, and its schema named by it: the contract's inferred types stay short enough for the
 * compiler to write down.
 */
export interface ValidationRecord extends z.infer<typeof recordSchema> {}
/** As read from a file, before its digest is branded. */
export interface ValidationRecordInput extends z.input<typeof recordSchema> {}
export const validationRecordSchema: z.ZodType<ValidationRecord, ValidationRecordInput> = recordSchema;

const splitSchema = z.enum(['training', 'validation', 'test', 'all']);

const materialSchema = z.object({
  folder: z.string().min(1).max(4096),
  /**
   * `labelled`: a set in one of the known layouts. `crops`: the same, but its pictures are faces
   * already cut, which are read as they are. `portraits`: genuine portraits, one person each,
   * forged in memory.
   */
  kind: z.enum(['labelled', 'crops', 'portraits']).default('labelled'),
  /** Of crops: added on every side by reflection, as a share of the picture's longer side. */
  margin: z.number().min(0).max(0.5).default(0),
});
/** Labelled faces in a folder, and how they are read. */
export type ValidationMaterial = z.infer<typeof materialSchema>;

/** An AUC whose whole interval lies below this is no bad luck: the outputs mean the opposite. */
const REVERSED_BELOW = 0.5;

/**
 * What must be said of a record beside its figures; undefined where nothing must. A model that was
 * imported with the wrong class map, or fed with the wrong size, gives figures like any other.
 */
export function areaWarning({ auc, aucInterval }: Pick<ValidationRecord, 'auc' | 'aucInterval'>): string | undefined {
  const [low, high] = aucInterval;
  if (high < REVERSED_BELOW)
    return `The AUC of ${auc.toFixed(3)} lies below 0.5: genuine and forged are the wrong way round. The weights were perhaps trained with real = 1; correct the model's class map.`;
  if (low <= REVERSED_BELOW)
    return `The AUC of ${auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}) cannot be told from chance: on this material the model says nothing. Check its input size, crop and class map.`;
  return undefined;
}

/** Undefined for a record that holds no face that the model is known to have learned from. */
export const learnedWarning = ({ learnedFrom = [] }: Pick<ValidationRecord, 'learnedFrom'>): string | undefined =>
  learnedFrom.length === 0
    ? undefined
    : `It was measured in part on faces that it had learned from (${learnedFrom.map(visibleText).join(', ')}). On these its figures are better than on any others: validate it on persons that it has not seen.`;

/** A validation: which model, on which labelled material. */
export const validationRequestSchema = materialSchema.extend({
  /** The default model when absent. */
  modelId: modelIdSchema.optional(),
  /** Further sources: rates are then given for each source, too. */
  further: z
    .array(materialSchema.extend({ split: splitSchema.optional() }))
    .max(20)
    .default([]),
  split: splitSchema.default('all'),
  /** Of a FaceForensics++ set: one compression, some methods. */
  compression: z.string().max(20).optional(),
  methods: z.array(z.string().max(60)).optional(),
  /**
   * Of portraits: chance, and how often each sitter is seen, each time with other forgeries and
   * degradations.
   */
  seed: z.number().int().nonnegative().max(0xffffffff).default(1),
  repeats: z.number().int().min(1).max(100).default(4),
  /**
   * Of portraits: false measures them as they are, neither compressed, resized, blurred nor tilted.
   */
  degraded: z.boolean().default(true),
  /** Also what becomes of every face under the battery: a dozen pictures are scored for one. */
  stability: z.boolean().default(false),
  /** Share of genuine faces that may lean to forged, and of forged to genuine. */
  operatingRate: z.number().min(0).max(0.5).default(0.05),
  minimumFacePx: z.number().int().min(8).max(2000).default(40),
  /** What the set is, for the record; its folder's name when absent. */
  dataset: z.string().max(500).optional(),
  /** Keep the record with the model, so that its verdicts carry leanings and ratios from now on. */
  keep: z.boolean().default(true),
});
export type ValidationRequest = z.infer<typeof validationRequestSchema>;

const validationEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: count, total: count.nullable(), message: z.string() }),
  z.object({ kind: z.literal('done'), record: recordSchema, operatingPoints: operatingPointsSchema }),
]);
/** What a running validation says: how far it is, and at the end its record. */
export type ValidationEvent =
  | { kind: 'progress'; done: number; total: number | null; message: string }
  | { kind: 'done'; record: ValidationRecord; operatingPoints: OperatingPoints };
/** As it crosses the wire, before digests are branded. */
export interface ValidationEventInput extends z.input<z.ZodObject<{ event: typeof validationEvent }>> {}
export const validationEventSchema: z.ZodType<ValidationEvent, ValidationEventInput['event']> = validationEvent;

/** Models to be made one, and the labelled faces that their fusion is fitted and measured on. */
export const fusionRequestSchema = validationRequestSchema
  .omit({ modelId: true, keep: true, seed: true, repeats: true, degraded: true })
  .extend({
    parts: z.array(modelIdSchema).min(2).max(MOST_PARTS),
    /** What the new model is called. */
    name: z.string().min(1).max(200),
  });
export type FusionRequest = z.infer<typeof fusionRequestSchema>;

export const fusionEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: count, total: count.nullable(), message: z.string() }),
  z.object({ kind: z.literal('done'), modelId: modelIdSchema }),
]);
/** What a running fusion says: how far it is, and at the end the new model. */
export type FusionEvent = z.infer<typeof fusionEventSchema>;
