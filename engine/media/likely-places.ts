// Where in a picture a face may be, at a fraction of what the box network takes: a first look at all
// of it, made smaller; and, as pipeline 3 did, a closer one at what that saw, each way up. Says where
// the box network has to look; what is a face, that one decides.
import {
  type Glimpse,
  mergeGlimpses,
  readGlimpses,
  type Tile,
  tileBytes,
  tilesOver,
} from '../../models/face-finder/first-look.ts';
import { type Region, resample } from '../../models/image/resample.ts';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import { shrink } from '../../models/image/shrink.ts';
import { boxFromTurned, ROTATIONS, type Rotation } from './rotation.ts';

/** What the network of the first look says: full-range.ts. `points` are there for close looks alone. */
export type FirstLookOutputs = { cells: Float32Array; points: Float32Array };
/** Runs the network of the first look on one picture or several of one of its sizes. */
export type RunFirstLook = (size: FirstLookSize, bytes: Uint8Array, pictures: number) => Promise<FirstLookOutputs>;

/** Sizes the network of the first look is built for, by name: width and height in pixels. */
export const FIRST_LOOK_SIZES = {
  wide: { width: 384, height: 288 },
  high: { width: 288, height: 384 },
  close: { width: 96, height: 96 },
} as const;
export type FirstLookSize = keyof typeof FIRST_LOOK_SIZES;

/** A face may be here: its box, and which way up the picture has to be for it to stand upright. */
export type LikelyPlace = { box: Region; rotation: Rotation };

/** Longer side of the copies that are looked at turned. */
const TURNED_PX = 704;
/** The next smaller copy of what is looked at, for faces too large for the first. */
const NEXT_COPY = 4;
/** A face cut by the edge of a tile is whole in the next, if it is smaller than this. */
const OVERLAP_PX = 48;
/** What is looked at closely: the logit of a cell is above this. By measurement: decision 002. */
const WORTH_A_LOOK = -2;
/** What the box network is to look at: the logit of the closer look is above this. */
const LIKELY = -0.3;
/** The closer look takes in this many widths of the face, and not less than so many pixels. */
const CLOSE_SPAN = 4;
const LEAST_SPAN_PX = 40;

/**
 * Places in `image`, a photograph's reduced copy (photograph.ts), in its pixels: as it stands, or with
 * `turned` in copies of it turned by quarters.
 */
export async function likelyPlaces(image: RgbImage, run: RunFirstLook, turned: boolean): Promise<LikelyPlace[]> {
  if (!turned) {
    const seen = await firstLook(image, run, WORTH_A_LOOK);
    return closerLook(image, seen, ROTATIONS, run);
  }
  const { copy, scale } = copyForTurning(image);
  const places: LikelyPlace[] = [];
  for (const rotation of ROTATIONS.filter((one) => one !== 0)) {
    const seen = await firstLook(rotateQuarter(copy, rotation), run, WORTH_A_LOOK);
    const inImage = seen.map(({ box, logit }) => ({
      logit,
      box: scaled(boxFromTurned(box, rotation, copy), 1 / scale),
    }));
    places.push(...(await closerLook(image, inImage, [rotation], run)));
  }
  return places;
}

/** What of a picture is looked at turned. */
export function copyForTurning(image: RgbImage): { copy: RgbImage; scale: number } {
  const { widthPx, heightPx } = image;
  const scale = Math.min(1, TURNED_PX / Math.max(widthPx, heightPx));
  const [width, height] = [Math.max(1, Math.round(widthPx * scale)), Math.max(1, Math.round(heightPx * scale))];
  return { scale, copy: resample(image, { x: 0, y: 0, width: widthPx, height: heightPx }, width, height, 0) };
}

export const scaled = ({ x, y, width, height }: Region, by: number): Region => ({
  x: x * by,
  y: y * by,
  width: width * by,
  height: height * by,
});

/** Everything whose logit is above `limit`, in a picture and in its next smaller copy. */
export async function firstLook(image: RgbImage, run: RunFirstLook, limit: number): Promise<Glimpse[]> {
  const seen = await lookInTiles(image, run, limit);
  const small = shrink(image, NEXT_COPY);
  for (const { box, logit } of await lookInTiles(small, run, limit)) seen.push({ logit, box: scaled(box, NEXT_COPY) });
  return mergeGlimpses(seen);
}

/** Everything whose logit is above `limit` in a picture as it is. */
export async function lookInTiles(image: RgbImage, run: RunFirstLook, limit: number): Promise<Glimpse[]> {
  const name = sizeFor(image);
  const size = FIRST_LOOK_SIZES[name];
  // One run each: what a run of several keeps at once does not fit into the processor's memory.
  const looks = tilesOver(image, { ...size, overlap: OVERLAP_PX }).map(async (tile): Promise<Glimpse[]> => {
    const { cells } = await run(name, tileBytes(image, tile), 1);
    return mergeGlimpses(readGlimpses(cells, { at: 0, ...size }, limit)).map((one) => moved(one, tile));
  });
  return (await Promise.all(looks)).flat();
}

function sizeFor({ widthPx, heightPx }: RgbImage): FirstLookSize {
  if (Math.max(widthPx, heightPx) <= FIRST_LOOK_SIZES.close.width) return 'close';
  return widthPx >= heightPx ? 'wide' : 'high';
}

const moved = ({ box, logit }: Glimpse, { x, y }: Tile): Glimpse => ({
  logit,
  box: { ...box, x: box.x + x, y: box.y + y },
});

/** What of a picture is looked at closely for a box: a square around it. */
export function closeRegion({ x, y, width, height }: Region): Region {
  const span = Math.max(LEAST_SPAN_PX, CLOSE_SPAN * Math.max(width, height));
  return { x: x + (width - span) / 2, y: y + (height - span) / 2, width: span, height: span };
}

/** What of it still looks like a face from close by, and which way up. */
async function closerLook(
  image: RgbImage,
  glimpses: readonly Glimpse[],
  rotations: readonly Rotation[],
  run: RunFirstLook,
): Promise<LikelyPlace[]> {
  const { width: side } = FIRST_LOOK_SIZES.close;
  const one = side * side * 3;
  const close = { widthPx: side, heightPx: side };
  const looks = glimpses.map(async ({ box }): Promise<LikelyPlace[]> => {
    const from = closeRegion(box);
    const cut = resample(image, from, side, side, 0);
    const bytes = new Uint8Array(one * rotations.length);
    for (const [i, rotation] of rotations.entries()) bytes.set(rotateQuarter(cut, rotation).data, i * one);
    const { cells } = await run('close', bytes, rotations.length);
    const seen = rotations.flatMap((rotation, at) =>
      readGlimpses(cells, { at, width: side, height: side }, LIKELY)
        .filter(({ box: { x, y, width, height } }) => isInner(x + width / 2, side) && isInner(y + height / 2, side))
        .map((glimpse) => ({ ...glimpse, rotation })),
    );
    const surest = seen.reduce((best, now) => (now.logit > (best?.logit ?? LIKELY) ? now : best), seen[0]);
    if (!surest) return [];
    const found = scaled(boxFromTurned(surest.box, surest.rotation, close), from.width / side);
    return [{ rotation: surest.rotation, box: { ...found, x: from.x + found.x, y: from.y + found.y } }];
  });
  return (await Promise.all(looks)).flat();
}

const isInner = (at: number, side: number): boolean => at > side / 4 && at < (side * 3) / 4;
