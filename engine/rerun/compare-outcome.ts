// Recorded outcome against the outcome made again: one row a quantity, and the judgement that
// follows from them.

import sharp from 'sharp';
import type { Sha256 } from '../../contract/brand.ts';
import type { Face } from '../../contract/face.ts';
import type { Model } from '../../contract/model.ts';
import { RERUN_TOLERANCE, type RerunQuantity, type RerunResult } from '../../contract/rerun.ts';
import { type OperatingPoints, type VerdictOutcome, type VerdictParameters, viewsOf } from '../../contract/verdict.ts';
import { detailWords } from '../../contract/wording.ts';
import { roundedLandmarks } from '../case/rows/face.ts';
import { OF_THE_PASSPORT } from '../examine/verdict-parameters.ts';

type ScoredOutcome = Extract<VerdictOutcome, { kind: 'scored' }>;

/** Bytes of a stored or new picture by hash; undefined when there are none. */
export type PictureSource = (sha256: Sha256) => Promise<Uint8Array | undefined>;

const PICTURES = ['cropSha256', 'reconstructionSha256', 'differenceSha256', 'gateSha256'] as const;

/**
 * Parameters that name the machine and the build, and those that must be met for the numbers to be
 * bit-identical.
 */
const ENVIRONMENT = [
  'appVersion',
  'finderSha256',
  'runtime',
  'provider',
  'device',
  'threads',
  'batch',
  'precision',
  'decoder',
  'validationSha256',
] as const satisfies readonly (keyof VerdictParameters)[];

/** What is not as it was when the verdict was made. */
export const environmentDifferences = (recorded: VerdictParameters, present: VerdictParameters) =>
  // Parameters that older verdicts did not record count as absent.
  ENVIRONMENT.filter((name) => (recorded[name] ?? null) !== (present[name] ?? null)).map((name) => ({
    name,
    recorded: String(recorded[name] ?? null),
    present: String(present[name]),
  }));

/**
 * Every quantity of two outcomes, side by side. `recordMissing`: the validation record is not there
 * any more, so that no likelihood ratio could be made again.
 */
export async function compareOutcomes(
  recorded: VerdictOutcome,
  found: VerdictOutcome,
  pictures: PictureSource,
  recordMissing = false,
): Promise<RerunQuantity[]> {
  const kind = { name: 'kind', recorded: recorded.kind, found: found.kind };
  const quantities: RerunQuantity[] = [{ ...kind, same: recorded.kind === found.kind, difference: null }];
  if (recorded.kind === 'unreadable' && found.kind === 'unreadable')
    quantities.push(text('reason', recorded.reason, found.reason));
  if (recorded.kind === 'toolError' && found.kind === 'toolError')
    quantities.push(text('message', recorded.message, found.message));
  if (recorded.kind === 'faceTooSmall' && found.kind === 'faceTooSmall')
    quantities.push(
      text('smallest face scored', String(recorded.minimumPx), String(found.minimumPx)),
      compareNumbers(SIZE, recorded.sizePx, found.sizePx),
    );
  if (recorded.kind === 'outOfDomain' && found.kind === 'outOfDomain')
    quantities.push(text('reasons', detailWords(recorded)!, detailWords(found)!));
  if (recorded.kind === 'scored' && found.kind === 'scored') {
    quantities.push(compareNumbers('logit', recorded.logit, found.logit));
    quantities.push(compareNumbers('score', recorded.score, found.score));
    quantities.push(...compareViews(recorded, found));
    quantities.push(...(await compareParts(recorded, found, pictures)));
    if (!recordMissing) quantities.push(...compareRatios(recorded.log10LikelihoodRatio, found.log10LikelihoodRatio));
    quantities.push(text('leaning', recorded.leaning ?? 'none', found.leaning ?? 'none'));
  }
  for (const name of PICTURES) {
    const [before, now] = [hashFrom(recorded, name), hashFrom(found, name)];
    if (before && now) quantities.push(await comparePictures(name.replace('Sha256', ''), before, now, pictures));
  }
  return quantities;
}

