// Training run: from labelled faces and a base model to a new model. Runs belong to the
// installation, not to a case (docs/decisions/004-training.md); they survive the process that ran
// them.
import * as z from 'zod';
import { modelIdSchema } from './brand.ts';
import { trainingPlacementSchema } from './device.ts';
import { deviceSchema } from './scan.ts';
import { instantSchema } from './units.ts';

const count = z.number().int().nonnegative();

const folder = z.string().min(1).max(4096);

/**
 * Genuine portraits, one person each: forgeries are made of them in memory, anew in every epoch.
 */
const portraitDataSchema = z.object({ kind: z.literal('portraits'), folder });
/**
 * Genuine and forged faces as `recce faces extract` cut them: out of a labelled set, videos, or a
 * case's opinions.
 */
const faceDataSchema = z.object({ kind: z.literal('faces'), folder });
/** A labelled set whose pictures are faces already cut: read as they are, without the finder. */
const cropDataSchema = z.object({
  kind: z.literal('crops'),
  folder,
  /** Added on every side by reflection, as a share of the picture's longer side. */
  margin: z.number().min(0).max(0.5).default(0),
  /**
   * Forge the genuine ones in memory, as portraits are, instead of reading the set's own forgeries.
   */
  forge: z.boolean().default(false),
});
/** The share of a batch that a source has, beside the others' weights. */
const weight = z.number().positive().max(1000).default(1);

const SOURCES = [portraitDataSchema, faceDataSchema, cropDataSchema] as const;
export const trainingSourceSchema = z.discriminatedUnion('kind', SOURCES);
/** One folder and how it is read. */
export type TrainingSource = z.infer<typeof trainingSourceSchema>;

/**
 * What is learned from. Splits go by person or video, never by crop; nothing here ever reads a test
 * split.
 */
export const trainingDataSchema = z.discriminatedUnion('kind', [
  ...SOURCES,
  /** Several of them in every batch. */
  z.object({
    kind: z.literal('mixed'),
    sources: z
      .array(
        z.discriminatedUnion('kind', [
          portraitDataSchema.extend({ weight }),
          faceDataSchema.extend({ weight }),
          cropDataSchema.extend({ weight }),
        ]),
      )
      .min(1)
      .max(20),
  }),
]);
export type TrainingData = z.infer<typeof trainingDataSchema>;

/** The sources of a run, each with its weight. */
export const sourcesOf = (data: TrainingData): (TrainingSource & { weight: number })[] =>
  data.kind === 'mixed' ? data.sources : [{ ...data, weight: 1 }];

const inputPxSchema = z.number().int().min(64).max(1024);

/** Channels of the network as a share of the paper's. */
const widthSchema = z
  .number()
  .min(1 / 32)
  .max(2);

/** A model of the library, as what a run starts from. */
export const modelBaseSchema = z.object({
  kind: z.literal('model'),
  modelId: modelIdSchema,
  /**
   * Pictures of another size than the model took; the network has no weight that depends on it.
   */
  inputPx: inputPxSchema.optional(),
  /**
   * A wider network than the model's: it begins as one that computes the same, with every channel
   * there once or more often.
   */
  width: widthSchema.optional(),
});

/** What a run starts from: a model of the library, or a network that has not learned anything. */
export const trainingBaseSchema = z.discriminatedUnion('kind', [
  modelBaseSchema,
  z.object({
    kind: z.literal('fresh'),
    width: widthSchema.default(1),
    inputPx: inputPxSchema.default(299),
    cropRecipe: z.string().default('square-1.3'),
  }),
]);
export type TrainingBase = z.infer<typeof trainingBaseSchema>;

/** What the learning rate does after the warm-up, as in torch.optim.lr_scheduler. */
export const rateScheduleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('constant') }),
  z.object({ kind: z.literal('step'), stepSize: z.number().int().positive(), gamma: z.number().positive() }),
  z.object({ kind: z.literal('cosine') }),
]);

/** Everything that decides a run. The defaults are the paper's, but for batch and steps. */
export const trainingRequestSchema = z.object({
  name: z.string().min(1).max(200),
  base: trainingBaseSchema,
  data: trainingDataSchema,
  device: deviceSchema.default('auto'),
  steps: z.number().int().min(1).max(10_000_000).default(2000),
  batchSize: z.number().int().min(2).max(512).default(16),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(2021),
  /**
   * Portraits only: the largest random displacement that gives each face another shape in every
   * epoch, as a share of the face's size; 0: faces keep their shape. 0.05 makes few sitters count
   * for more.
   */
  shapeJitter: z.number().min(0).max(0.2).default(0),
  /** Prefixes of state-dict names that stay as they are, e.g. `encoder.block1.`. */
  freeze: z.array(z.string().min(1)).default([]),
  /** Keep BatchNorm's running statistics: for sets too small to measure new ones. */
  frozenStatistics: z.boolean().default(false),
  optimiser: z.enum(['adam', 'adamw']).default('adam'),
  learningRate: z.number().positive().max(1).default(2e-4),
  weightDecay: z.number().min(0).max(1).default(1e-5),
  warmupSteps: count.default(0),
  schedule: rateScheduleSchema.default({ kind: 'step', stepSize: 22_500, gamma: 0.5 }),
  /** Decay of the running average of the weights that is validated and published; null for none. */
  averageDecay: z.number().min(0).max(0.99999).nullable().default(null),
  reconstructionWeight: z.number().min(0).default(0.1),
  metricWeight: z.number().min(0).default(0.1),
  flood: z.number().min(0).default(0.04),
  /** Steps between two validations. */
  validateEvery: z.number().int().positive().default(200),
  /**
   * Faces of each source that a validation looks at: of stored ones so many, spread over the split;
   * forgeries made in memory are made anew until there are so many. Null: each face of the split
   * once.
   */
  validationFaces: z.number().int().min(2).max(1_000_000).nullable().default(null),
  /** Which figure of the validation split decides the best checkpoint. */
  selectBy: z.enum(['auc', 'accuracy', 'loss']).default('auc'),
  /** Validations without a better one after which the run stops early; null: never. */
  patience: z.number().int().positive().nullable().default(null),
  /** Put the best checkpoint into the library when the run ends. */
  publish: z.boolean().default(true),
});

