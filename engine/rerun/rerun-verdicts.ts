// Verdicts made again: the scan's own steps from the evidence file where it is still the one taken
// in, else the model step from the stored crop. Nothing recorded is changed. Runs in the engine
// process as a job.
import sharp from 'sharp';
import type { Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { NewFace } from '../../contract/face.ts';
import type { Model } from '../../contract/model.ts';
import type { RerunRow } from '../../contract/rerun.ts';
import type { VerdictOutcome, VerdictParameters } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { type BlobStore, sha256Of } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import { fusedOutcome } from '../examine/fuse-outcomes.ts';
import { judgeFaces } from '../examine/judge-faces.ts';
import { scoreFaces } from '../examine/score-faces.ts';
import {
  allDifferences,
  createFileSource,
  type FileSource,
  networksAsRecorded,
  type PartNow,
  presentParameters,
  type RecordFound,
  whyNotKnown,
} from './as-recorded.ts';
import {
  compareFaces,
  compareMeasures,
  compareOutcomes,
  comparePlaces,
  compareToModel,
  judge,
} from './compare-outcome.ts';
import type { FileNow } from './file-now.ts';
import type { RecordedVerdict, RerunDeps } from './rerun-deps.ts';

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

/** Makes verdicts again, one after the other. */
export function createRerunner(deps: RerunDeps): (recorded: RecordedVerdict) => Promise<RerunRow> {
  const fileOf = createFileSource(deps);
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

async function rerun(deps: RerunDeps, recorded: RecordedVerdict, fileOf: FileSource): Promise<Judged> {
  const { verdict, parameters } = recorded;
  const whyNot = whyNotKnown(parameters);
  if (whyNot !== undefined) return notPossible(whyNot);
  const { model, record, parts, ...placed } = await networksAsRecorded(deps, recorded);
  const file = await fileOf(recorded, model);
  const present = await presentParameters(deps, recorded, placed.parameters, file);
  const environment = allDifferences(model, parameters, present);
  const temporary = temporaryBlobs();
  const made = placed.compute
    ? await makeAgain({ compute: placed.compute, blobs: temporary, model, record }, deps.blobs, recorded, file)
    : await fuseAgain({ parts, blobs: temporary, model, record }, deps.blobs, recorded, file, fileOf);
  if (made.kind === 'notPossible') return { ...notPossible(made.reason), environment };
  const pictures = async (sha256: Sha256) => (await temporary.get(sha256)) ?? deps.blobs.get(sha256);
  const quantities = [
    ...(await compareOutcomes(verdict.outcome, made.outcome, pictures, record === 'missing')),
    ...comparePlaces(recorded.face, made.face),
    ...compareMeasures(recorded.face, made.face),
    ...compareFaces(recorded, made.faces),
    ...compareToModel(parameters, model),
  ];
  const judged = judge(quantities, environment.length === 0);
  const reason = [made.reason, ...(followsFromRecord(verdict.outcome) ? RECORD_WORDS[record](parameters) : [])]
    .filter((one) => one !== null)
    .join(' ');
  // What nothing here can confirm is not confirmed, whatever else came out the same.
  const unconfirmed = record === 'missing' && followsFromRecord(verdict.outcome) && judged !== 'different';
  return {
    ...{ result: unconfirmed ? ('notPossible' as const) : judged, basis: made.basis, reason: reason || null },
    environment,
    quantities,
  };
}

/** Leaning, likelihood ratio and domain follow from the validation record. */
const followsFromRecord = ({ kind }: VerdictOutcome): boolean => kind === 'scored' || kind === 'outOfDomain';

/** What is to be said of the record that a verdict was made again under. */
const RECORD_WORDS: Readonly<Record<RecordFound, (parameters: VerdictParameters) => string[]>> = {
  here: () => [],
  inCase: () => [
    'The model in the library is not under that validation record now: leaning and likelihood ratio were held against what the case holds of it.',
  ],
  missing: ({ validationSha256 }) => [
    `${recordWords(validationSha256)} is neither in the case nor in the library: leaning, likelihood ratio and limits cannot be found out again.`,
  ],
};

const recordWords = (sha256: Sha256 | null): string =>
  sha256 === null
    ? 'The model without a validation record, as the verdict says it was,'
    : `The validation record it was made under (SHA-256 ${sha256})`;

type Made =
  | {
      kind: 'made';
      outcome: VerdictOutcome;
      /** The face as it is found now; undefined where nothing was looked for. */
      face?: NewFace | undefined;
      /** How many faces are found in its picture, or frame, now; undefined where none were looked for. */
      faces?: number | undefined;
      basis: 'evidence' | 'crop';
      reason: string | null;
    }
  | { kind: 'notPossible'; reason: string };

type JudgeDeps = { compute: Compute; blobs: BlobStore; model: Model; record: RecordFound };

async function makeAgain(deps: JudgeDeps, stored: BlobStore, recorded: RecordedVerdict, file: FileNow): Promise<Made> {
  const { verdict, face, parameters } = recorded;
  if (file.kind === 'unavailable') return fromCrop(deps, stored, verdict.outcome, file.why);
  const outcome = await fromFile(deps, recorded, file);
  // In or outside a domain that is not here any more: nobody can say.
  if (verdict.outcome.kind === 'outOfDomain' && outcome.kind === 'scored' && deps.record === 'missing')
    return {
      kind: 'notPossible',
      reason: `${recordWords(parameters.validationSha256)} is neither in the case nor in the library: whether the face lies outside its limits cannot be found out again.`,
    };
  const found = face ? file.faces[face.faceIndex]?.face : undefined;
  const faces = face ? file.faces.length : undefined;
  return { kind: 'made', outcome, face: found, faces, basis: 'evidence', reason: null };
}

type FuseDeps = Pick<JudgeDeps, 'blobs' | 'model' | 'record'> & { parts: readonly PartNow[] };

/** The same of a composite: what each of its parts says now, and what is made of it. */
async function fuseAgain(
  { parts, ...deps }: FuseDeps,
  stored: BlobStore,
  recorded: RecordedVerdict,
  file: FileNow,
  fileOf: FileSource,
): Promise<Made> {
  const { verdict, face } = recorded;
  const said: VerdictOutcome[] = [];
  if (file.kind === 'unavailable') {
    const crops = verdict.outcome.kind === 'scored' ? (verdict.outcome.parts ?? []) : [];
    for (const [i, part] of parts.entries()) {
      const ofPart: VerdictOutcome = crops[i] ? { ...verdict.outcome, ...crops[i] } : verdict.outcome;
      const made = await fromCrop({ ...deps, ...part }, stored, ofPart, file.why);
      if (made.kind === 'notPossible') return made;
      said.push(made.outcome);
    }
    const outcome = fusedOutcome(deps.model, said);
    return { kind: 'made', outcome, basis: 'crop', reason: `${file.why} Only the model steps were made again.` };
  }
  for (const part of parts) {
    const own = await fileOf(recorded, part.model);
    if (own.kind === 'unavailable') return { kind: 'notPossible', reason: own.why };
    said.push(await fromFile({ ...deps, ...part }, recorded, own));
  }
  const cut = face ? file.faces[face.faceIndex] : undefined;
  const outcome = fusedOutcome(deps.model, said, cut?.measures);
  if (verdict.outcome.kind === 'outOfDomain' && outcome.kind === 'scored' && deps.record === 'missing')
    return {
      kind: 'notPossible',
      reason:
        'A validation record that it was made under is neither in the case nor in the library: whether the face lies outside its limits cannot be found out again.',
    };
  return {
    kind: 'made',
    outcome,
    face: cut?.face,
    faces: face ? file.faces.length : undefined,
    basis: 'evidence',
    reason: null,
  };
}

/** The model step alone, on the crop that the scan kept. */
async function fromCrop(deps: JudgeDeps, stored: BlobStore, outcome: VerdictOutcome, why: string): Promise<Made> {
  if (outcome.kind !== 'scored') return { kind: 'notPossible', reason: `${why} There is no score to make again.` };
  const png = await stored.get(outcome.cropSha256);
  if (!png) return { kind: 'notPossible', reason: `${why} The stored crop ${outcome.cropSha256} is missing too.` };
  const [scored] = await scoreFaces(deps, [{ crop: await imageFromPng(png) }]);
  return { kind: 'made', outcome: scored!, basis: 'crop', reason: `${why} Only the model step was made again.` };
}

/** The scan's steps 5 to 7 for one recorded face, or what is now said of the whole file. */
async function fromFile(
  deps: JudgeDeps,
  { verdict, face, parameters }: RecordedVerdict,
  { faces, outcome }: Extract<FileNow, { kind: 'cut' }>,
): Promise<VerdictOutcome> {
  if (outcome) return outcome;
  if (!face) return toolError(`${faces.length} faces were found`);
  const cut = faces[face.faceIndex];
  if (!cut) return toolError(`face ${face.faceIndex + 1} was not found, only ${faces.length}`);
  const minimumFacePx = parameters.minimumFacePx ?? smallestFrom(verdict.outcome);
  return (await judgeFaces({ ...deps, minimumFacePx }, [cut])).get(cut)!;
}

/** Of a verdict that does not record what scan it is from; one that is not too small says nothing. */
const smallestFrom = (outcome: VerdictOutcome): number => ('minimumPx' in outcome ? outcome.minimumPx : 0);

const toolError = (message: string): VerdictOutcome => ({ kind: 'toolError', message });

async function imageFromPng(png: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
}
