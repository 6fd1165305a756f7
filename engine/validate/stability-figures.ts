// What the battery says of validation faces (contract/stability.ts): how often those that keep their
// leaning under all of it lean wrongly, how often the others, and what the mean over it is worth as a
// score. Pure; chance is given by names.
import { BATTERY } from '../../contract/stability.ts';
import type { LeanedRates, MeasuredStability, Rate, ValidationRecord } from '../../contract/validation.ts';
import type { Leaning } from '../../contract/verdict.ts';
import { delongDifference } from '../../models/metrics/roc.ts';
import { scoreFromLogit } from '../../models/recce/output.ts';
import { erf } from '../../models/tensor/erf.ts';
import { rateOf, Z95 } from '../examine/intervals.ts';
import type { ValidatedFace } from '../examine/validated-face.ts';
import { ownFigures } from './judged-by-ratio.ts';

/** A face, how it leans as it was found, and how each of its altered pictures leans. */
type Leaned = ValidatedFace & { leaning: Leaning; alteredLeanings?: readonly Leaning[] };

/** Nothing where the battery was not tried on every face. */
export function stabilityFigures(faces: readonly Leaned[]): Pick<ValidationRecord, 'stability'> {
  if (faces.some(({ alteredLeanings }) => alteredLeanings === undefined)) return {};
  const of = (stable: boolean): LeanedRates => leanedRates(faces, stable);
  return { stability: { battery: BATTERY, stable: of(true), others: of(false), mean: meanFigures(faces) } };
}

const keepsItsLeaning = ({ leaning, alteredLeanings }: Leaned): boolean =>
  alteredLeanings!.every((altered) => altered === leaning);

/** Of the faces that leaned, those of one kind, by what they are. */
function leanedRates(faces: readonly Leaned[], stable: boolean): LeanedRates {
  const leans = (face: Leaned, leaning: Leaning): boolean =>
    face.leaning === leaning && keepsItsLeaning(face) === stable;
  const share = (of: readonly Leaned[], what: string, is: (face: Leaned) => boolean): Rate =>
    rateOf(
      of.map((face) => ({ source: face.source, is: is(face) })),
      `stability/${stable ? 'stable' : 'others'}/${what}`,
    );
  const ofClass = (label: 0 | 1): Leaned[] => faces.filter((face) => face.label === label);
  const leaned = faces.filter((face) => leans(face, 'towardsForged') || leans(face, 'towardsGenuine'));
  return {
    wrong: share(leaned, 'wrong', ({ label, leaning }) => (label === 1) !== (leaning === 'towardsForged')),
    falselyForged: share(ofClass(0), 'towardsForged', (face) => leans(face, 'towardsForged')),
    falselyGenuine: share(ofClass(1), 'towardsGenuine', (face) => leans(face, 'towardsGenuine')),
  };
}

/** The mean logit of the face as it was found and of its altered pictures, as a score of its own. */
function meanFigures(faces: readonly Leaned[]): MeasuredStability['mean'] {
  const means = faces.map((face): ValidatedFace => {
    const all = [face.logit, ...face.altered!];
    const logit = all.reduce((sum, one) => sum + one, 0) / all.length;
    return { ...face, logit, score: scoreFromLogit(logit) };
  });
  return { ...ownFigures(means).figures, difference: differenceOf(means, faces) };
}

function differenceOf(
  means: readonly ValidatedFace[],
  faces: readonly ValidatedFace[],
): MeasuredStability['mean']['difference'] {
  const byLogit = (all: readonly ValidatedFace[]) =>
    all.map(({ logit, label, source }) => ({ score: logit, label, source }));
  const { difference: value, variance } = delongDifference(byLogit(means), byLogit(faces));
  // Of too few sources, and where no pair of faces is told apart otherwise, nothing is known.
  if (!(variance > 0)) return { value, interval: [-1, 1], p: null };
  const deviation = Math.sqrt(variance);
  const half = Z95 * deviation;
  return {
    value,
    interval: [Math.max(-1, value - half), Math.min(1, value + half)],
    p: 1 - erf(Math.abs(value) / deviation / Math.SQRT2),
  };
}
