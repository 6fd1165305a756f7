// Scan: what to look at, with which model, on which device.
import * as z from 'zod';
import { modelIdSchema } from './brand.ts';
import { providerSchema } from './device.ts';
import { DEFAULT_SAMPLING, samplingSchema } from './video.ts';

/** `auto` takes the fastest provider that passes its self-test. */
export const deviceSchema = z.enum(['auto', ...providerSchema.options]);
export type Device = z.infer<typeof deviceSchema>;

export const scanRequestSchema = z.object({
  /** Files and folders, absolute. Empty: every evidence file already in the case. */
  paths: z.array(z.string().min(1)).max(100_000),
  /** The default model when absent. */
  modelId: modelIdSchema.optional(),
  device: deviceSchema.default('auto'),
  /** Faces whose longer side is below this are not scored but reported as too small. */
  minimumFacePx: z.number().int().min(8).max(2000).default(40),
  /** Which frames of videos are looked at. */
  video: samplingSchema.default(DEFAULT_SAMPLING),
});
export type ScanRequest = z.infer<typeof scanRequestSchema>;
