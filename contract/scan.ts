// Scan: what to look at, with which models, on which device.
import * as z from 'zod';
import { type ModelId, modelIdSchema } from './brand.ts';
import { providerSchema } from './device.ts';
import { secondLookSchema } from './second-look.ts';
import { DEFAULT_SAMPLING, samplingSchema } from './video.ts';

/** `auto` takes the fastest provider that passes its self-test. */
export const deviceSchema = z.enum(['auto', ...providerSchema.options]);
export type Device = z.infer<typeof deviceSchema>;

/** Models of one scan. */
export const MOST_MODELS = 8;

export const scanRequestSchema = z.object({
  /** Files and folders, absolute. Empty: every evidence file already in the case. */
  paths: z.array(z.string().min(1)).max(100_000),
  /** The default model when absent. */
  modelId: modelIdSchema.optional(),
  /**
   * Models that judge the same faces in the same pass: every file is read and searched once, and
   * each model cuts by its own recipe and has its own verdicts.
   */
  furtherModelIds: z
    .array(modelIdSchema)
    .max(MOST_MODELS - 1)
    .default([]),
  /** Absent: every model judges every file. */
  secondLook: secondLookSchema.optional(),
  device: deviceSchema.default('auto'),
  /** Faces whose longer side is below this are not scored but reported as too small. */
  minimumFacePx: z.number().int().min(8).max(2000).default(40),
  /** Which frames of videos are looked at. */
  video: samplingSchema.default(DEFAULT_SAMPLING),
});
export type ScanRequest = z.infer<typeof scanRequestSchema>;

/** The models of a scan, each once, as it was queued. */
export const modelsOfScan = ({
  modelId,
  furtherModelIds = [],
}: Partial<Pick<ScanRequest, 'modelId' | 'furtherModelIds'>>): ModelId[] => [
  ...new Set([...(modelId ? [modelId] : []), ...furtherModelIds]),
];
