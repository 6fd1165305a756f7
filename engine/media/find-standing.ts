// Picture -> faces, photographs and frames of films alike. The box network looks at the whole of it,
// made smaller, and at full size at places where a first look sees a face; what is a face, it alone
// decides. Which way up a picture has to be held, it does not: a copy is turned only for a face that
// the first look sees standing that way (standing-places.ts). Why, with measurements: decision 002.
import { type Candidate, mergeCandidates, overlap } from '../../models/face-finder/finder-output.ts';
import type { Region } from '../../models/image/resample.ts';
import { rotateQuarter } from '../../models/image/rgb-image.ts';
import { boxesAt, clipped, enlarged } from './close-ups.ts';
import {
  describe,
  type FinderOptions,
  type FoundFace,
  look,
  type RunFinder,
  SURE_SCORE,
  surest,
} from './find-faces.ts';
import { copyForTurning, firstLook, lookInTiles, type RunFirstLook, scaled } from './likely-places.ts';
import { type Photograph, reductionOf } from './photograph.ts';
import { boxFromTurned, ROTATIONS, type Rotation } from './rotation.ts';
import { type Seen, type StandingPlace, standingPlaces } from './standing-places.ts';

/** Logit of the first look above which a place is looked at closely: as it stands, and turned. */
const WORTH_A_LOOK = -2.5;
const WORTH_A_LOOK_TURNED = -2;
/**
 * A place is shown to the box network on so many widths of its face; where it sees none (a dark face
 * most of all), on so many more.
 */
const SPANS = [8 / 3, 4] as const;
const MORE_SPANS = [2, 7 / 3] as const;
/**
 * A face seen in the whole of a picture is not looked at again where the picture has at most
 * SMALL_PX along its longer side, for there is hardly more to see and its box stays what it was
 * before there was a first look; in a larger one where it is sure, and has so many of the network's
 * 512 pixels.
 */
const LARGE_ENOUGH = 1 / 8;
const SMALL_PX = 1024;

/** What finding works with. */
export type FindingTools = {
  run: RunFinder;
  runFirstLook: RunFirstLook;
  options: Pick<FinderOptions, 'priors' | 'minimumScore'>;
};

/**
 * Every face of a picture, from top to bottom and left to right, all seen the same way up. `up`: how the picture has
 * to be turned for its faces to stand upright, where that is known. Otherwise it is held as it
 * stands, unless no face surely stands upright in it and one surely does in a copy turned by
 * quarters: the surest.
 */
export async function findStanding(photograph: Photograph, tools: FindingTools, up?: Rotation): Promise<FoundFace[]> {
  const asItStands = await lookHeld(photograph, up ?? 0, tools);
  const rotation = up ?? (await wayUp(photograph, asItStands, tools));
  if (rotation === (up ?? 0)) return faces(photograph, asItStands.candidates, rotation, tools);
  const { candidates } = await lookHeld(photograph, rotation, tools);
  if (candidates.length > 0) return faces(photograph, candidates, rotation, tools);
  return faces(photograph, asItStands.candidates, 0, tools);
}

/**
 * A picture held so. Where nothing is seen in one that had to be turned, the smaller copy in which
 * its way up was seen is looked at too.
 */
async function lookHeld(photograph: Photograph, rotation: Rotation, tools: FindingTools): Promise<Upright> {
  const held = turnedPhotograph(photograph, rotation);
  const upright = await lookUpright(held, tools);
  if (rotation === 0 || upright.candidates.length > 0) return upright;
  const places = (await placesInCopies(held, [0], tools.runFirstLook)).filter((place) => place.rotation === 0);
  return { ...upright, candidates: mergeCandidates(await lookAtPlaces(held, places, tools)) };
}

/**
 * What is seen in a picture as it is held. `uprightScore`: of the surest face that the first look
 * too sees upright, 0 where there is none. `leaning`: faces that do not stand upright, in pixels of
 * the picture.
 */
type Upright = { candidates: Candidate[]; uprightScore: number; leaning: StandingPlace[] };

