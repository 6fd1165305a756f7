// How firm verdicts are: the battery's pictures of a face, and of a film the same face in the frames
// beside, each scored by the face's own model as the verdict was. Nothing recorded is changed. Runs
// in the engine process as a job.
import { setImmediate } from 'node:timers/promises';
import type { JobId, VerdictId } from '../../contract/brand.ts';
import type { Composite } from '../../contract/composite.ts';
import type { HeldReason } from '../../contract/domain.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Face } from '../../contract/face.ts';
import type { Model } from '../../contract/model.ts';
import { type AlteredScore, BATTERY, FRAMES_BESIDE, type StabilityRow } from '../../contract/stability.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { Compute } from '../compute/compute.ts';
import { reasonsOutsideDomain } from '../examine/domain.ts';
import { fromLogit } from '../examine/follows-from-logit.ts';
import { fusedLogit, reasonsOfParts } from '../examine/fuse-outcomes.ts';
import type { CutFace } from '../examine/judge-faces.ts';
import { scoreRuns } from '../examine/score-crops.ts';
import { canonicalJson } from '../files/canonical-json.ts';
import type { FaceMeasures } from '../media/face-measures.ts';
import {
  allDifferences,
  createFileSource,
  type FileSource,
  networksAsRecorded,
  presentParameters,
  whyNotKnown,
} from './as-recorded.ts';
import { compareNumbers, judge } from './compare-outcome.ts';
import type { RecordedVerdict, RerunDeps } from './rerun-deps.ts';

export type StabilityDeps = RerunDeps & {
  /** The same face in the frames looked at before and behind; none of a photograph. */
  besideOnTrack: (face: Face) => { before: Face | undefined; behind: Face | undefined };
  /** The last row on a verdict in which the battery was made, of an earlier job. */
  lastOf: (verdictId: VerdictId) => { jobId: JobId; row: StabilityRow } | undefined;
};

/** Tries verdicts out, one after the other. */
export function createStabilityTest(deps: StabilityDeps): (recorded: RecordedVerdict) => Promise<StabilityRow> {
  const fileOf = createFileSource(deps, true);
  return async (recorded) => {
    const { verdict, evidence, face } = recorded;
    const row = {
      ...{ verdictId: verdict.id, modelId: verdict.modelId, relativePath: evidence.shownPath },
      ...{ face: face && face.faceIndex + 1, battery: BATTERY, recorded: null },
    };
    try {
      return { ...row, ...(await tryOut(deps, recorded, fileOf)) };
    } catch (error) {
      if (!(error instanceof RecceError)) throw error;
      return { ...row, ...notPossible(error.message) };
    }
  };
}

type Tried = Pick<
  StabilityRow,
  'result' | 'reason' | 'recorded' | 'asFound' | 'altered' | 'beside' | 'environment' | 'before'
>;

const NOTHING = { asFound: null, altered: [], beside: [], before: null };

const notPossible = (reason: string, environment: StabilityRow['environment'] = []): Tried => ({
  ...{ result: 'notPossible', reason, recorded: null, environment },
  ...NOTHING,
});

async function tryOut(deps: StabilityDeps, recorded: RecordedVerdict, fileOf: FileSource): Promise<Tried> {
  const { verdict, parameters, face } = recorded;
  const { outcome } = verdict;
  if (outcome.kind !== 'scored' || !face) return notPossible('It has no score whose leaning could be tried.');
  const whyNot = whyNotKnown(parameters);
  if (whyNot !== undefined) return notPossible(whyNot);
  const { model, parts, compute, parameters: now } = await networksAsRecorded(deps, recorded);
  const file = await fileOf(recorded, model);
  const present = await presentParameters(deps, recorded, now, file);
  const environment = allDifferences(model, parameters, present);
  const said: Said[][] = [];
  for (const network of compute ? [{ model, compute }] : parts) {
    const own = await fileOf(recorded, network.model);
    if (own.kind === 'unavailable') return notPossible(own.why);
    const cut = own.faces[face.faceIndex];
    if (!cut) return notPossible(`Face ${face.faceIndex + 1} was not found, only ${own.faces.length}.`);
    const pictures = chained(picturesOf(cut), besidePictures(deps, recorded, network.model, fileOf));
    said.push(await scoresOf(network, pictures));
  }
  const [asFound, ...others] = together(model, said);
  const again = compareNumbers('logit', outcome.logit, asFound!.logit);
  const { logit, score, leaning } = asFound!;
  const both = {
    recorded: { logit: outcome.logit, leaning: outcome.leaning },
    asFound: { logit, score, leaning },
  };
  // With both logits: it takes the place of what an earlier run says of this verdict.
  if (judge([again], environment.length === 0) === 'different')
    return {
      ...notPossible('The verdict itself did not come out again. Repeat it and compare.', environment),
      ...both,
    };
  const isBeside = ({ alteration }: AlteredScore): boolean => (FRAMES_BESIDE as readonly string[]).includes(alteration);
  const made = {
    ...{ result: 'made' as const, reason: null, environment },
    ...both,
    altered: others.filter((one) => !isBeside(one)),
    beside: others.filter(isBeside),
  };
  return { ...made, before: heldAgainst(deps.lastOf(verdict.id), made) };
}

