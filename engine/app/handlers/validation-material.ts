// Labelled material as it is asked for: folders opened one after the other, their faces cut for the
// model that is measured, or for each part of a composite.
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import type { Model, Passport } from '../../../contract/model.ts';
import type { ValidationEvent, ValidationMaterial, ValidationRequest } from '../../../contract/validation.ts';
import type { SetDeps } from '../../datasets/faces-of-set.ts';
import { listPortraits } from '../../datasets/forgeries/portraits.ts';
import type { LabelledFile } from '../../datasets/labelled-file.ts';
import { loadLabelledSet } from '../../datasets/load-labelled-set.ts';
import { detectFaces, type PortraitSamples, portraitSamplesSchema } from '../../datasets/open-samples.ts';
import { samplesInProcess } from '../../datasets/samples-in-process.ts';
import { cropReader } from '../../validate/crop-reader.ts';
import { facesFromForgeries } from '../../validate/faces-from-forgeries.ts';
import { facesFromSet, facesOfPartsFromSet } from '../../validate/faces-from-set.ts';
import { facesOfSources, partsOfSources } from '../../validate/faces-of-sources.ts';
import type { FaceOfParts } from '../../validate/fuse-models.ts';
import type { FaceToValidate } from '../../validate/validate-model.ts';
import type { Services } from '../services.ts';
import { setDepsOf } from './faces-handler.ts';

/** Material ready to be scored. `total` counts faces or files, whichever is known. */
export type Material<F> = { faces: AsyncIterable<F>; total: number; remarks: string[]; close(): Promise<void> };

export type MaterialDeps = Pick<Services, 'decoder' | 'faceSearch' | 'installation' | 'videoDecoder'>;
/** What is asked of labelled sets. */
export type SetRequest = Pick<
  ValidationRequest,
  'folder' | 'kind' | 'margin' | 'further' | 'split' | 'compression' | 'methods' | 'minimumFacePx' | 'stability'
>;
type Progress = (event: Extract<ValidationEvent, { kind: 'progress' }>) => void;

/** Each source of the request, with what it does not say itself. */
export const sourcesOf = (request: SetRequest): SetRequest[] =>
  [request, ...request.further].map(({ split = request.split, ...source }) => ({ ...request, ...source, split }));

export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}

/**
 * The request's material one after the other. Of several, each face says which source it is from.
 */
export async function materialFor(
  deps: MaterialDeps,
  request: ValidationRequest,
  model: Model,
  say: Progress,
  signal: AbortSignal,
): Promise<Material<FaceToValidate>> {
  const { passport } = model;
  return joined(
    request,
    (one) =>
      one.kind === 'portraits'
        ? portraitMaterial(deps, { ...request, ...one }, model, say, signal)
        : labelledMaterial(deps, one, (files, reading) => facesFromSet(files, reading, passport, one)),
    facesOfSources,
  );
}

/**
 * The same for the parts of a composite. Forgeries are made at one model's size: portraits are
 * refused.
 */
export function materialForParts(
  deps: MaterialDeps,
  request: SetRequest,
  passports: readonly Passport[],
): Promise<Material<FaceOfParts>> {
  const open = async (one: SetRequest): Promise<Material<FaceOfParts>> => {
    if (one.kind === 'portraits')
      throw new RecceError(
        'VALIDATION_REFUSED',
        one.folder,
        'forgeries made of portraits are made for one model at a time; models are fused on labelled files.',
      );
    return labelledMaterial(deps, one, (files, reading) => facesOfPartsFromSet(files, reading, passports, one));
  };
  return joined(request, open, partsOfSources);
}

