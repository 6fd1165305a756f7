// Several models on one labelled set: each scores the same faces, cut by its own recipe, and their
// logits are fused. Whatever is fitted is judged on faces whose source was not used to fit it, the
// fusion as well. Engine process; inference in compute.
import type { Composite } from '../../contract/composite.ts';
import type { Model } from '../../contract/model.ts';
import type { ValidationRecord } from '../../contract/validation.ts';
import type { OperatingPoints } from '../../contract/verdict.ts';
import { scoreFromLogit } from '../../models/recce/output.ts';
import type { Compute } from '../compute/compute.ts';
import { reasonsOutsideDomain } from '../examine/domain.ts';
import { fusedLogit } from '../examine/fuse-outcomes.ts';
import { sourceWeights, type ValidatedFace } from '../examine/validated-face.ts';
import { type Fusion, fitFusion } from './fit-fusion.ts';
import { foldsOf } from './judged-by-ratio.ts';
import { type RecordFacts, recordFromFaces } from './record-from-faces.ts';
import { judgedPart, togetherOf } from './together.ts';
import { type LabelledFace, scoreLabelled } from './validate-model.ts';

/** A labelled face cut for each part, in their order, or what became of a file that gave none. */
export type FaceOfParts = { kind: 'face'; cuts: readonly LabelledFace[] } | { kind: 'notScored'; reason: string };

export type PartToFuse = { model: Model; compute: Compute };

/** Faces that every part scored: by part, in one order. */
export type FacesByPart = { faces: ValidatedFace[][]; notScored: ValidationRecord['notScored'] };

/** Faces taken together through one network after the other. */
const FACES_A_TURN = 32;
/** Where each is altered as well: until then it holds the part of its picture that is altered. */
const ALTERED_A_TURN = 4;

/**
 * Scores every face by every part. A face outside the domain of one of them is left out and counted,
 * as a composite gives it no score.
 */
export async function scoreByParts(
  parts: readonly PartToFuse[],
  all: AsyncIterable<FaceOfParts>,
  onProgress: (done: number) => void = () => {},
): Promise<FacesByPart> {
  const faces: ValidatedFace[][] = parts.map(() => []);
  const notScored = new Map<string, number>();
  const passOver = (reason: string): void => void notScored.set(reason, (notScored.get(reason) ?? 0) + 1);
  let done = 0;
  const turn = async (some: readonly (readonly LabelledFace[])[]): Promise<void> => {
    const scored: ValidatedFace[][] = [];
    for (const [k, { model, compute }] of parts.entries()) {
      const own: ValidatedFace[] = [];
      for await (const run of scoreLabelled(
        compute,
        model,
        some.map((cuts) => cuts[k]!),
      ))
        own.push(...run);
      scored.push(own);
    }
    for (let i = 0; i < some.length; i++) {
      const outside = parts.find(({ model }, k) => isOutside(model, scored[k]![i]!));
      if (outside) passOver(`outside the limits of ${outside.model.name}`);
      else for (const [k, own] of scored.entries()) faces[k]!.push(own[i]!);
    }
    done += some.length;
    onProgress(done);
  };
  let waiting: (readonly LabelledFace[])[] = [];
  for await (const one of all) {
    if (one.kind === 'notScored') passOver(one.reason);
    else waiting.push(one.cuts);
    if (waiting.length < (waiting[0]?.[0]?.altered ? ALTERED_A_TURN : FACES_A_TURN)) continue;
    await turn(waiting);
    waiting = [];
  }
  if (waiting.length > 0) await turn(waiting);
  return { faces, notScored: [...notScored].sort().map(([reason, count]) => ({ reason, count })) };
}

function isOutside({ validation }: Model, { measures, features }: ValidatedFace): boolean {
  const domain = validation?.domain;
  return domain ? reasonsOutsideDomain(measures, features, domain).length > 0 : false;
}

type Fused = { record: ValidationRecord; operatingPoints: OperatingPoints };