const FORMER_NAMES: Readonly<Record<string, string>> = { bend: 'shapeJitter', fall: 'schedule' };
/** `schema` for a record or recipe that may be of before, when two settings had other names. */
export const withFormerNames = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (request) =>
      typeof request === 'object' && request !== null && !Array.isArray(request)
        ? Object.fromEntries(Object.entries(request).map(([name, value]) => [FORMER_NAMES[name] ?? name, value]))
        : request,
    schema,
  );

export type TrainingRequest = z.infer<typeof trainingRequestSchema>;
export type TrainingRequestInput = z.input<typeof trainingRequestSchema>;

/**
 * The paper's configuration files as a run's request, but for what it starts from and its faces,
 * which must be cut from `set`.
 */
export const readTrainingConfigSchema = z.object({
  request: trainingRequestSchema.omit({ base: true, data: true }),
  inputPx: z.number().int().positive(),
  set: z.object({
    folder: z.string(),
    compression: z.string().optional(),
    methods: z.array(z.string()).optional(),
  }),
  /** Keys that are not known here, and what is done otherwise. */
  remarks: z.array(z.string()),
});
export type ReadTrainingConfig = z.infer<typeof readTrainingConfigSchema>;

/**
 * One point of the curves: means over the steps since the point before, or figures on the
 * validation split.
 */
export const curvePointSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('training'),
    step: count,
    learningRate: z.number(),
    loss: z.number(),
    /** Cross-entropy before the flood. */
    classification: z.number(),
    reconstruction: z.number(),
    metric: z.number(),
    accuracy: z.number(),
    /** Of the faces since the point before; null when only one class was among them. */
    auc: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('validation'),
    step: count,
    loss: z.number(),
    accuracy: z.number(),
    auc: z.number().nullable(),
    /** Mean |x - reconstruction| / 2 over genuine faces, 0..1; null when there are none. */
    difference: z.number().nullable(),
    faces: count,
    /** Each source by itself, where there are several; `auc` is then the mean of theirs. */
    sources: z.array(z.object({ name: z.string(), auc: z.number().nullable(), faces: count })).optional(),
  }),
]);
export type CurvePoint = z.infer<typeof curvePointSchema>;

export const trainingStateSchema = z.enum([
  'running',
  'paused',
  /** The process that ran it ended; it goes on from its last save when resumed. */
  'interrupted',
  'done',
  'failed',
  'cancelled',
]);

/** Names the run's folder, so nothing but letters, digits and dashes. */
export const trainingRunIdSchema = z.string().regex(/^[0-9A-Za-z-]{4,64}$/);

export const trainingRunSchema = z.object({
  id: trainingRunIdSchema,
  request: withFormerNames(trainingRequestSchema),
  state: trainingStateSchema,
  message: z.string(),
  error: z.string().nullable(),
  step: count,
  secondsPerStep: z.number().nonnegative().nullable(),
  remainingMs: z.number().nonnegative().nullable(),
  /** The validation that the published weights are from. */
  best: z.object({ step: count, value: z.number() }).nullable(),
  stoppedEarly: z.boolean(),
  trainingFaces: count,
  validationFaces: count,
  /** What was left out of the data and why. */
  remarks: z.array(z.string()),
  modelId: modelIdSchema.nullable(),
  /** Where its steps are taken, chosen when it first began and kept to; absent before that. */
  placement: trainingPlacementSchema.optional(),
  /** Threads of its steps, in the record of a run from before placements were recorded. */
  threads: z.number().int().positive().optional(),
  createdAt: instantSchema,
  endedAt: instantSchema.nullable(),
});
export type TrainingRun = z.infer<typeof trainingRunSchema>;
export type TrainingRunId = TrainingRun['id'];

/**
 * A run whose record cannot be read: its files stay as they are, and it can neither go on nor be
 * discarded until `file` is put right.
 */
export const brokenRunSchema = z.object({ id: z.string(), file: z.string(), reason: z.string() });
export type BrokenRun = z.infer<typeof brokenRunSchema>;

/** What a watcher of runs is sent: a run as it is now, and a point of its curves as it comes. */
export const trainingEventSchema = z.object({ run: trainingRunSchema, point: curvePointSchema.nullable() });
export type TrainingEvent = z.infer<typeof trainingEventSchema>;

/**
 * A validation face and what the decoder makes of it at the latest validation; pictures as PNG in
 * base64.
 */
export const sampleReconstructionSchema = z.object({
  label: z.union([z.literal(0), z.literal(1)]),
  score: z.number(),
  original: z.string(),
  reconstruction: z.string(),
});
export type SampleReconstruction = z.infer<typeof sampleReconstructionSchema>;