/** A picture to be scored, by what was done to it. */
type Picture = { alteration: string; crop: RgbImage; measures: FaceMeasures; beyondDomain?: readonly HeldReason[] };

/** The face as it is, then altered; others of the process get their turn between two. */
async function* picturesOf({ crop, measures, battery }: CutFace): AsyncGenerator<Picture> {
  if (!battery) throw new Error('A face was cut without what the battery is made from.');
  yield { alteration: 'none', crop, measures };
  for (const { alteration, crop: altered, measures: of } of battery()) {
    yield { alteration, crop: altered, measures: of() };
    await setImmediate();
  }
}

/** The face in the frames beside, where it is found there as it was. */
async function* besidePictures(
  deps: StabilityDeps,
  recorded: RecordedVerdict,
  model: Model,
  fileOf: FileSource,
): AsyncGenerator<Picture> {
  const { before, behind } = deps.besideOnTrack(recorded.face!);
  const [nameBefore, nameBehind] = FRAMES_BESIDE;
  for (const [alteration, face] of [
    [nameBefore, before],
    [nameBehind, behind],
  ] as const) {
    const file = face && (await fileOf({ ...recorded, face }, model));
    const cut = file?.kind === 'cut' ? file.faces[face!.faceIndex] : undefined;
    if (cut) yield { alteration, crop: cut.crop, measures: cut.measures, beyondDomain: cut.beyondDomain };
  }
}

async function* chained<T>(...all: AsyncIterable<T>[]): AsyncGenerator<T> {
  for (const one of all) yield* one;
}

/** What one network says of one picture. */
type Said = { alteration: string; logit: number; measures: FaceMeasures; outside: HeldReason[] };

async function scoresOf(
  { model, compute }: { model: Model; compute: Compute },
  pictures: AsyncIterable<Picture>,
): Promise<Said[]> {
  const said: Said[] = [];
  for await (const run of scoreRuns(compute, model, pictures))
    for (const { of, scored } of run) {
      const { alteration, measures, beyondDomain = [] } = of;
      const outside = [...beyondDomain, ...beyond(model, measures, scored.features)];
      said.push({ alteration, measures, logit: scored.logit, outside });
    }
  return said;
}

function beyond({ validation }: Model, measures: FaceMeasures, features: Float32Array): HeldReason[] {
  return validation?.domain ? reasonsOutsideDomain(measures, features, validation.domain) : [];
}

/** What the model says of every picture: a composite by what each of its parts said of it. */
function together(model: Model, said: readonly (readonly Said[])[]): AlteredScore[] {
  const { composite } = model.passport;
  const [first = []] = said;
  return first.flatMap(({ alteration, measures }) => {
    // A frame beside of which one part has nothing is none.
    const all = said.flatMap((ofPart) => ofPart.find((one) => one.alteration === alteration) ?? []);
    if (all.length < said.length) return [];
    const logits = all.map(({ logit }) => logit);
    const logit = composite ? fusedLogit(composite, logits) : logits[0]!;
    const { score, leaning } = fromLogit(logit, model);
    const outside = all.map((one) => one.outside);
    return {
      alteration,
      logit,
      score,
      leaning,
      outside: composite ? ofFused(model, composite, measures, outside) : outside[0]!,
    };
  });
}

/** The limits of a composite's parts, and its own, as a scan asks them (fuse-outcomes.ts). */
function ofFused(
  { validation }: Model,
  composite: Composite,
  measures: FaceMeasures,
  outside: readonly HeldReason[][],
): HeldReason[] {
  const ofParts = reasonsOfParts(composite, outside);
  if (ofParts.length > 0 || !validation?.domain) return ofParts;
  return reasonsOutsideDomain(measures, new Float32Array(), { ...validation.domain, features: null });
}

/** A run of the battery on the same verdict before this one: every logit side by side. */
function heldAgainst(
  last: { jobId: JobId; row: StabilityRow } | undefined,
  { altered, beside, environment }: Pick<Tried, 'altered' | 'beside' | 'environment'>,
): Tried['before'] {
  if (!last || last.row.battery !== BATTERY) return null;
  const { jobId, row } = last;
  const found = [...altered, ...beside];
  const before = new Map([...row.altered, ...row.beside].map(({ alteration, logit }) => [alteration, logit]));
  if (before.size !== found.length || found.some(({ alteration }) => !before.has(alteration)))
    return { jobId, result: 'different', largestDifference: null };
  const quantities = found.map(({ alteration, logit }) => compareNumbers('logit', before.get(alteration)!, logit));
  const sameEnvironment = canonicalJson(row.environment) === canonicalJson(environment);
  return {
    jobId,
    result: judge(quantities, sameEnvironment),
    largestDifference: quantities.reduce((most, { difference }) => Math.max(most, difference ?? 0), 0),
  };
}
