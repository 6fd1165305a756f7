// One model on one labelled set: crops through the network, then every figure. Engine process;
// inference in compute.
import { setImmediate } from 'node:timers/promises';
import type { Model } from '../../contract/model.ts';
import type { ValidationRecord } from '../../contract/validation.ts';
import type { OperatingPoints } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { areaUnderRoc } from '../../models/metrics/roc.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import { type Scored, scoreRuns } from '../examine/score-crops.ts';
import type { ValidatedFace } from '../examine/validated-face.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import { type RecordFacts, recordFromFaces } from './record-from-faces.ts';

/** A labelled face cut out by the model's own recipe, or what became of a file that gave none. */
export type FaceToValidate =
  | {
      kind: 'face';
      crop: RgbImage;
      label: 0 | 1;
      source: string;
      strata: Readonly<Record<string, string>>;
      measures: FaceMeasures;
      /** 0..255, inputPx square: what was changed. */
      mask: Uint8Array | null;
      /** Makes the battery's pictures of it, in their order; absent where stability is not measured. */
      altered?: () => Iterable<RgbImage>;
    }
  | { kind: 'notScored'; reason: string };

export type LabelledFace = Extract<FaceToValidate, { kind: 'face' }>;

/**
 * A mask's pixels count as changed from half of its maximum on; a mask that stays below this says
 * nothing.
 */
const FAINTEST_MASK = 32;

/**
 * Scores every face and makes the record. `onProgress` counts faces. The model must be loaded in
 * compute.
 */
export async function validateModel(
  deps: { compute: Compute; model: Pick<Model, 'id' | 'passport'> },
  faces: AsyncIterable<FaceToValidate>,
  facts: Omit<RecordFacts, 'notScored'>,
  onProgress: (done: number) => void = () => {},
): Promise<{ record: ValidationRecord; operatingPoints: OperatingPoints }> {
  const validated: ValidatedFace[] = [];
  const notScored = new Map<string, number>();
  const labelled = async function* (): AsyncGenerator<LabelledFace> {
    for await (const face of faces)
      if (face.kind === 'face') yield face;
      else notScored.set(face.reason, (notScored.get(face.reason) ?? 0) + 1);
  };
  for await (const run of scoreLabelled(deps.compute, deps.model, labelled())) {
    validated.push(...run);
    onProgress(validated.length);
  }
  const reasons = [...notScored].sort().map(([reason, count]) => ({ reason, count }));
  return recordFromFaces(validated, { ...facts, notScored: reasons });
}

/** A picture to be scored: of a face as it was found, or altered. */
type PictureOfFace = { face: LabelledFace; crop: RgbImage; isAltered: boolean };

/** Those of one face come in a row, as it was found first; others of the process get their turn. */
async function* picturesOf(faces: AsyncIterable<LabelledFace> | Iterable<LabelledFace>): AsyncGenerator<PictureOfFace> {
  for await (const face of faces) {
    yield { face, crop: face.crop, isAltered: false };
    for (const crop of face.altered?.() ?? []) {
      yield { face, crop, isAltered: true };
      await setImmediate();
    }
  }
}

/** Labelled faces through a network, in order, some at a time: each when all its pictures are scored. */
export async function* scoreLabelled(
  compute: Compute,
  model: Pick<Model, 'id' | 'passport'>,
  faces: AsyncIterable<LabelledFace> | Iterable<LabelledFace>,
): AsyncGenerator<ValidatedFace[]> {
  let last: { face: ValidatedFace; altered: number[] } | undefined;
  const whole = (): ValidatedFace[] => {
    if (!last) return [];
    const { face, altered } = last;
    return [altered.length > 0 ? { ...face, altered } : face];
  };
  for await (const run of scoreRuns(compute, model, picturesOf(faces))) {
    const done: ValidatedFace[] = [];
    for (const { of, scored } of run)
      if (of.isAltered) last!.altered.push(scored.logit);
      else {
        done.push(...whole());
        last = { face: validatedFrom(of.face, scored), altered: [] };
      }
    if (done.length > 0) yield done;
  }
  if (last) yield whole();
}

function validatedFrom(face: LabelledFace, scored: Scored): ValidatedFace {
  const { label, source, strata, measures, crop } = face;
  return {
    logit: scored.logit,
    score: scored.score,
    label,
    source,
    cropSha256: sha256Of(crop.data),
    strata,
    measures,
    // A copy: the original is a view of the whole batch's output.
    features: scored.features.slice(),
    pixelAuc: face.mask && scored.views && pixelAucOf(scored.views.difference, face.mask),
  };
}

/**
 * AUC of the difference at changed pixels against the others; null when the mask covers nothing or
 * everything.
 */
export function pixelAucOf(difference: Float32Array, mask: Uint8Array): number | null {
  const most = mask.reduce((a, b) => Math.max(a, b), 0);
  if (most < FAINTEST_MASK) return null;
  const area = areaUnderRoc(
    Array.from(mask, (value, i) => ({ score: difference[i]!, label: value * 2 > most ? 1 : 0, source: '' })),
  );
  return Number.isFinite(area) ? area : null;
}
