// The handlers of `model.validate` and `model.fuse`: labelled faces from a folder, through a model or
// the parts of a composite, to a record that is kept with it.
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import type { Model } from '../../../contract/model.ts';
import { ALTERATIONS } from '../../../contract/stability.ts';
import type { FusionEvent, FusionRequest, ValidationEvent, ValidationRequest } from '../../../contract/validation.ts';
import { eventsOf } from '../../async/events-of.ts';
import { compositeOf } from '../../examine/fuse-outcomes.ts';
import { PIPELINE_VERSION } from '../../examine/pipeline-version.ts';
import { describeComposite, expectPart } from '../../library/composite-model.ts';
import type { Validated } from '../../library/validation-store.ts';
import { fuseParts, measureComposite, type PartToFuse, scoreByParts } from '../../validate/fuse-models.ts';
import { learnedFrom } from '../../validate/learned-from.ts';
import type { RecordFacts } from '../../validate/record-from-faces.ts';
import { validateModel } from '../../validate/validate-model.ts';
import type { Services } from '../services.ts';
import {
  type Material,
  type MaterialDeps,
  materialFor,
  materialForParts,
  type SetRequest,
  sourcesOf,
  untilAborted,
} from './validation-material.ts';

type Deps = MaterialDeps & Pick<Services, 'library' | 'loadedModels'>;
type Progress = { kind: 'progress'; done: number; total: number | null; message: string };
type Say = (event: Progress) => void;

/** Runs the validation, saying how far it is; the last event is its record. */
export const validate = (deps: Deps, request: ValidationRequest): AsyncGenerator<ValidationEvent> =>
  eventsOf((say, signal) => runValidation(deps, request, say, signal));

/** Fuses models, saying how far it is; the last event names the new one. */
export const fuse = (deps: Deps, request: FusionRequest): AsyncGenerator<FusionEvent> =>
  eventsOf((say, signal) => runFusion(deps, request, say, signal));

/** What is counted, which goes more slowly where each face is altered as well. */
const scoredWords = (counted: string, { stability }: Pick<ValidationRequest, 'stability'>): string =>
  stability ? `${counted}, each altered ${ALTERATIONS.length} times as well` : counted;

async function runValidation(
  deps: Deps,
  request: ValidationRequest,
  say: (event: ValidationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const model = await deps.library.choose(request.modelId);
  const validated = model.passport.composite
    ? await validatedComposite(deps, model, request, say, signal)
    : await validatedNetwork(deps, model, request, say, signal);
  if (request.keep) await deps.library.validate(model.id, validated);
  say({ kind: 'done', ...validated });
}

async function validatedNetwork(
  deps: Deps,
  model: Model,
  request: ValidationRequest,
  say: Say,
  signal: AbortSignal,
): Promise<Validated> {
  const { compute } = await deps.loadedModels.place(model, 'cpu');
  const material = await materialFor(deps, request, model, say, signal);
  return measuring(material, request, signal, async () => {
    const facts = await factsOf(deps, [model], request, material);
    return validateModel({ compute, model }, untilAborted(material.faces, signal), facts, (done) =>
      say({ kind: 'progress', done, total: material.total, message: scoredWords('Faces scored', request) }),
    );
  });
}

async function validatedComposite(
  deps: Deps,
  model: Model,
  request: ValidationRequest,
  say: Say,
  signal: AbortSignal,
): Promise<Validated> {
  const composite = compositeOf(model);
  const parts: Model[] = [];
  for (const { modelId } of composite.parts) parts.push(await deps.library.choose(modelId));
  const { placed, material } = await ready(deps, parts, request);
  return measuring(material, request, signal, async () =>
    measureComposite(
      parts,
      composite,
      await scoreByParts(placed, untilAborted(material.faces, signal), (done) =>
        say({ kind: 'progress', done, total: material.total, message: scoredWords('Faces scored', request) }),
      ),
      await factsOf(deps, parts, request, material),
    ),
  );
}

async function runFusion(
  deps: Deps,
  request: FusionRequest,
  say: (event: FusionEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const parts: Model[] = [];
  for (const id of new Set(request.parts)) parts.push(expectPart(await deps.library.choose(id)));
  if (parts.length < 2) throw new RecceError('MODEL_REFUSED', request.name, 'two models at least are fused.');
  const { placed, material } = await ready(deps, parts, request);
  const { fusion, ...validated } = await measuring(material, request, signal, async () =>
    fuseParts(
      parts,
      await scoreByParts(placed, untilAborted(material.faces, signal), (done) =>
        say({
          kind: 'progress',
          done,
          total: material.total,
          message: scoredWords('Faces scored by every part', request),
        }),
      ),
      await factsOf(deps, parts, request, material),
    ),
  );
  const described = describeComposite(request.name, parts, fusion, validated.record);
  const model = await deps.library.keepComposite(described, validated);
  say({ kind: 'done', modelId: model.id });
}

/** The parts where they run, and the material cut for each. */
async function ready(
  deps: Deps,
  parts: readonly Model[],
  request: SetRequest,
): Promise<{ placed: PartToFuse[]; material: Awaited<ReturnType<typeof materialForParts>> }> {
  const placed: PartToFuse[] = [];
  for (const model of parts) placed.push({ model, compute: (await deps.loadedModels.place(model, 'cpu')).compute });
  const passports = parts.map(({ passport }) => passport);
  return { placed, material: await materialForParts(deps, request, passports) };
}

async function factsOf(
  { installation }: Pick<Services, 'installation'>,
  models: readonly Model[],
  request: SetRequest & Pick<ValidationRequest, 'dataset' | 'operatingRate'>,
  { remarks }: Pick<Material<unknown>, 'remarks'>,
): Promise<Omit<RecordFacts, 'notScored'>> {
  const learned = new Set<string>();
  for (const model of models) for (const one of await learnedFrom(model, sourcesOf(request))) learned.add(one);
  return {
    madeAt: new Date().toISOString(),
    appVersion: installation.appVersion,
    pipelineVersion: PIPELINE_VERSION,
    dataset: request.dataset ?? `${path.basename(request.folder)} (${request.kind}, ${request.split})`,
    remarks,
    operatingRate: request.operatingRate,
    ...(learned.size > 0 ? { learnedFrom: [...learned] } : {}),
  };
}

/** What `measure` gives of the material, which is closed; what cannot be measured is refused. */
async function measuring<T>(
  material: Pick<Material<unknown>, 'close'>,
  { folder }: Pick<SetRequest, 'folder'>,
  signal: AbortSignal,
  measure: () => Promise<T>,
): Promise<T> {
  try {
    const found = await measure();
    signal.throwIfAborted();
    return found;
  } catch (cause) {
    if (cause instanceof RangeError) throw new RecceError('VALIDATION_REFUSED', folder, cause.message, { cause });
    throw cause;
  } finally {
    await material.close();
  }
}