/** Of composites: what each part answered, and of which crop. */
async function compareParts(
  { parts: recorded = [] }: ScoredOutcome,
  { parts: found = [] }: ScoredOutcome,
  pictures: PictureSource,
): Promise<RerunQuantity[]> {
  const namesOf = (parts: NonNullable<ScoredOutcome['parts']>): string =>
    parts.map(({ modelId }) => modelId).join(' ') || 'none';
  if (namesOf(recorded) !== namesOf(found)) return [text('parts', namesOf(recorded), namesOf(found))];
  const quantities: RerunQuantity[] = [];
  for (const [i, part] of recorded.entries()) {
    const now = found[i]!;
    const which = `of part ${i + 1}`;
    quantities.push(compareNumbers(`${PART_LOGIT}${which}`, part.logit, now.logit));
    quantities.push(await comparePictures(`crop ${which}`, part.cropSha256, now.cropSha256, pictures));
  }
  return quantities;
}

/** Views that one of the two lacks are a difference: whoever takes them away is not believed. */
function compareViews(recorded: ScoredOutcome, found: ScoredOutcome): RerunQuantity[] {
  const [before, now] = [viewsOf(recorded), viewsOf(found)];
  if (!before && !now) return [];
  if (!before || !now) return [text('views of a decoder', before ? 'there' : 'none', now ? 'there' : 'none')];
  return [compareNumbers('mean difference', before.meanDifference, now.meanDifference)];
}

function compareRatios(recorded: number | null, found: number | null): RerunQuantity[] {
  const name = 'log10 likelihood ratio';
  if (recorded === null && found === null) return [];
  if (recorded === null || found === null) return [text(name, String(recorded), String(found))];
  return [compareNumbers(name, recorded, found)];
}

/**
 * What the row says of its model, where that is not what the model says; operating points against
 * those of the validation record that the row names.
 */
export function compareToModel(
  recorded: VerdictParameters,
  { passport, operatingPoints }: Pick<Model, 'passport' | 'operatingPoints'>,
): RerunQuantity[] {
  const points = (of: OperatingPoints | null): string => (of ? `${of.low} and ${of.high}` : 'none');
  return [
    ...OF_THE_PASSPORT.map((name) => text(name, String(recorded[name]), String(passport[name]))),
    text('operating points', points(recorded.operatingPoints), points(operatingPoints)),
  ].filter(({ same }) => !same);
}

/**
 * Where the face lies and its points, against where it is found now; nothing where none was looked
 * for.
 */
export function comparePlaces(
  recorded: Pick<Face, 'box' | 'landmarks'> | null,
  found: Pick<Face, 'box' | 'landmarks'> | undefined,
): RerunQuantity[] {
  if (!recorded || !found) return [];
  const numbersOf = ({ x, y, width, height }: Face['box']): number[] => [x, y, width, height];
  const points = (all: Face['landmarks']): number[] => all.flatMap(({ x, y }) => [x, y]);
  return [
    places('box', numbersOf(recorded.box), numbersOf(found.box)),
    // As the case keeps them.
    places('landmarks', points(recorded.landmarks), points(roundedLandmarks(found.landmarks))),
  ];
}

/** What is measured of a face beside its place, where it is not as recorded. */
export function compareMeasures(
  recorded: Pick<Face, 'quality' | 'finderScore'> | null,
  found: Pick<Face, 'quality' | 'finderScore'> | undefined,
): RerunQuantity[] {
  if (!recorded || !found) return [];
  // Older rows lack what was not measured then.
  const names = (Object.keys(found.quality) as (keyof Face['quality'])[]).filter((name) => name in recorded.quality);
  return [
    compareNumbers(FINDER_SCORE, recorded.finderScore, found.finderScore),
    ...names.map((name) =>
      compareNumbers(`${MEASURE}${name}`, Number(recorded.quality[name]), Number(found.quality[name])),
    ),
  ].filter(({ same }) => !same);
}

