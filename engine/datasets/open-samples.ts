// From a description that can be written down, stored with a run and sent to another process, to the samples themselves.
import * as z from 'zod';
import { faceFolderSource } from './face-folder-source.ts';
import { type FaceSource, findFacePlaces, readFacePlaces } from './face-places.ts';
import { type ForgeryOptions, type ForgerySource, forgerySource } from './forgeries/forgery-source.ts';
import { listPortraits, readPortraits } from './forgeries/portraits.ts';
import type { SampleSource } from './samples.ts';

const share = z.number().min(0);

/** Forgeries made on the fly from a folder of genuine portraits, one person each. Every field is part of a run's record. */
export const portraitSamplesSchema = z.object({
  kind: z.literal('portraits'),
  folder: z.string().min(1),
  split: z.enum(['training', 'validation', 'all']),
  /** Where the finder's boxes and landmarks of these pictures are kept (see face-places.ts). */
  facesFile: z.string().min(1),
  seed: z.number().int().nonnegative(),
  inputPx: z.number().int().min(64).max(1024),
  cropRecipe: z.string().default('square-1.3'),
  forgeries: z.object({ selfBlend: share, partBlend: share, swap: share }).optional(),
  /** Null: pictures as they are. */
  degradation: z
    .object({ none: share, resize: share, blur: share, noise: share, colour: share, jpeg: share })
    .nullable()
    .optional(),
  jitter: z.boolean().optional(),
  bend: z.number().min(0).max(0.2).optional(),
});
export type PortraitSamples = z.infer<typeof portraitSamplesSchema>;

/** Faces extracted from a labelled set or a case (`recce faces extract`). */
export const folderSamplesSchema = portraitSamplesSchema
  .omit({ kind: true, split: true, facesFile: true, forgeries: true, bend: true })
  .extend({ kind: z.literal('faces'), split: z.enum(['training', 'validation', 'test', 'all']) });

/** Any description of samples. */
export const samplesSchema = z.discriminatedUnion('kind', [portraitSamplesSchema, folderSamplesSchema]);
export type Samples = z.infer<typeof samplesSchema>;
export type SamplesInput = z.input<typeof samplesSchema>;

/** Samples with what was left out and why, for the run's log. Only forgeries made here come with masks. */
export type OpenedSamples = SampleSource & Partial<ForgerySource> & { readonly remarks: readonly string[] };

/** Finds the faces of a description's pictures where they are not known yet; 31 ms a picture, once. */
export async function placeFaces(
  samples: PortraitSamples,
  facesOf: FaceSource,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  await findFacePlaces(await listPortraits(samples.folder, samples.split), samples.facesFile, facesOf, onProgress);
}

/** Reads the pictures into memory. Faces must have been placed; a picture without one is left out and named. */
export const openSamples = async (samples: Samples): Promise<OpenedSamples> =>
  samples.kind === 'faces' ? faceFolderSource(samples) : openPortraitSamples(samples);

/** As openSamples, with masks. */
export async function openPortraitSamples(
  samples: PortraitSamples,
): Promise<ForgerySource & { readonly remarks: readonly string[] }> {
  const pictures = await listPortraits(samples.folder, samples.split);
  const places = await readFacePlaces(samples.facesFile);
  const { portraits, withoutFace } = await readPortraits(pictures, places, samples.inputPx);
  if (portraits.length === 0)
    throw new Error(`${samples.folder}: no picture of the ${samples.split} split has a face that was placed.`);
  const remarks = withoutFace.length > 0 ? [`Without a face, left out: ${withoutFace.join(', ')}`] : [];
  return { ...forgerySource(portraits, optionsFrom(samples)), remarks };
}

const optionsFrom = ({ seed, inputPx, cropRecipe, ...more }: PortraitSamples): ForgeryOptions => ({
  seed,
  inputPx,
  cropRecipe,
  ...(more.forgeries ? { forgeries: more.forgeries } : {}),
  ...(more.degradation === undefined ? {} : { degradation: more.degradation }),
  ...(more.jitter === undefined ? {} : { jitter: more.jitter }),
  ...(more.bend ? { bend: more.bend } : {}),
});
