// Pixels -> faces, by the box network and the landmarks; findFaces itself as pipelines 1 and 2 did it,
// and 3 in films and small photographs, for their verdicts made again (now: find-standing.ts): one
// look at the whole of a picture, more at overlapping tiles of a large one, and turned copies when
// nothing was seen upright. Is given a function that runs the networks; knows nothing of where.
import { RecceError } from '../../contract/errors.ts';
import type { PixelBox, PixelPoint } from '../../contract/units.ts';
import {
  FINDER_INPUT_SIZE,
  finderInput,
  landmarkInput,
  type View,
  viewOf,
} from '../../models/face-finder/finder-input.ts';
import {
  type Candidate,
  mergeCandidates,
  readCandidates,
  readLandmarks,
} from '../../models/face-finder/finder-output.ts';
import { MOSAIC_CELLS, mosaicInput, type Part, readMosaic } from '../../models/face-finder/mosaic.ts';
import type { Region } from '../../models/image/resample.ts';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import type { Float32Tensor } from '../../models/tensor/tensor.ts';
import { boxFromTurned, pointFromTurned, ROTATIONS, type Rotation } from './rotation.ts';

// Buffers for the input are used again from picture to picture. A view is 3 MB; made afresh for every
// picture they had the garbage collector run at every second one, for a third of the engine's time.

/**
 * Idle buffers kept of one size; more are in use at once only when more files are searched at once.
 */
const KEPT = 4;
const idle = new Map<number, Float32Array[]>();

/** Buffers by the number of views they hold. One that is not given back is simply made again. */
const inputBuffers = {
  take: (views: number): Float32Array => idle.get(views)?.pop() ?? new Float32Array(views * FINDER_INPUT_SIZE),
  giveBack(views: number, buffer: Float32Array): void {
    const kept = idle.get(views) ?? [];
    if (kept.length < KEPT) kept.push(buffer);
    idle.set(views, kept);
  },
};

/** Runs one of the two networks on a batch and gives its outputs by name. */
export type RunFinder = (
  network: 'boxes' | 'landmarks',
  input: Float32Tensor,
) => Promise<Readonly<Record<string, Float32Array>>>;

/**
 * What is looked at where no face is surely upright: nothing more, copies turned by quarters as a
 * whole (a large face shows in them; where one does, that copy is looked at in tiles too), or each
 * copy in tiles as well.
 */
export type LookTurned = 'none' | 'whole' | 'tiles';

/**
 * How a picture is looked at in tiles. `from`: the way up that is looked at first and closely, 0 when
 * absent. `settlesAt`: a face seen with this confidence settles which way up the picture is, and no
 * other is looked at; SURE_SCORE when absent.
 */
export type LookInTiles = { turned?: LookTurned; from?: Rotation; settlesAt?: number };
/**
 * Which finder looks, and how: that of now (find-standing.ts; `up`: how the picture has to be turned,
 * where that is known), that of pipeline 3 for photographs (find-in-photograph.ts), or findFaces.
 */
export type Look =
  | { by: 'standing'; up?: Rotation | undefined }
  | { by: 'coarseToFine' }
  | ({ by: 'tiles' } & LookInTiles);

/** `turned`: `tiles` when absent. */
export type FinderOptions = { priors: Float32Array; minimumScore: number } & LookInTiles;

/**
 * A face where it was found: in pixels of the picture, and how the picture was turned when it was
 * seen.
 */
export type FoundFace = {
  box: PixelBox;
  finderScore: number;
  landmarks: PixelPoint[];
  foundAtRotation: Rotation;
};

/** Confidence below which a box is no face. The published default of the network. */
export const MINIMUM_FINDER_SCORE = 0.5;
/**
 * A picture whose longer side is beyond this is also looked at in tiles. The network sees faces
 * from about 24 of its 512 pixels: 1/64 of the longer side with tiles.
 */
export const TILE_ABOVE_PX = 1024;
/** Tiles overlap by this part of their side, so that a face cut by one is whole in another. */
const TILE_OVERLAP = 0.25;
/** Views run together; bounds memory (3 MB a view). */
const VIEWS_PER_RUN = 4;
/** A box thinner than this is noise. */
const SMALLEST_BOX_PX = 6;

const isNoNoise = ({ box }: Candidate): boolean => Math.min(box.width, box.height) >= SMALLEST_BOX_PX;

/** A face seen with this confidence is one. */
export const SURE_SCORE = 0.9;
/**
 * A face seen with this confidence stands upright: those that lie or stand on their heads are seen
 * with up to 0.987, and with more the right way up (measured on the finder's sample photographs, at
 * every quarter turn).
 */
const UPRIGHT_SCORE = 0.99;

/** How pipelines 2 and 3 looked at a photograph: nothing is known of which way up it is. */
export const STILL_LOOK = { turned: 'tiles', settlesAt: UPRIGHT_SCORE } as const satisfies LookInTiles;

/**
 * Every face of a picture, from top to bottom and left to right. Empty when there is none. When no
 * face settles which way up the picture is, turned copies are looked at too (as a whole where some
 * face is sure already), and the orientation with the surest face is taken; a turned one must be
 * sure, since faces are also half recognised on their heads and in regular patterns.
 */
