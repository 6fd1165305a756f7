// A recorded verdict's evidence, model and parameters as they are now: what a verdict made again and
// its stability both begin with.
import type { Evidence } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import { type VerdictParameters, withDecoder } from '../../contract/verdict.ts';
import type { Compute } from '../compute/compute.ts';
import { KNOWN_PIPELINES, PIPELINE_VERSION } from '../examine/pipeline-version.ts';
import { compositeParameters } from '../examine/verdict-parameters.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { cropRecipes } from '../media/crop-face.ts';
import { environmentDifferences } from './compare-outcome.ts';
import { type FileNow, keyOfLook, readFileNow } from './file-now.ts';
import { createFrameSource } from './frame-now.ts';
import type { RecordedVerdict, RerunDeps } from './rerun-deps.ts';

/** Why this build cannot make it again; undefined where it can. */
export function whyNotKnown({ pipelineVersion, appVersion, cropRecipe }: VerdictParameters): string | undefined {
  if (!KNOWN_PIPELINES.includes(pipelineVersion))
    return `It was made by pipeline ${pipelineVersion} (Recce Workstation ${appVersion}); this build has pipeline ${PIPELINE_VERSION}. Use that version of the workstation.`;
  return cropRecipes.has(cropRecipe) ? undefined : `This build does not know the crop recipe ${cropRecipe}.`;
}

/** The evidence of a verdict as it is now. */
export type FileSource = (recorded: RecordedVerdict, model: Model) => Promise<FileNow>;

/**
 * A file, or frame, with several verdicts is read once: they come one after the other. `battery`: so
 * that the battery's pictures can be made of its faces.
 */
export function createFileSource(deps: RerunDeps, battery = false): FileSource {
  let last: { key: string; file: Promise<FileNow> } | undefined;
  const frameOf = createFrameSource(deps);
  return ({ evidence, face, parameters }, model) => {
    const look = { model, pipeline: parameters.pipelineVersion, battery };
    if (isVideo(evidence)) return frameOf(evidence, face, look);
    const key = `${evidence.id} ${keyOfLook(look)}`;
    if (last?.key !== key) last = { key, file: readFileNow(deps, evidence, look) };
    return last.file;
  };
}

/**
 * What a verdict on this file made now by its pipeline would record: videos have a decoder of their own, and so
 * have some photographs. Where the file is not there nothing is decoded, and the decoder that is
 * recorded counts as the one that is here.
 */
export async function presentParameters(
  deps: RerunDeps,
  recorded: RecordedVerdict,
  now: VerdictParameters,
  file: FileNow,
): Promise<VerdictParameters> {
  const finderSha256 = await deps.finderSha256(recorded.parameters.pipelineVersion);
  const parts = now.parts?.map((part) => ({ ...part, finderSha256 }));
  const parameters = { ...now, finderSha256, ...(parts ? { parts } : {}) };
  if (isVideo(recorded.evidence))
    return withDecoder(parameters, await deps.videoDecoder.version().catch(() => 'not available'));
  const decoder = file.kind === 'unavailable' ? recorded.parameters.decoder : file.decoder;
  return decoder === undefined ? parameters : withDecoder(parameters, decoder);
}

const isVideo = ({ mediaType }: Evidence): boolean => mediaType.startsWith('video/');

/**
 * The model as it was when the verdict was made: the library's weights and geometry, which never
 * change under one id, with the validation record that the verdict names and the operating points
 * that belong to that record. What the row itself says of them is held against these.
 */
function asItWas(
  model: Model,
  parameters: VerdictParameters,
  cardOf: RerunDeps['cardOf'],
): { model: Model; record: RecordFound } {
  const { validationSha256, operatingPoints } = parameters;
  const isNow = (model.validation && hashOfValue(model.validation)) === validationSha256;
  if (isNow) return { model, record: 'here' };
  const card = cardOf(parameters);
  if (card)
    return {
      model: { ...model, validation: card.validation, operatingPoints: card.operatingPoints },
      record: 'inCase',
    };
  // Another validation record would give another ratio and another domain; without the recorded
  // one neither is made again, and of its operating points the row alone speaks.
  return { model: { ...model, validation: null, operatingPoints }, record: 'missing' };
}

/** Where the validation record that a verdict names is, or that its model had none. */
export type RecordFound = 'here' | 'inCase' | 'missing';

/** A part of a composite as it was when the verdict was made. */
export type PartNow = { model: Model; record: RecordFound; compute: Compute; parameters: VerdictParameters };

/** The parts of a composite, where and as the verdict says that they ran; none of another model. */
async function partsAsTheyWere(deps: RerunDeps, { passport }: Model, recorded: VerdictParameters): Promise<PartNow[]> {
  const parts: PartNow[] = [];
  for (const [i, { modelId }] of (passport.composite?.parts ?? []).entries()) {
    const said = recorded.parts?.[i] ?? { ...recorded, modelId };
    const { model, record } = asItWas(await deps.getModel(modelId), { ...said, modelId }, deps.cardOf);
    parts.push({ model, record, ...(await deps.placeAsRecorded(model, said)) });
  }
  return parts;
}

/** Of several records the one of which least is known. */
const worstOf = (all: readonly RecordFound[]): RecordFound =>
  (['missing', 'inCase'] as const).find((one) => all.includes(one)) ?? 'here';

/** What is not as it was, of a composite by part where it is not said of the whole. */
export function allDifferences({ passport }: Model, recorded: VerdictParameters, present: VerdictParameters) {
  const whole = environmentDifferences(recorded, present);
  const said = new Set<string>(whole.map(({ name }) => name));
  const ofParts = (passport.composite?.parts ?? []).flatMap(({ name: part }, i) => {
    const [before, now] = [recorded.parts?.[i], present.parts?.[i]];
    if (!before || !now) return [];
    return environmentDifferences(before, now)
      .filter(({ name }) => !said.has(name))
      .map((one) => ({ ...one, name: `${part}: ${one.name}` }));
  });
  return [...whole, ...ofParts];
}

/**
 * The model of a verdict as it was, where it ran; of a composite its parts, and no network of its
 * own. `parameters`: of a verdict made now, without what the file gives.
 */
export async function networksAsRecorded(
  deps: RerunDeps,
  { verdict, parameters }: Pick<RecordedVerdict, 'verdict' | 'parameters'>,
): Promise<{
  model: Model;
  record: RecordFound;
  parts: PartNow[];
  compute: Compute | undefined;
  parameters: VerdictParameters;
}> {
  const { model, record: own } = asItWas(await deps.getModel(verdict.modelId), parameters, deps.cardOf);
  const parts = await partsAsTheyWere(deps, model, parameters);
  const record = worstOf([own, ...parts.map((part) => part.record)]);
  if (!model.passport.composite) return { model, record, parts, ...(await deps.placeAsRecorded(model, parameters)) };
  const ofParts = parts.map((part) => part.parameters);
  return { model, record, parts, compute: undefined, parameters: compositeParameters(model, ofParts) };
}
