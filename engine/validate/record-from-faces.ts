// From scored faces to the validation record. Whatever is fitted (operating points, calibration) is
// judged on faces whose source was not used to fit it: folds go by source. The same faces give the
// same record, but for its date.
import { createHash } from 'node:crypto';
import type { Rate, Stratum, ValidationRecord } from '../../contract/validation.ts';
import type { Leaning, OperatingPoints } from '../../contract/verdict.ts';
import { areaUnderRoc, equalErrorRate, rocCurve, thinned } from '../../models/metrics/roc.ts';
import { scoreFromLogit } from '../../models/recce/output.ts';
import { featureStatistics, limitsFrom, reasonsOutsideDomain } from '../examine/domain.ts';
import { bootstrapInterval, rateOf } from '../examine/intervals.ts';
import { leaningFromScore } from '../examine/operating-points.ts';
import { sourceWeights, type ValidatedFace } from '../examine/validated-face.ts';
import { SOURCE_STRATUM } from './faces-of-sources.ts';
import { aucInterval, calibrationOf, foldsOf, type JudgedByRatio, judgedByRatio } from './judged-by-ratio.ts';
import {
  type EdgeRates,
  pointsOfSources,
  pointsWithout,
  ratesThatHold,
  type SourcedScore,
} from './points-of-sources.ts';
import { stabilityFigures } from './stability-figures.ts';

export type RecordFacts = Pick<
  ValidationRecord,
  'madeAt' | 'appVersion' | 'pipelineVersion' | 'dataset' | 'notScored' | 'remarks' | 'learnedFrom'
> & { operatingRate: number };

/**
 * A face with its likelihood ratio by a calibration fitted without its source, and what was said of
 * it by points fitted so: of its own score, and of its altered pictures in their order.
 */
type Judged = JudgedByRatio & { leaning: Leaning; alteredLeanings?: readonly Leaning[] };

const MOST_ROC_POINTS = 200;
/** A group with fewer faces of a class has no AUC worth printing. */
const FEWEST_FOR_AUC = 10;

/** Throws RangeError when there are fewer than two sources with both classes to learn from. */
export function recordFromFaces(
  faces: readonly ValidatedFace[],
  facts: RecordFacts,
): { record: ValidationRecord; operatingPoints: OperatingPoints } {
  const genuine = faces.filter((face) => face.label === 0).length;
  if (genuine === 0 || genuine === faces.length)
    throw new RangeError(
      `Both genuine and forged faces are needed; ${genuine} genuine and ${faces.length - genuine} forged were scored.`,
    );
  const weights = sourceWeights(faces);
  const scores = sourced(faces, weights);
  const held = ratesThatHold(scores, facts.operatingRate);
  const { judged, folds } = judge(faces, weights, held.rates);
  const roc = rocCurve(faces);
  const eer = equalErrorRate(roc);
  const { operatingRate, ...said } = facts;
  const record: ValidationRecord = {
    ...said,
    datasetSha256: digestOf(faces),
    sources: new Set(faces.map((face) => face.source)).size,
    genuine,
    forged: faces.length - genuine,
    auc: areaUnderRoc(faces),
    aucInterval: aucInterval(faces, 'auc') ?? [0, 1],
    eer: eer.rate,
    eerThreshold: Math.min(1, Math.max(0, eer.threshold)),
    accuracy: faces.filter((face) => face.score >= 0.5 === (face.label === 1)).length / faces.length,
    logLoss:
      faces.reduce((sum, { logit, label }) => sum + Math.log1p(Math.exp(label === 1 ? -logit : logit)), 0) /
      faces.length,
    roc: thinned(roc, MOST_ROC_POINTS).map((point) => ({ ...point, threshold: Math.min(point.threshold, 1) })),
    operatingRate,
    ...ratesOf(judged, 'all'),
    strata: [...strataOf(judged), ...leftOutStrata(judged, scores, held.rates)],
    localisation: localisationOf(faces),
    calibration: calibrationOf(judged, folds),
    domain: domainOf(judged),
    remarks: [...facts.remarks, ...remarksOn(held, operatingRate)],
    ...stabilityFigures(judged),
  };
  return { record, operatingPoints: pointsOfSources(scores, held.rates) };
}

/** Of one source all scores are from the same. */
const sourced = (faces: readonly ValidatedFace[], weights: readonly number[]): SourcedScore[] =>
  faces.map(({ score, label, strata }, i) => ({
    score,
    label,
    weight: weights[i]!,
    from: strata[SOURCE_STRATUM] ?? '',
  }));

const LEFT_OUT = 'source, judged by the others';

/**
 * Each source as if it had not been there: leanings by points that were fitted on the others. Empty
 * for one source.
 */
function leftOutStrata(faces: readonly Judged[], scores: readonly SourcedScore[], rates: EdgeRates): Stratum[] {
  const names = [...new Set(scores.map(({ from }) => from))].sort();
  return names.flatMap((name) => {
    const points = pointsWithout(name, scores, rates);
    if (!points) return [];
    const own = faces.filter(({ strata }) => (strata[SOURCE_STRATUM] ?? '') === name);
    const judged = own.map((face) => ({ ...face, leaning: leaningFromScore(face.score, points)! }));
    return [stratumOf(LEFT_OUT, name, judged)];
  });
}

