// From a description that can be written down, stored with a run and sent to another process, to
// the samples themselves.
import * as z from 'zod';
import { cropSource, listCrops } from './crop-source.ts';
import { detectInPictures, type FaceSource, readFaceDetections } from './face-detections.ts';
import { faceFolderSource } from './face-folder-source.ts';
import { cropPortraits } from './forgeries/crop-portraits.ts';
import { type ForgeryOptions, type ForgerySource, forgerySource } from './forgeries/forgery-source.ts';
import { listPortraits, readPortraits } from './forgeries/portraits.ts';
import type { LabelledFile } from './labelled-file.ts';
import type { SampleSource } from './samples.ts';

const share = z.number().min(0);

/**
 * Forgeries made on the fly from a folder of genuine portraits, one person each. Every field is
 * part of a run's record.
 */
export const portraitSamplesSchema = z.object({
  kind: z.literal('portraits'),
  folder: z.string().min(1),
  split: z.enum(['training', 'validation', 'all']),
  /** Where the finder's boxes and landmarks of these pictures are kept (see face-detections.ts). */
  facesFile: z.string().min(1),
  seed: z.number().int().nonnegative(),
  inputPx: z.number().int().min(64).max(1024),
  cropRecipe: z.string().default('square-1.3'),
  /** Resizing rule of the model's passport; the recipe's own way when absent. */
  interpolation: z.string().optional(),
  forgeries: z.object({ selfBlend: share, partBlend: share, swap: share }).optional(),
  /** Null: pictures as they are. */
  degradation: z
    .object({ none: share, resize: share, blur: share, noise: share, colour: share, jpeg: share })
    .nullable()
    .optional(),
  jitter: z.boolean().optional(),
  shapeJitter: z.number().min(0).max(0.2).optional(),
  /** Of a validation: the battery's pictures of each as well (contract/stability.ts). */
  battery: z.literal(true).optional(),
});
export type PortraitSamples = z.infer<typeof portraitSamplesSchema>;

/** Faces extracted from a labelled set or a case (`recce faces extract`). */
export const folderSamplesSchema = portraitSamplesSchema
  .omit({ kind: true, split: true, facesFile: true, forgeries: true, shapeJitter: true, battery: true })
  .extend({ kind: z.literal('faces'), split: z.enum(['training', 'validation', 'test', 'all']) });

/** A labelled set whose pictures are faces already cut; see the contract's training data. */
export const cropSamplesSchema = portraitSamplesSchema.omit({ battery: true }).extend({
  kind: z.literal('crops'),
  split: z.enum(['training', 'validation', 'test', 'all']),
  margin: z.number().min(0).max(0.5),
  forge: z.boolean(),
});
export type CropSamples = z.infer<typeof cropSamplesSchema>;

/** Any description of samples. */
export const samplesSchema = z.discriminatedUnion('kind', [
  portraitSamplesSchema,
  folderSamplesSchema,
  cropSamplesSchema,
]);
export type Samples = z.infer<typeof samplesSchema>;
export type SamplesInput = z.input<typeof samplesSchema>;

/**
 * Samples with what was left out and why, for the run's log. Only forgeries made here come with
 * masks.
 */
export type OpenedSamples = SampleSource & Partial<ForgerySource> & { readonly remarks: readonly string[] };

/**
 * Landmarks of cut faces are kept apart: the same picture looked at whole may have another face.
 */
const cropsFile = (facesFile: string): string => `${facesFile}.crops`;

/** What finds faces in a picture, and the landmarks of a face that fills it. */
export type DetectionDeps = { facesOf: FaceSource; faceOfCrop: FaceSource };

/**
 * Finds the faces of a description's pictures where they are not known yet; 31 ms a picture, once.
 */
export async function detectFaces(
  samples: PortraitSamples | CropSamples,
  { facesOf, faceOfCrop }: DetectionDeps,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const { folder, facesFile } = samples;
  if (samples.kind === 'portraits')
    await detectInPictures(await listPortraits(folder, samples.split), facesFile, facesOf, onProgress);
  else {
    const genuine = (await listCrops(folder, samples.split)).filter(({ label }) => label === 0);
    const pictures = genuine.map((file) => file.path);
    await detectInPictures(pictures, cropsFile(facesFile), faceOfCrop, onProgress);
  }
}

/**
 * Opens what is described. Faces must have been placed; a picture without one is left out and
 * named.
 */
export async function openSamples(samples: Samples): Promise<OpenedSamples> {
  if (samples.kind === 'faces') return faceFolderSource(samples);
  if (samples.kind === 'portraits') return openPortraitSamples(samples);
  const files = await listCrops(samples.folder, samples.split);
  return samples.forge ? openForgedCrops(samples, files) : cropSource(files, samples);
}

async function openForgedCrops(samples: CropSamples, files: readonly LabelledFile[]): Promise<OpenedSamples> {
  const places = await readFaceDetections(cropsFile(samples.facesFile));
  const { portraits, without } = await cropPortraits(files, places, samples);
  if (portraits.length < 2)
    throw new Error(`${samples.folder}: fewer than two genuine faces of the ${samples.split} split can be forged.`);
  const remarks = without > 0 ? [`Without landmarks, left out: ${without} faces.`] : [];
  return { ...forgerySource(portraits, optionsFrom(samples)), remarks };
}

/** As openSamples, with masks. */
export async function openPortraitSamples(
  samples: PortraitSamples,
): Promise<ForgerySource & { readonly remarks: readonly string[] }> {
  const pictures = await listPortraits(samples.folder, samples.split);
  const places = await readFaceDetections(samples.facesFile);
  const { portraits, withoutFace } = await readPortraits(pictures, places, samples.inputPx);
  if (portraits.length === 0)
    throw new Error(`${samples.folder}: no picture of the ${samples.split} split has a face that was placed.`);
  const remarks = withoutFace.length > 0 ? [`Without a face, left out: ${withoutFace.join(', ')}`] : [];
  return { ...forgerySource(portraits, optionsFrom(samples)), remarks };
}

const optionsFrom = ({
  seed,
  inputPx,
  cropRecipe,
  ...more
}: Omit<PortraitSamples, 'kind' | 'split'>): ForgeryOptions => ({
  seed,
  inputPx,
  cropRecipe,
  ...(more.interpolation === undefined ? {} : { interpolation: more.interpolation }),
  ...(more.forgeries ? { forgeries: more.forgeries } : {}),
  ...(more.degradation === undefined ? {} : { degradation: more.degradation }),
  ...(more.jitter === undefined ? {} : { jitter: more.jitter }),
  ...(more.shapeJitter ? { shapeJitter: more.shapeJitter } : {}),
  ...(more.battery ? { battery: true } : {}),
});