/** Every source opened in its turn; of several, each face says which one it is from. */
async function joined<F>(
  request: SetRequest,
  open: (one: SetRequest) => Promise<Material<F>>,
  together: (sources: readonly { name: string; faces: AsyncIterable<F> }[]) => AsyncGenerator<F>,
): Promise<Material<F>> {
  const wanted = sourcesOf(request);
  const opened: Material<F>[] = [];
  const close = async (): Promise<void> => {
    for (const material of opened) await material.close();
  };
  try {
    for (const one of wanted) opened.push(await open(one));
  } catch (error) {
    await close();
    throw error;
  }
  if (opened.length === 1) return opened[0]!;
  const names = namesOf(wanted);
  return {
    faces: together(opened.map(({ faces }, i) => ({ name: names[i]!, faces }))),
    total: opened.reduce((sum, { total }) => sum + total, 0),
    remarks: opened.flatMap(({ remarks }, i) => remarks.map((remark) => `${names[i]}: ${remark}`)),
    close,
  };
}

/** What sources are called: their folders' names, told apart by a number where two are the same. */
function namesOf(sources: readonly ValidationMaterial[]): string[] {
  const names = sources.map(({ folder, kind, margin }) =>
    [path.basename(folder), kind === 'crops' && margin > 0 ? `with a margin of ${margin}` : '']
      .filter(Boolean)
      .join(' '),
  );
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before > 0 ? `${name} (${before + 1})` : name;
  });
}

async function portraitMaterial(
  deps: Pick<Services, 'faceSearch' | 'installation'>,
  { folder, split, seed, repeats, degraded, stability }: ValidationRequest,
  { passport }: Model,
  say: Progress,
  signal: AbortSignal,
): Promise<Material<FaceToValidate>> {
  if (split === 'test')
    throw new RecceError('VALIDATION_REFUSED', folder, 'portraits have no test split; choose validation or all.');
  const { inputPx, cropRecipe, interpolation } = passport;
  const samples: PortraitSamples = portraitSamplesSchema.parse({
    kind: 'portraits',
    folder,
    split,
    facesFile: await deps.faceSearch.faceDetectionsFile(),
    seed,
    inputPx,
    cropRecipe,
    interpolation,
    ...(degraded ? {} : { degradation: null, jitter: false }),
    ...(stability ? { battery: true } : {}),
  });
  if ((await listPortraits(folder, split).catch(() => [])).length === 0)
    throw new RecceError('PATH_NOT_FOUND', folder, `no pictures of the ${split} split are in it.`);
  await detectFaces(samples, deps.faceSearch, (done, total) => {
    signal.throwIfAborted();
    say({ kind: 'progress', done, total, message: 'Pictures searched for faces' });
  });
  const source = await samplesInProcess(samples, deps.installation.children);
  return {
    faces: facesFromForgeries(source, inputPx, repeats, stability),
    total: source.count * repeats,
    remarks: [
      `Genuine portraits and forgeries made of them (seed ${seed}, ${repeats} times each): self-blended, blended in part, swapped${degraded ? '; both tilted and degraded alike' : ''}.`,
      ...source.remarks,
    ],
    close: () => source.close(),
  };
}

async function labelledMaterial<F>(
  deps: Pick<Services, 'decoder' | 'faceSearch' | 'videoDecoder'>,
  { folder, kind, margin, split, compression, methods }: SetRequest,
  facesFrom: (files: readonly LabelledFile[], reading: SetDeps) => AsyncIterable<F>,
): Promise<Material<F>> {
  const set = await loadLabelledSet(folder, { compression, methods }).catch((cause: Error) => {
    if (cause instanceof RecceError) throw cause;
    throw new RecceError('MATERIAL_REFUSED', folder, cause.message, { cause });
  });
  const files = set.files.filter((file) => split === 'all' || file.split === split);
  if (files.length === 0)
    throw new RecceError(
      'VALIDATION_REFUSED',
      folder,
      `none of its ${set.files.length} files is in the ${split} part. --split all takes every part.`,
    );
  const asInScan = setDepsOf(deps);
  const reading = kind === 'crops' ? { ...asInScan, findFaces: cropReader(deps.faceSearch, margin) } : asInScan;
  return {
    faces: facesFrom(files, reading),
    total: files.length,
    remarks: [
      `Layout: ${set.layout}${kind === 'crops' ? ', faces already cut, read as they are' : ''}.`,
      ...set.remarks,
    ],
    close: async () => {},
  };
}
