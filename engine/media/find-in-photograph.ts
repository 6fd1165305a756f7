// Photograph -> faces as pipeline 3 found them, for its verdicts made again (now: find-standing.ts),
// from coarse to fine: the box network looks at the whole of it, made smaller,
// and at full size only at places where a first look sees a face, which way up it may be. What is a
// face, the box network says, as in find-faces.ts. Why, with measurements: decision 002.
import type { Candidate } from '../../models/face-finder/finder-output.ts';
import { mergeCandidates } from '../../models/face-finder/finder-output.ts';
import { rotateQuarter } from '../../models/image/rgb-image.ts';
import { boxesAt, clipped, enlarged } from './close-ups.ts';
import {
  describe,
  type FinderOptions,
  type FoundFace,
  findFaces,
  look,
  type RunFinder,
  STILL_LOOK,
  SURE_SCORE,
  surest,
  TILE_ABOVE_PX,
} from './find-faces.ts';
import { type LikelyPlace, likelyPlaces, type RunFirstLook } from './likely-places.ts';
import { type Photograph, reductionOf } from './photograph.ts';
import { boxInTurned, ROTATIONS, type Rotation } from './rotation.ts';

/** A place is shown to the box network on so many widths of its face. */
const WINDOW_SPANS = [8 / 3, 4] as const;

/**
 * Every face of a photograph, from top to bottom and left to right. The way up is settled as in
 * findFaces.
 */
export async function findInPhotograph(
  photograph: Photograph,
  run: RunFinder,
  runFirstLook: RunFirstLook,
  options: Pick<FinderOptions, 'priors' | 'minimumScore'>,
): Promise<FoundFace[]> {
  if (Math.max(photograph.widthPx, photograph.heightPx) <= TILE_ABOVE_PX)
    return findFaces(await photograph.pixels(), run, { ...STILL_LOOK, ...options });
  const factor = reductionOf(photograph);
  const reduced = await photograph.reduced();
  const likely = async (turned: boolean): Promise<LikelyPlace[]> =>
    (await likelyPlaces(reduced, runFirstLook, turned)).map(({ box, rotation }) => ({
      rotation,
      box: enlarged(box, factor),
    }));
  const inside = ({ box, score }: Candidate): Candidate => ({ score, box: clipped(box, photograph) });
  const atPlaces = async (places: readonly LikelyPlace[], rotation: Rotation): Promise<Candidate[]> => {
    if (places.length === 0) return [];
    const turned = places.map(({ box }) => ({ box, rotation }));
    return (await boxesAt(await photograph.pixels(), turned, WINDOW_SPANS, run, options)).flat();
  };

  const whole = (await look(reduced, run, options, false)).map(({ box, score }) =>
    inside({ score, box: enlarged(box, factor) }),
  );
  const places = await likely(false);
  const [upright, leaning] = [places.filter(isUpright), places.filter((place) => !isUpright(place))];
  const asItStands = [...whole, ...(await atPlaces(upright, 0))];
  // What is seen at a place whose face stands another way up is a face all the same, and speaks for
  // no way up.
  let best: Found = { rotation: 0, candidates: mergeCandidates([...asItStands, ...(await atPlaces(leaning, 0))]) };
  let most = surest(asItStands);
  if (most < STILL_LOOK.settlesAt) {
    const turned = [...leaning, ...(await likely(true))];
    for (const rotation of ROTATIONS.filter((one) => one !== 0)) {
      const candidates = mergeCandidates(
        await atPlaces(
          turned.filter((place) => place.rotation === rotation),
          rotation,
        ),
      );
      if (surest(candidates) < SURE_SCORE || surest(candidates) <= most) continue;
      best = { rotation, candidates };
      most = surest(candidates);
    }
  }
  if (best.candidates.length === 0) return [];
  const image = await photograph.pixels();
  const candidates = best.candidates.map(({ box, score }) => ({ score, box: boxInTurned(box, best.rotation, image) }));
  return describe(image, rotateQuarter(image, best.rotation), best.rotation, candidates, run);
}

/** Boxes in pixels of the photograph as it stands, seen in a copy turned so. */
type Found = { rotation: Rotation; candidates: Candidate[] };

const isUpright = ({ rotation }: LikelyPlace): boolean => rotation === 0;
