// Photograph -> faces, from coarse to fine: the box network looks at the whole of it, made smaller,
// and at full size only at places where a first look sees a face, which way up it may be. What is a
// face, the box network says, as in find-faces.ts. Why, with measurements: decision 002.
import type { Candidate } from '../../models/face-finder/finder-output.ts';
import { mergeCandidates } from '../../models/face-finder/finder-output.ts';
import type { Part } from '../../models/face-finder/mosaic.ts';
import type { Region } from '../../models/image/resample.ts';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import {
  describe,
  type FinderOptions,
  type FoundFace,
  findFaces,
  look,
  lookAtParts,
  type RunFinder,
  STILL_LOOK,
  SURE_SCORE,
  surest,
  TILE_ABOVE_PX,
} from './find-faces.ts';
import { type LikelyPlace, likelyPlaces, type RunFirstLook } from './likely-places.ts';
import { type Photograph, reductionOf } from './photograph.ts';
import { boxFromTurned, boxInTurned, ROTATIONS, type Rotation } from './rotation.ts';

/**
 * The box network is shown a place twice, on so many widths of its face: some faces it sees in the
 * one alone.
 */
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
    const image = await photograph.pixels();
    const windows = places.flatMap(({ box }) => WINDOW_SPANS.map((span) => windowAround(box, span, image)));
    const parts = windows.map((window) => partOf(image, window, rotation));
    const found = await lookAtParts(parts, run, options);
    return found.flatMap((inPart, i) =>
      inPart.map(({ box, score }) => ({ score, box: fromPart(box, windows[i]!, rotation) })),
    );
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

const enlarged = ({ x, y, width, height }: Region, by: number): Region => ({
  x: x * by,
  y: y * by,
  width: width * by,
  height: height * by,
});

function clipped({ x, y, width, height }: Region, { widthPx, heightPx }: Pick<RgbImage, 'widthPx' | 'heightPx'>) {
  const [right, bottom] = [Math.min(widthPx, x + width), Math.min(heightPx, y + height)];
  return { x: Math.max(0, x), y: Math.max(0, y), width: right - Math.max(0, x), height: bottom - Math.max(0, y) };
}

/**
 * What the box network is shown of a place: a square in whole pixels inside the picture. Its place
 * and size go in steps of an eighth or so, so that the last digits of the first look, which differ
 * between processors, seldom change what is seen here.
 */
function windowAround(box: Region, span: number, { widthPx, heightPx }: RgbImage): Region {
  const wanted = span * Math.max(box.width, box.height, 1);
  const step = 2 ** Math.max(0, Math.floor(Math.log2(wanted / 8)));
  const side = Math.ceil(wanted / step) * step;
  const along = (middle: number, length: number): [from: number, size: number] => {
    const size = Math.min(side, length);
    const from = Math.round((middle - side / 2) / step) * step;
    return [Math.min(length - size, Math.max(0, from)), size];
  };
  const [x, width] = along(box.x + box.width / 2, widthPx);
  const [y, height] = along(box.y + box.height / 2, heightPx);
  return { x, y, width, height };
}

/** A window of the picture, turned. */
function partOf(image: RgbImage, window: Region, rotation: Rotation): Part {
  const turned = rotateQuarter(cutOut(image, window), rotation);
  return { image: turned, region: { x: 0, y: 0, width: turned.widthPx, height: turned.heightPx } };
}

function fromPart(box: Region, window: Region, rotation: Rotation): Region {
  const upright = boxFromTurned(box, rotation, { widthPx: window.width, heightPx: window.height });
  return { ...upright, x: upright.x + window.x, y: upright.y + window.y };
}

/** Whole pixels of a picture. */
function cutOut({ widthPx, data }: RgbImage, { x, y, width, height }: Region): RgbImage {
  const out = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * widthPx + x) * 3;
    out.set(data.subarray(from, from + width * 3), row * width * 3);
  }
  return { widthPx: width, heightPx: height, data: out };
}