/**
 * A face that is found now and of which the case says nothing was taken out of it: every other one
 * of its picture comes out different.
 */
export function compareFaces({ facesBeside }: { facesBeside: number }, found: number | undefined): RerunQuantity[] {
  if (found === undefined || found === facesBeside) return [];
  return [text('faces of the picture', String(facesBeside), String(found))];
}

const PART_LOGIT = 'logit ';
const SIZE = 'size of the face';
const FINDER_SCORE = 'finder score';
const MEASURE = 'face: ';
/** By so much a measure may differ on another machine, whose box is some pixels off. */
const MEASURE_SHARE = 0.05;

/** Lists of pixels, by the largest step between two that belong together. */
function places(name: string, recorded: readonly number[], found: readonly number[]): RerunQuantity {
  const same = recorded.length === found.length && recorded.every((one, i) => Object.is(one, found[i]));
  const steps = recorded.map((one, i) => Math.abs(one - found[i]!));
  const difference = recorded.length === found.length ? steps.reduce((a, b) => Math.max(a, b), 0) : null;
  return { name, recorded: recorded.join(' '), found: found.join(' '), same, difference };
}

const hashFrom = (outcome: VerdictOutcome, name: (typeof PICTURES)[number]): Sha256 | null =>
  name in outcome ? ((outcome as Record<typeof name, Sha256 | null | undefined>)[name] ?? null) : null;

const text = (name: string, recorded: string, found: string): RerunQuantity => ({
  name,
  recorded,
  found,
  same: recorded === found,
  difference: null,
});

export const compareNumbers = (name: string, recorded: number, found: number): RerunQuantity => ({
  name,
  recorded: String(recorded),
  found: String(found),
  same: Object.is(recorded, found),
  difference: Math.abs(recorded - found),
});

/**
 * By hash; where the hashes differ, by the largest difference of a sample (another PNG encoder may
 * write the same pixels differently).
 */
async function comparePictures(
  name: string,
  recorded: Sha256,
  found: Sha256,
  pictures: PictureSource,
): Promise<RerunQuantity> {
  const same = recorded === found;
  const difference = same ? 0 : largestStep(await pixels(recorded, pictures), await pixels(found, pictures));
  return { name, recorded, found, same, difference };
}

async function pixels(sha256: Sha256, pictures: PictureSource): Promise<Uint8Array | undefined> {
  const bytes = await pictures(sha256);
  return bytes && sharp(bytes).raw().toBuffer();
}

function largestStep(a: Uint8Array | undefined, b: Uint8Array | undefined): number | null {
  if (!a || !b || a.length !== b.length) return null;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

/**
 * On the same machine and build everything must be the same. Elsewhere kinds, reasons and leanings
 * must be, and numbers and pictures within the tolerance of contract/rerun.ts.
 */
export function judge(quantities: readonly RerunQuantity[], sameEnvironment: boolean): RerunResult {
  if (quantities.every((one) => one.same)) return 'identical';
  if (sameEnvironment) return 'different';
  return quantities.every(isWithinTolerance) ? 'withinTolerance' : 'different';
}

function isWithinTolerance({ name, recorded, same, difference }: RerunQuantity): boolean {
  if (same) return true;
  if (difference === null) return false;
  const { logitAbsolute, logitRelative, pictureSteps, placePx } = RERUN_TOLERANCE;
  if (name === 'box' || name === 'landmarks') return difference <= placePx;
  if (name === SIZE || name.startsWith(MEASURE))
    return difference <= placePx + MEASURE_SHARE * Math.abs(Number(recorded));
  const isNumber =
    ['logit', 'score', 'mean difference', 'log10 likelihood ratio', FINDER_SCORE].includes(name) ||
    name.startsWith(PART_LOGIT);
  const limit = isNumber ? logitAbsolute + logitRelative * Math.abs(Number(recorded)) : pictureSteps;
  return difference <= limit;
}