export async function findFaces(image: RgbImage, run: RunFinder, options: FinderOptions): Promise<FoundFace[]> {
  const { turned: turning = 'tiles', from = 0, settlesAt = SURE_SCORE } = options;
  const first = rotateQuarter(image, from);
  let best = { rotation: from, turned: first, candidates: mergeCandidates(await look(first, run, options)) };
  const inTiles = turning === 'tiles' && surest(best.candidates) < SURE_SCORE;
  for (const rotation of ROTATIONS.filter((one) => one !== from)) {
    if (turning === 'none' || surest(best.candidates) >= settlesAt) break;
    const turned = rotateQuarter(image, rotation);
    const candidates = mergeCandidates(await look(turned, run, options, inTiles));
    if (surest(candidates) >= SURE_SCORE && surest(candidates) > surest(best.candidates))
      best = { rotation, turned, candidates };
  }
  if (!inTiles && best.rotation !== from) best.candidates = mergeCandidates(await look(best.turned, run, options));
  return describe(image, best.turned, best.rotation, best.candidates, run);
}

/** The face that is known to fill `box`: its landmarks, without a search. */
export async function faceInBox(image: RgbImage, box: PixelBox, run: RunFinder): Promise<FoundFace> {
  const [face] = await describe(image, image, 0, [{ box, score: 1 }], run);
  return face!;
}

/** The highest score, 0 where there is none. */
export const surest = (candidates: readonly Candidate[]): number =>
  candidates.reduce((most, { score }) => Math.max(most, score), 0);

/** Overlapping square tiles of a large picture, none for a small one. */
export function tilesOf({ widthPx, heightPx }: RgbImage): Region[] {
  const longer = Math.max(widthPx, heightPx);
  if (longer <= TILE_ABOVE_PX) return [];
  const side = Math.max(TILE_ABOVE_PX / 2, Math.ceil(longer / 3));
  const starts = (length: number): number[] => {
    if (length <= side) return [0];
    const count = Math.ceil((length - side) / (side * (1 - TILE_OVERLAP))) + 1;
    return Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / (count - 1)));
  };
  return starts(heightPx).flatMap((y) =>
    starts(widthPx).map((x) => ({ x, y, width: Math.min(side, widthPx - x), height: Math.min(side, heightPx - y) })),
  );
}

/**
 * Boxes in the whole of a picture, and in its tiles where it is large: not merged, in its pixels.
 */
export async function look(
  image: RgbImage,
  run: RunFinder,
  options: FinderOptions,
  inTiles = true,
): Promise<Candidate[]> {
  const whole: Region = { x: 0, y: 0, width: image.widthPx, height: image.heightPx };
  const views: View[] = [whole, ...(inTiles ? tilesOf(image) : [])].map(viewOf);
  const found: Candidate[] = [];
  for (let at = 0; at < views.length; at += VIEWS_PER_RUN) {
    const batch = views.slice(at, at + VIEWS_PER_RUN);
    const input = finderInput(image, batch, inputBuffers.take(batch.length));
    const outputs = await run('boxes', input);
    inputBuffers.giveBack(batch.length, input.data);
    const read = readBoxes(outputs);
    batch.forEach((view, i) => {
      found.push(...readCandidates(read, options.priors, i, view, options.minimumScore));
    });
  }
  return found.filter(isNoNoise);
}

/** What the box network says. Throws RecceError where it says no numbers. */
function readBoxes(outputs: Readonly<Record<string, Float32Array>>): {
  encodings: Float32Array;
  scores: Float32Array;
} {
  assertNumbers(outputs.scores!);
  return { encodings: outputs.encodings!, scores: outputs.scores! };
}

/** What is no number is above no limit: it would read as "no face found". */
export function assertNumbers(scores: Float32Array): void {
  if (!scores.every(Number.isFinite))
    throw new RecceError('COMPUTE_FAILED', 'Face finder', 'its scores are no numbers.');
}

/** Boxes in parts of pictures, in pixels of those, part by part. */
export async function lookAtParts(
  parts: readonly Part[],
  run: RunFinder,
  { priors, minimumScore }: FinderOptions,
): Promise<Candidate[][]> {
  const found: Candidate[][] = [];
  for (let at = 0; at < parts.length; at += MOSAIC_CELLS) {
    const some = parts.slice(at, at + MOSAIC_CELLS);
    const outputs = readBoxes(await run('boxes', mosaicInput(some)));
    found.push(...readMosaic(outputs, priors, some, minimumScore).map((inPart) => inPart.filter(isNoNoise)));
  }
  return found;
}

/** Candidates in a turned copy of a picture as faces of the picture, with their landmarks. */
export async function describe(
  image: RgbImage,
  turned: RgbImage,
  rotation: Rotation,
  candidates: readonly Candidate[],
  run: RunFinder,
): Promise<FoundFace[]> {
  const ordered = [...candidates].sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
  const faces: FoundFace[] = [];
  for (let at = 0; at < ordered.length; at += VIEWS_PER_RUN * 4) {
    const batch = ordered.slice(at, at + VIEWS_PER_RUN * 4);
    const { points } = await run(
      'landmarks',
      landmarkInput(
        turned,
        batch.map(({ box }) => box),
      ),
    );
    batch.forEach(({ box, score }, i) => {
      const upright = boxFromTurned(box, rotation, image);
      const landmarks = readLandmarks(points!, i, box).map((point) => pointFromTurned(point, rotation, image));
      faces.push({
        box: upright,
        finderScore: score,
        landmarks,
        foundAtRotation: rotation,
      });
    });
  }
  return faces;
}
