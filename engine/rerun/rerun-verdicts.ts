// Verdicts made again: the scan's own steps from the evidence file where it is still the one taken
// in, else the model step from the stored crop. Nothing recorded is changed. Runs in the engine
// process as a job.
import sharp from 'sharp';
import type { Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import type { RerunRow } from '../../contract/rerun.ts';
import type { VerdictOutcome, VerdictParameters } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { type BlobStore, sha256Of } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import { DOUBTS_SINCE_PIPELINE, faceDoubts } from '../examine/face-doubts.ts';
import { KNOWN_PIPELINES, PIPELINE_VERSION } from '../examine/pipeline-version.ts';
import { keepCrop, scoreFaces } from '../examine/score-faces.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { cropRecipes } from '../media/crop-face.ts';
import { createCutter } from '../media/cut-found.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { compareOutcomes, comparePlaces, environmentDifferences, judge } from './compare-outcome.ts';
import { type FileNow, readFileNow } from './file-now.ts';
import { createFrameSource } from './frame-now.ts';
import type { RecordedVerdict, RerunDeps } from './rerun-deps.ts';

/** A rerun's hands with the network in place. */
type PlacedDeps = RerunDeps & { compute: Compute };

/** Pictures made by a rerun: known by hash, kept only for the comparison. */
function temporaryBlobs(): BlobStore {
  const kept = new Map<Sha256, Uint8Array>();
  return {
    put: async (bytes) => {
      const sha256 = sha256Of(bytes);
      kept.set(sha256, bytes);
      return sha256;
    },
    get: async (sha256) => kept.get(sha256),
    has: (sha256) => kept.has(sha256),
    list: async () => [...kept.keys()],
  };
}

/** Makes verdicts again. One after the other; a file with several verdicts is read once. */
export function createRerunner(deps: RerunDeps): (recorded: RecordedVerdict) => Promise<RerunRow> {
  let last: { id: number; pipeline: number; file: Promise<FileNow> } | undefined;
  const frameOf = createFrameSource(deps);
  const fileOf = ({ evidence, face, parameters: { pipelineVersion: pipeline } }: RecordedVerdict): Promise<FileNow> => {
    if (isVideo(evidence)) return frameOf(evidence, face, pipeline);
    if (last?.id !== evidence.id || last.pipeline !== pipeline)
      last = { id: evidence.id, pipeline, file: readFileNow(deps, evidence, pipeline) };
    return last.file;
  };
  return async (recorded) => {
    const { verdict, evidence, face } = recorded;
    const row = {
      verdictId: verdict.id,
      relativePath: evidence.shownPath,
      face: face && face.faceIndex + 1,
    };
    try {
      return { ...row, ...(await rerun(deps, recorded, fileOf)) };
    } catch (error) {
      if (!(error instanceof RecceError)) throw error;
      return { ...row, ...notPossible(error.message) };
    }
  };
}

type Judged = Omit<RerunRow, 'verdictId' | 'relativePath' | 'face'>;

const notPossible = (reason: string): Judged => ({
  result: 'notPossible',
  basis: null,
  reason,
  environment: [],
  quantities: [],
});

async function rerun(
  deps: RerunDeps,
  recorded: RecordedVerdict,
  fileOf: (recorded: RecordedVerdict) => Promise<FileNow>,
): Promise<Judged> {
  const { verdict, parameters } = recorded;
  if (!KNOWN_PIPELINES.includes(parameters.pipelineVersion))
    return notPossible(
      `It was made by pipeline ${parameters.pipelineVersion} (Recce Workstation ${parameters.appVersion}); this build has pipeline ${PIPELINE_VERSION}. Use that version of the workstation.`,
    );
  if (!cropRecipes.has(parameters.cropRecipe))
    return notPossible(`This build does not know the crop recipe ${parameters.cropRecipe}.`);
  const model = withRecorded(await deps.getModel(verdict.modelId), parameters, deps.recordOf);
  const placed = await deps.placeAsRecorded(model, parameters);
  const present = await presentParameters(deps, recorded, placed.parameters, fileOf);
  const environment = environmentDifferences(parameters, present);
  const temporary = temporaryBlobs();
  const made = await makeAgain(
    { ...deps, compute: placed.compute, blobs: temporary },
    deps.blobs,
    recorded,
    model,
    fileOf,
  );
  if (made.kind === 'notPossible') return { ...notPossible(made.reason), environment };
  const pictures = async (sha256: Sha256) => (await temporary.get(sha256)) ?? deps.blobs.get(sha256);
  const quantities = [
    ...(await compareOutcomes(verdict.outcome, made.outcome, pictures)),
    ...comparePlaces(recorded.face, made.face),
  ];
  const result = judge(quantities, environment.length === 0);
  return { result, basis: made.basis, reason: made.reason, environment, quantities };
}

/**
 * What a verdict on this file made now would record: videos have a decoder of their own, and so
 * have some photographs. Where the file is not there nothing is decoded, and the decoder that is
 * recorded counts as the one that is here.
 */
async function presentParameters(
  deps: RerunDeps,
  recorded: RecordedVerdict,
  parameters: VerdictParameters,
  fileOf: (recorded: RecordedVerdict) => Promise<FileNow>,
): Promise<VerdictParameters> {
  if (!isVideo(recorded.evidence)) {
    const file = await fileOf(recorded);
    const decoder = file.kind === 'unavailable' ? recorded.parameters.decoder : file.decoder;
    return decoder === undefined ? parameters : { ...parameters, decoder };
  }
  return { ...parameters, decoder: await deps.videoDecoder.version().catch(() => 'not available') };
}

const isVideo = ({ mediaType }: Evidence): boolean => mediaType.startsWith('video/');

/** The model as it was used: what the verdict recorded, not what the library's card says today. */
function withRecorded(model: Model, p: VerdictParameters, recordOf: RerunDeps['recordOf']): Model {
  const { cropRecipe, inputPx, mean, std, validationSha256 } = p;
  const own = model.validation && hashOfValue(model.validation) === validationSha256 ? model.validation : null;
  return {
    ...model,
    operatingPoints: p.operatingPoints,
    // Another validation record would give another ratio and another domain; without the recorded
    // one neither is made again.
    validation: own ?? (validationSha256 ? (recordOf(model.id, validationSha256) ?? null) : null),
    passport: { ...model.passport, cropRecipe, inputPx, mean, std },
  };
}

type Made =
  | {
      kind: 'made';
      outcome: VerdictOutcome;
      /** The face as it is found now; undefined where nothing was looked for. */
      face?: FoundFace | undefined;
      basis: 'evidence' | 'crop';
      reason: string | null;
    }
  | { kind: 'notPossible'; reason: string };

async function makeAgain(
  deps: PlacedDeps,
  stored: BlobStore,
  recorded: RecordedVerdict,
  model: Model,
  fileOf: (recorded: RecordedVerdict) => Promise<FileNow>,
): Promise<Made> {
  const file = await fileOf(recorded);
  if (file.kind !== 'unavailable')
    return {
      kind: 'made',
      outcome: await fromFile(deps, recorded, model, file),
      face: file.kind === 'picture' && recorded.face ? file.faces[recorded.face.faceIndex] : undefined,
      basis: 'evidence',
      reason: null,
    };
  const { outcome } = recorded.verdict;
  if (outcome.kind !== 'scored') return { kind: 'notPossible', reason: `${file.why} There is no score to make again.` };
  const crop = await stored.get(outcome.cropSha256);
  if (!crop)
    return { kind: 'notPossible', reason: `${file.why} The stored crop ${outcome.cropSha256} is missing too.` };
  const [scored] = await scoreFaces({ ...deps, model }, [await imageFromPng(crop)]);
  return { kind: 'made', outcome: scored!, basis: 'crop', reason: `${file.why} Only the model step was made again.` };
}

/** The scan's steps 3 to 7 for one recorded face or file. */
async function fromFile(
  deps: PlacedDeps,
  { verdict, face, parameters: { pipelineVersion: pipeline } }: RecordedVerdict,
  model: Model,
  file: Exclude<FileNow, { kind: 'unavailable' }>,
): Promise<VerdictOutcome> {
  if (file.kind === 'unreadable') return { kind: 'unreadable', reason: file.reason, message: file.message };
  if (!face) return file.faces.length === 0 ? { kind: 'noFace' } : toolError(`${file.faces.length} faces were found`);
  const found = file.faces[face.faceIndex];
  if (!found) return toolError(`face ${face.faceIndex + 1} was not found, only ${file.faces.length}`);
  const { cropRecipe, inputPx } = model.passport;
  const { crop, quality, measures } = createCutter(file.image, { cropRecipe, inputPx, pipeline })(found);
  const { outcome } = verdict;
  const doubts = pipeline < DOUBTS_SINCE_PIPELINE ? [] : faceDoubts(file.faces, face.faceIndex);
  const reasons = [...file.beyondDomain, ...doubts];
  if (reasons.length > 0) return { kind: 'outOfDomain', reasons, cropSha256: await keepCrop(deps.blobs, crop) };
  if (outcome.kind === 'faceTooSmall' && quality.sizePx < outcome.minimumPx)
    return { ...outcome, sizePx: quality.sizePx, cropSha256: await keepCrop(deps.blobs, crop) };
  if (outcome.kind === 'outOfDomain' && !model.validation?.domain)
    return { ...outcome, cropSha256: await keepCrop(deps.blobs, crop) };
  return (await scoreFaces({ ...deps, model }, [crop], [measures]))[0]!;
}

const toolError = (message: string): VerdictOutcome => ({ kind: 'toolError', message });

async function imageFromPng(png: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
}