function remarksOn({ rates, broken }: { rates: EdgeRates; broken: string[] }, rate: number): string[] {
  const some = broken.length > 0;
  const stricter = `Operating points were set at ${digits(rates.high)} of the genuine and ${digits(rates.low)} of the forged faces of each source, so that ${some ? 'as many sources as possible' : 'every source'}, judged by points of the others, keep${some ? '' : 's'} ${rate}.`;
  return [
    ...(Math.min(rates.high, rates.low) < rate ? [stricter] : []),
    ...broken.map((name) => `Judged by points of the other sources, ${name} does not keep ${rate} at any setting.`),
  ];
}

/** Without what is left of a product of decimal fractions. */
const digits = (rate: number): string => String(Number(rate.toPrecision(3)));

function digestOf(faces: readonly ValidatedFace[]): ValidationRecord['datasetSha256'] {
  const hash = createHash('sha256');
  for (const { label, source, cropSha256 } of faces) hash.update(`${label} ${cropSha256} ${source}\n`);
  return hash.digest('hex') as ValidationRecord['datasetSha256'];
}

function judge(
  faces: readonly ValidatedFace[],
  weights: readonly number[],
  rates: EdgeRates,
): { judged: Judged[]; folds: number } {
  const { fold, folds } = foldsOf(faces);
  const points = Array.from({ length: folds }, (_, k) => {
    const others = faces.flatMap((face, i) => (fold.get(face.source) === k ? [] : [{ face, weight: weights[i]! }]));
    return pointsOfSources(
      sourced(
        others.map(({ face }) => face),
        others.map(({ weight }) => weight),
      ),
      rates,
    );
  });
  const { judged } = judgedByRatio(faces, weights);
  const withLeanings = (face: JudgedByRatio): Judged => {
    const own = points[fold.get(face.source)!]!;
    const alteredLeanings = face.altered?.map((logit) => leaningFromScore(scoreFromLogit(logit), own)!);
    return {
      ...face,
      leaning: leaningFromScore(face.score, own)!,
      ...(alteredLeanings ? { alteredLeanings } : {}),
    };
  };
  return { judged: judged.map(withLeanings), folds };
}

function ratesOf(
  faces: readonly Judged[],
  name: string,
): { falselyForged: Rate; falselyGenuine: Rate; cannotTell: Rate } {
  const share = (of: readonly Judged[], leaning: Leaning) =>
    rateOf(
      of.map(({ source, leaning: own }) => ({ source, is: own === leaning })),
      `${name}/${leaning}`,
    );
  return {
    falselyForged: share(
      faces.filter((face) => face.label === 0),
      'towardsForged',
    ),
    falselyGenuine: share(
      faces.filter((face) => face.label === 1),
      'towardsGenuine',
    ),
    cannotTell: share(faces, 'cannotTell'),
  };
}

function stratumOf(by: string, name: string, faces: readonly Judged[], genuineOfAll?: readonly Judged[]): Stratum {
  const forged = faces.filter((face) => face.label === 1);
  // A kind of forgery has no genuine faces of its own: it is set against all of its sources.
  const genuine = genuineOfAll ?? faces.filter((face) => face.label === 0);
  const both = [...genuine, ...forged];
  const rates = ratesOf(faces, `${by}/${name}`);
  const enough = Math.min(genuine.length, forged.length) >= FEWEST_FOR_AUC;
  return {
    by,
    name,
    genuine: faces.length - forged.length,
    forged: forged.length,
    auc: enough ? areaUnderRoc(both) : null,
    aucInterval: enough ? aucInterval(both, `${by}/${name}/auc`) : null,
    falselyForged: faces.length > forged.length ? rates.falselyForged : null,
    falselyGenuine: forged.length > 0 ? rates.falselyGenuine : null,
    cannotTell: rates.cannotTell,
  };
}

/** Every division of the set, each with its groups in the order of their names. */
function strataOf(faces: readonly Judged[]): Stratum[] {
  const genuine = faces.filter((face) => face.label === 0);
  const divisions = [...new Set(faces.flatMap((face) => Object.keys(face.strata)))].sort();
  return divisions.flatMap((by) => {
    const names = [...new Set(faces.flatMap((face) => face.strata[by] ?? []))].sort((a, b) => (a < b ? -1 : 1));
    return names.map((name) => {
      const group = faces.filter((face) => face.strata[by] === name);
      const sources = new Set(group.map(({ strata }) => strata[SOURCE_STRATUM]));
      const beside = genuine.filter(({ strata }) => sources.has(strata[SOURCE_STRATUM]));
      return stratumOf(by, name, group, group.some((face) => face.label === 0) ? undefined : beside);
    });
  });
}

function localisationOf(faces: readonly ValidatedFace[]): ValidationRecord['localisation'] {
  const masked = faces.filter((face) => face.pixelAuc !== null);
  if (masked.length === 0) return null;
  const mean = (weights: (i: number) => number): number => {
    const total = masked.reduce((sum, _, i) => sum + weights(i), 0);
    return masked.reduce((sum, face, i) => sum + weights(i) * face.pixelAuc!, 0) / total;
  };
  const interval = bootstrapInterval(
    masked.map((face) => face.source),
    'localisation',
    (weights) => mean((i) => weights[i]!),
  );
  return { pixelAuc: mean(() => 1), interval: interval ?? [0, 1], faces: masked.length };
}

function domainOf(faces: readonly Judged[]): ValidationRecord['domain'] {
  const features = featureStatistics(faces);
  const limits = limitsFrom(faces, features);
  const isInside = (face: Judged) =>
    reasonsOutsideDomain(face.measures, face.features, { limits, features }).length === 0;
  const inside = faces.filter(isInside);
  const outside = faces.filter((face) => !isInside(face));
  return {
    limits,
    features,
    inside: stratumOf('domain', 'inside', inside),
    outside: stratumOf('domain', 'outside', outside),
  };
}