/** What was left out may be all there was of a class: the set need not lack it. */
function whyLacking(lacking: readonly number[], notScored: FacesByPart['notScored']): string {
  const classes = lacking.map((label) => (label === 0 ? 'genuine' : 'forged')).join(' and no ');
  const left = notScored.map(({ reason, count }) => `${count} ${reason}`).join('; ');
  return `A fusion is fitted on genuine and forged faces that every part scores. No ${classes} face was left${left === '' ? ' in the set' : ` after what was left out: ${left}`}.`;
}

/**
 * Fits the fusion on all faces, and measures it with one fitted without each face's own source.
 * Throws RangeError as `recordFromFaces` and `fitFusion`.
 */
export function fuseParts(
  parts: readonly Pick<Model, 'id' | 'name'>[],
  { faces, notScored }: FacesByPart,
  facts: Omit<RecordFacts, 'notScored'>,
): Fused & { fusion: Fusion } {
  const points = pointsOf(faces);
  const lacking = [0, 1].filter((label) => !points.some((point) => point.label === label));
  if (lacking.length > 0) throw new RangeError(whyLacking(lacking, notScored));
  const fusion = fitFusion(points);
  const { fold, folds } = foldsOf(faces[0]!);
  const foldOf = faces[0]!.map(({ source }) => fold.get(source)!);
  const ofFold = Array.from({ length: folds }, (_, k) => fitFusion(points.filter((_, i) => foldOf[i] !== k)));
  const remarks = [
    ...facts.remarks,
    `Each face's fused score was made by a fusion fitted without its person or video, in ${folds} folds.`,
    ...fusion.parts.flatMap(({ weight }, i) =>
      weight < 0 ? [`${parts[i]!.name} counts against itself in the fusion (weight ${weight.toFixed(3)}).`] : [],
    ),
  ];
  return { fusion, ...measured(parts, faces, (i) => ofFold[foldOf[i]!]!, { ...facts, remarks, notScored }) };
}

/** Measures a composite, as it is, on faces that it may not have been fitted on. */
export function measureComposite(
  parts: readonly Pick<Model, 'id' | 'name'>[],
  composite: Composite,
  { faces, notScored }: FacesByPart,
  facts: Omit<RecordFacts, 'notScored'>,
): Fused {
  const found = measured(parts, faces, () => composite, { ...facts, notScored });
  if (found.record.datasetSha256 !== composite.fittedOn) return found;
  const remark =
    'The fusion was fitted on these very faces: its figures look better here than they are. The record it was fused with was measured on persons or videos left out of the fit.';
  return { ...found, record: { ...found.record, remarks: [...found.record.remarks, remark] } };
}

function pointsOf(faces: readonly (readonly ValidatedFace[])[]) {
  const weights = sourceWeights(faces[0]!);
  return faces[0]!.map(({ label }, i) => ({
    logits: faces.map((own) => own[i]!.logit),
    label,
    weight: weights[i]!,
  }));
}

/** `fusionOf`: the fusion that judges the face at a place. */
function measured(
  parts: readonly Pick<Model, 'id' | 'name'>[],
  faces: readonly (readonly ValidatedFace[])[],
  fusionOf: (i: number) => Fusion,
  facts: RecordFacts,
): Fused {
  const fused = faces[0]!.map((face, i): ValidatedFace => {
    const together = (logitOf: (one: ValidatedFace) => number): number =>
      fusedLogit(
        fusionOf(i),
        faces.map((own) => logitOf(own[i]!)),
      );
    const logit = together((one) => one.logit);
    const altered = face.altered?.map((_, k) => together((one) => one.altered![k]!));
    // What a part's classifier sees is held against that part's own domain.
    return {
      ...face,
      ...{ logit, score: scoreFromLogit(logit), features: new Float32Array(), pixelAuc: null },
      ...(altered ? { altered } : {}),
    };
  });
  const { record, operatingPoints } = recordFromFaces(fused, facts);
  const judged = parts.map(({ id, name }, k) => judgedPart({ modelId: id, name }, faces[k]!));
  const of = judged.map(({ figures }) => figures);
  return { record: { ...record, parts: { of, together: togetherOf(judged) } }, operatingPoints };
}
