// Devices: what this machine can run networks on, what each one's self-test found, and what was
// chosen of them.
import * as z from 'zod';
import { modelIdSchema } from './brand.ts';
import { instantSchema } from './units.ts';

/** ONNX Runtime's execution providers, the one to be preferred first. */
export const providerSchema = z.enum(['tensorrt', 'cuda', 'dml', 'coreml', 'webgpu', 'cpu']);
export type Provider = z.infer<typeof providerSchema>;

/**
 * How far an output of another provider may lie from the CPU's: |other - cpu| <= absolute +
 * relative * |cpu|. The logit's is the tolerance of a rerun (contract/rerun.ts); of pictures and
 * maps it is half of one 8-bit step, so that the stored PNG files differ by one step at most.
 */
export const SELF_TEST_TOLERANCE: Readonly<Record<string, { absolute: number; relative: number }>> = {
  logit: { absolute: 1e-3, relative: 1e-3 },
  reconstruction: { absolute: 1 / 255, relative: 0 },
  difference: { absolute: 1 / 510, relative: 0 },
  gate: { absolute: 1 / 510, relative: 0 },
  features: { absolute: 1e-3, relative: 1e-3 },
};

/**
 * How far one training step on another provider may lie from the CPU's: of each output
 * ||other - cpu|| / ||cpu|| (L2) at most, where a norm below a thousandth of the largest of its kind
 * counts as that thousandth. A step's losses and logits are a few numbers each; BatchNorm's
 * statistics are sums over a batch; gradients pass through every ReLU and maximum twice, where a
 * difference in the last bit may choose another way.
 */
export const STEP_TOLERANCE = { losses: 1e-3, statistics: 1e-3, gradients: 1e-2 } as const;
export type StepDifferences = Record<keyof typeof STEP_TOLERANCE, number>;

/** One way of running the network and how fast it went. */
export const speedSchema = z.object({
  threads: z.number().int().positive(),
  batch: z.number().int().positive(),
  picturesPerSecond: z.number().positive(),
});
export type Speed = z.infer<typeof speedSchema>;

/**
 * `usable`: it gives the CPU's answer. `wrong`: it gives another.
 * `failed`: it could not be run. `untested`: it is there and nobody has asked. `absent`: it is not
 * there.
 */
export const providerStateSchema = z.enum(['usable', 'wrong', 'failed', 'untested', 'absent']);

/** One provider and what its self-test found. */
export const providerReportSchema = z.object({
  provider: providerSchema,
  state: providerStateSchema,
  /** A sentence: why it is not used, or that it was found right. */
  detail: z.string(),
  /** True where it leaves some operators of the network to the CPU. */
  mixed: z.boolean(),
  /**
   * Largest |other - cpu| of each output on the self-test's pictures; null where there was no
   * answer to compare.
   */
  differences: z.record(z.string(), z.number().nonnegative()).nullable(),
  /** Empty where it was not measured. */
  speeds: z.array(speedSchema),
});
export type ProviderReport = z.infer<typeof providerReportSchema>;

/** Where and how a network runs. Recorded in every verdict that is made there. */
export const placementSchema = z.object({
  provider: providerSchema,
  /** True where the provider leaves some operators of the network to the CPU. */
  mixed: z.boolean(),
  /** Threads of one run on the CPU. */
  threads: z.number().int().positive(),
  /** Pictures in one run; at most so many on the CPU, always so many elsewhere. */
  batch: z.number().int().positive(),
  /** Processor, or graphics adapters with their driver as far as the system names them. */
  device: z.string(),
  /** The logit's largest difference to the CPU's at the self-test; null on the CPU itself. */
  logitDifference: z.number().nonnegative().nullable(),
});
export type Placement = z.infer<typeof placementSchema>;

/** Where and how a training run takes its steps. Recorded in the run. */
export const trainingPlacementSchema = z.object({
  ...placementSchema.pick({ provider: true, mixed: true, threads: true, device: true }).shape,
  /**
   * Of one step on the run's own network and batch size, the worst output of each kind as
   * STEP_TOLERANCE measures it; null on the CPU.
   */
  differences: z
    .object({ losses: z.number(), statistics: z.number(), gradients: z.number() } satisfies Record<
      keyof typeof STEP_TOLERANCE,
      z.ZodNumber
    >)
    .nullable(),
  /** A sentence: why it was taken. */
  reason: z.string(),
});
export type TrainingPlacement = z.infer<typeof trainingPlacementSchema>;

/** What was found out about one model on this machine. */
export const deviceReportSchema = z.object({
  modelId: modelIdSchema,
  modelName: z.string(),
  runtime: z.string(),
  processor: z.string(),
  cores: z.number().int().positive(),
  /** Graphics adapters as the system names them. */
  adapters: z.array(z.string()),
  /** Null where nothing is measured because the choice is fixed. */
  measuredAt: instantSchema.nullable(),
  providers: z.array(providerReportSchema),
  /** What `auto` takes, and why. */
  chosen: placementSchema,
  reason: z.string(),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;
