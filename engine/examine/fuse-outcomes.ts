// What a composite says of a face, from what its parts said of it: one logit of theirs, or the reason
// why there is none. A part that cannot judge a face is never left out of the sum. Pure.
import type { Composite } from '../../contract/composite.ts';
import type { DomainReason, HeldReason } from '../../contract/domain.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Model } from '../../contract/model.ts';
import type { JudgedFace, VerdictOutcome } from '../../contract/verdict.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import { reasonsOutsideDomain } from './domain.ts';
import { fromLogit } from './follows-from-logit.ts';
import type { CutFace } from './judge-faces.ts';

type Scored = Extract<VerdictOutcome, { kind: 'scored' }>;
type Outside = Extract<VerdictOutcome, { kind: 'outOfDomain' }>;
/** A composite as it judges. */
export type Fusing = Pick<Model, 'name' | 'passport' | 'validation' | 'operatingPoints'>;

/** Natural log likelihood ratio from the parts' logits, in their order. */
export const fusedLogit = (
  { intercept, parts }: { intercept: number; parts: readonly { weight: number }[] },
  logits: readonly number[],
): number => parts.reduce((sum, { weight }, i) => sum + weight * logits[i]!, intercept);

/** Throws MODEL_REFUSED for a model that is none. */
export function compositeOf({ name, passport }: Pick<Model, 'name' | 'passport'>): Composite {
  if (passport.composite) return passport.composite;
  throw new RecceError('MODEL_REFUSED', name, 'it is not made of other models.');
}

/**
 * Of one face. `said`: by each part, in order. `measures`: absent where the face's picture is not
 * there; what is absent is not held against the domain.
 */
export function fusedOutcome(
  model: Fusing,
  said: readonly VerdictOutcome[],
  measures: Partial<FaceMeasures> = {},
): VerdictOutcome {
  const composite = compositeOf(model);
  const failed = said.findIndex(({ kind }) => kind === 'toolError');
  if (failed >= 0) return failureOf(composite, failed, said[failed] as Extract<VerdictOutcome, { kind: 'toolError' }>);
  if (said.some(({ kind }) => kind === 'outOfDomain')) return outside(composite, said);
  // Too small for one is too small for all: they are of one scan.
  const other = said.find(({ kind }) => kind !== 'scored');
  if (other) return other;
  const scored = said as readonly Scored[];
  const { cropSha256 } = scored[0]!;
  const domain = model.validation?.domain;
  const reasons = domain ? reasonsOutsideDomain(measures, new Float32Array(), { ...domain, features: null }) : [];
  if (reasons.length > 0) return { kind: 'outOfDomain', reasons, cropSha256 };
  const logit = fusedLogit(
    composite,
    scored.map((one) => one.logit),
  );
  const parts = scored.map((one, i) => ({
    modelId: composite.parts[i]!.modelId,
    logit: one.logit,
    cropSha256: one.cropSha256,
  }));
  return { kind: 'scored', logit, ...fromLogit(logit, model), cropSha256, parts };
}

const failureOf = (
  { parts }: Composite,
  i: number,
  { message }: { message: string },
): Extract<VerdictOutcome, { kind: 'toolError' }> => ({ kind: 'toolError', message: `${parts[i]!.name}: ${message}` });

type OfPart = Extract<DomainReason, { kind: 'ofPart' }>;

/**
 * What keeps all parts from it is of the picture; what keeps some is of theirs, and says whose.
 * `reasons`: of each part, in order.
 */
export function reasonsOfParts<R extends HeldReason>(
  { parts }: Composite,
  reasons: readonly (readonly R[])[],
): (R | OfPart)[] {
  const [first = []] = reasons;
  const same = JSON.stringify(first);
  if (reasons.every((one) => JSON.stringify(one) === same)) return [...first];
  return reasons.flatMap((ofPart, i) =>
    ofPart.flatMap((reason: HeldReason): OfPart[] => {
      const { modelId, name } = parts[i]!;
      // No part is a composite.
      if (typeof reason !== 'string' && reason.kind === 'ofPart') return [];
      return [{ kind: 'ofPart', modelId, name, reason }];
    }),
  );
}

function outside(composite: Composite, said: readonly VerdictOutcome[]): Outside {
  const cropSha256 = said.map((one) => ('cropSha256' in one ? one.cropSha256 : null)).find(Boolean) ?? null;
  const reasons = said.map((one) => (one.kind === 'outOfDomain' ? one.reasons : []));
  return { kind: 'outOfDomain', reasons: reasonsOfParts<HeldReason>(composite, reasons), cropSha256 };
}

/**
 * Of one picture, or portion of a film: its faces as they were cut, and what each part said of them in
 * the same order, or of the whole where it failed over it.
 */
export function fusedVerdicts(
  model: Fusing,
  faces: readonly CutFace[],
  said: readonly (readonly JudgedFace[])[],
): JudgedFace[] {
  const composite = compositeOf(model);
  const failed = said.findIndex((one) =>
    one.some(({ face, outcome }) => face === null && outcome.kind === 'toolError'),
  );
  if (failed >= 0) {
    const { outcome } = said[failed]!.find(({ face }) => face === null)!;
    return [
      { face: null, outcome: failureOf(composite, failed, outcome as Extract<VerdictOutcome, { kind: 'toolError' }>) },
    ];
  }
  return faces.map(({ face, measures }, i) => ({
    face,
    outcome: fusedOutcome(
      model,
      said.map((one) => one[i]!.outcome),
      measures,
    ),
  }));
}