async function lookUpright(photograph: Photograph, tools: FindingTools): Promise<Upright> {
  const { run, runFirstLook, options } = tools;
  const factor = reductionOf(photograph);
  const reduced = await photograph.reduced();
  const whole = await look(reduced, run, options, false);
  const glimpses = (await firstLook(reduced, runFirstLook, WORTH_A_LOOK)).map(({ box }) => box);
  const unseen = mergeCandidates(whole).filter(({ box }) => !glimpses.some((one) => isSame(one, box)));
  const seen = [...glimpses, ...unseen.map(({ box }) => box)].map((box): Seen => ({ box, rotation: 0 }));
  const places = (await standingPlaces(reduced, seen, runFirstLook)).flatMap((place) => (place ? [place] : []));

  const longer = Math.max(reduced.widthPx, reduced.heightPx);
  const isKnown = ({ box, score }: Candidate): boolean =>
    (factor === 1 && longer <= SMALL_PX) ||
    (score >= SURE_SCORE && Math.min(box.width, box.height) >= LARGE_ENOUGH * longer);
  const known = whole.filter(isKnown);
  const unknown = places.filter(({ box }) => !known.some((one) => isSame(one.box, box)));
  const atPlaces = await lookAtPlaces(
    photograph,
    unknown.map(({ box, rotation }) => ({ rotation, box: enlarged(box, factor) })),
    tools,
  );

  const inPhotograph = places.map(({ box, rotation }) => ({ rotation, box: enlarged(box, factor) }));
  const candidates = mergeCandidates([
    ...whole.map(({ box, score }) => ({ score, box: clipped(enlarged(box, factor), photograph) })),
    ...atPlaces,
  ]);
  const upright = inPhotograph.filter(({ rotation }) => rotation === 0);
  return {
    candidates,
    uprightScore: surest(candidates.filter(({ box }) => upright.some((place) => isSame(place.box, box)))),
    leaning: inPhotograph.filter(({ rotation }) => rotation !== 0),
  };
}

/**
 * What the box network sees at places, in the photograph as it is held. What is seen of a face that
 * does not stand upright is a face all the same.
 */
async function lookAtPlaces(
  photograph: Photograph,
  places: readonly StandingPlace[],
  { run, options }: FindingTools,
): Promise<Candidate[]> {
  if (places.length === 0) return [];
  const image = await photograph.pixels();
  const asHeld = places.map(({ box }) => ({ box, rotation: 0 as const }));
  const seen = await boxesAt(image, asHeld, SPANS, run, options);
  const unseen = asHeld.filter((_, i) => places[i]!.rotation === 0 && seen[i]!.length === 0);
  return [...seen, ...(await boxesAt(image, unseen, MORE_SPANS, run, options))].flat();
}

/** How a picture has to be turned: see findStanding. */
async function wayUp(
  photograph: Photograph,
  { uprightScore, leaning }: Upright,
  { run, runFirstLook, options }: FindingTools,
): Promise<Rotation> {
  if (uprightScore >= SURE_SCORE) return 0;
  const turned = ROTATIONS.filter((one) => one !== 0);
  const inCopies = await placesInCopies(photograph, turned, runFirstLook);
  const places = [...leaning, ...inCopies.filter((place) => place.rotation !== 0)];
  if (places.length === 0) return 0;
  const seen = await boxesAt(await photograph.pixels(), places, SPANS, run, options);
  const scoreAt = (rotation: Rotation): number =>
    surest(seen.flatMap((candidates, i) => (places[i]!.rotation === rotation ? candidates : [])));
  return ROTATIONS.filter((one) => scoreAt(one) >= SURE_SCORE).reduce<Rotation>(
    (best, one) => (scoreAt(one) > (best === 0 ? uprightScore : scoreAt(best)) ? one : best),
    0,
  );
}

/** Faces seen in smaller copies turned so, in pixels of the photograph as it stands. */
async function placesInCopies(
  photograph: Photograph,
  rotations: readonly Rotation[],
  runFirstLook: RunFirstLook,
): Promise<StandingPlace[]> {
  const reduced = await photograph.reduced();
  const { copy, scale } = copyForTurning(reduced);
  const seen: Seen[] = [];
  for (const rotation of rotations)
    for (const { box } of await lookInTiles(rotateQuarter(copy, rotation), runFirstLook, WORTH_A_LOOK_TURNED))
      seen.push({ rotation, box: scaled(boxFromTurned(box, rotation, copy), 1 / scale) });
  const factor = reductionOf(photograph);
  return (await standingPlaces(reduced, seen, runFirstLook)).flatMap((place) =>
    place ? [{ ...place, box: enlarged(place.box, factor) }] : [],
  );
}

/** Candidates of a copy turned so as faces of the photograph. */
async function faces(
  photograph: Photograph,
  candidates: readonly Candidate[],
  rotation: Rotation,
  { run }: FindingTools,
): Promise<FoundFace[]> {
  if (candidates.length === 0) return [];
  const image = await photograph.pixels();
  return describe(image, rotateQuarter(image, rotation), rotation, candidates, run);
}

/** The photograph held another way; turned once. */
function turnedPhotograph(photograph: Photograph, rotation: Rotation): Photograph {
  if (rotation === 0) return photograph;
  const { widthPx, heightPx } = photograph;
  const [width, height] = rotation === 180 ? [widthPx, heightPx] : [heightPx, widthPx];
  return {
    widthPx: width,
    heightPx: height,
    reduced: once(async () => rotateQuarter(await photograph.reduced(), rotation)),
    pixels: once(async () => rotateQuarter(await photograph.pixels(), rotation)),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Two boxes of one face; those of the two networks differ in where a face ends. */
const isSame = (a: Region, b: Region): boolean => overlap(a, b).union > 0.2;
