// The handler of `model.validate`: labelled faces from a folder, through the model, to a record
// that is kept with it.
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import type { Model } from '../../../contract/model.ts';
import type { ValidationEvent, ValidationMaterial, ValidationRequest } from '../../../contract/validation.ts';
import { eventsOf } from '../../async/events-of.ts';
import { listPortraits } from '../../datasets/forgeries/portraits.ts';
import { loadLabelledSet } from '../../datasets/load-labelled-set.ts';
import { detectFaces, type PortraitSamples, portraitSamplesSchema } from '../../datasets/open-samples.ts';
import { samplesInProcess } from '../../datasets/samples-in-process.ts';
import { PIPELINE_VERSION } from '../../examine/pipeline-version.ts';
import { cropReader } from '../../validate/crop-reader.ts';
import { facesFromForgeries } from '../../validate/faces-from-forgeries.ts';
import { facesFromSet } from '../../validate/faces-from-set.ts';
import { facesOfSources } from '../../validate/faces-of-sources.ts';
import { learnedFrom } from '../../validate/learned-from.ts';
import { type FaceToValidate, validateModel } from '../../validate/validate-model.ts';
import type { Services } from '../services.ts';
import { setDepsOf } from './faces-handler.ts';

/** Material ready to be scored. `total` counts faces or files, whichever is known. */
type Material = { faces: AsyncIterable<FaceToValidate>; total: number; remarks: string[]; close(): Promise<void> };

type Progress = (event: Extract<ValidationEvent, { kind: 'progress' }>) => void;

/** Runs the validation, saying how far it is; the last event is its record. */
export const validate = (
  deps: Pick<Services, 'decoder' | 'faceSearch' | 'installation' | 'library' | 'loadedModels' | 'videoDecoder'>,
  request: ValidationRequest,
): AsyncGenerator<ValidationEvent> => eventsOf((say, signal) => runValidation(deps, request, say, signal));

async function runValidation(
  deps: Pick<Services, 'decoder' | 'faceSearch' | 'installation' | 'library' | 'loadedModels' | 'videoDecoder'>,
  request: ValidationRequest,
  say: (event: ValidationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const model = await deps.library.choose(request.modelId);
  const { compute } = await deps.loadedModels.place(model, 'cpu');
  const material = await materialFor(deps, request, model, say, signal);
  try {
    const learned = await learnedFrom(model, sourcesOf(request));
    const facts = {
      madeAt: new Date().toISOString(),
      appVersion: deps.installation.appVersion,
      pipelineVersion: PIPELINE_VERSION,
      dataset: request.dataset ?? `${path.basename(request.folder)} (${request.kind}, ${request.split})`,
      remarks: material.remarks,
      operatingRate: request.operatingRate,
      ...(learned.length > 0 ? { learnedFrom: learned } : {}),
    };
    const validated = await validateModel({ compute, model }, untilAborted(material.faces, signal), facts, (done) =>
      say({ kind: 'progress', done, total: material.total, message: 'Faces scored' }),
    );
    signal.throwIfAborted();
    if (request.keep) await deps.library.validate(model.id, validated);
    say({ kind: 'done', ...validated });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new RecceError('VALIDATION_REFUSED', request.folder, cause.message, { cause });
    throw cause;
  } finally {
    await material.close();
  }
}

async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}

/** Each source of the request, with what it does not say itself. */
const sourcesOf = (request: ValidationRequest): ValidationRequest[] =>
  [request, ...request.further].map(({ split = request.split, ...source }) => ({ ...request, ...source, split }));

/**
 * The request's material one after the other. Of several, each face says which source it is from.
 */
async function materialFor(
  deps: Pick<Services, 'decoder' | 'faceSearch' | 'installation' | 'videoDecoder'>,
  request: ValidationRequest,
  model: Model,
  say: Progress,
  signal: AbortSignal,
): Promise<Material> {
  const wanted = sourcesOf(request);
  const opened: Material[] = [];
  const close = async (): Promise<void> => {
    for (const material of opened) await material.close();
  };
  try {
    for (const one of wanted)
      opened.push(
        await (one.kind === 'portraits'
          ? portraitMaterial(deps, one, model, say, signal)
          : labelledMaterial(deps, one, model)),
      );
  } catch (error) {
    await close();
    throw error;
  }
  if (opened.length === 1) return opened[0]!;
  const names = namesOf(wanted);
  return {
    faces: facesOfSources(opened.map(({ faces }, i) => ({ name: names[i]!, faces }))),
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
  { folder, split, seed, repeats, degraded }: ValidationRequest,
  { passport }: Model,
  say: Progress,
  signal: AbortSignal,
): Promise<Material> {
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
  });
  if ((await listPortraits(folder, split).catch(() => [])).length === 0)
    throw new RecceError('PATH_NOT_FOUND', folder, `no pictures of the ${split} split are in it.`);
  await detectFaces(samples, deps.faceSearch, (done, total) => {
    signal.throwIfAborted();
    say({ kind: 'progress', done, total, message: 'Pictures searched for faces' });
  });
  const source = await samplesInProcess(samples, deps.installation.children);
  return {
    faces: facesFromForgeries(source, inputPx, repeats),
    total: source.count * repeats,
    remarks: [
      `Genuine portraits and forgeries made of them (seed ${seed}, ${repeats} times each): self-blended, blended in part, swapped${degraded ? '; both tilted and degraded alike' : ''}.`,
      ...source.remarks,
    ],
    close: () => source.close(),
  };
}

async function labelledMaterial(
  deps: Pick<Services, 'decoder' | 'faceSearch' | 'videoDecoder'>,
  { folder, kind, margin, split, compression, methods, minimumFacePx }: ValidationRequest,
  { passport }: Model,
): Promise<Material> {
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
    faces: facesFromSet(files, reading, passport, minimumFacePx),
    total: files.length,
    remarks: [
      `Layout: ${set.layout}${kind === 'crops' ? ', faces already cut, read as they are' : ''}.`,
      ...set.remarks,
    ],
    close: async () => {},
  };
}
