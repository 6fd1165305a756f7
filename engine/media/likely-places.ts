// Where in a large picture a face may be, at a fraction of what the box network takes: a first look
// at all of it, made smaller, then a closer one at what that saw, each way up. Says where the box
// network has to look; what is a face, that one decides.
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

/** Runs the network of the first look on one picture or several of one of its sizes. */
export type RunFirstLook = (size: FirstLookSize, bytes: Uint8Array, pictures: number) => Promise<Float32Array>;

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
    const seen = await firstLook(image, run);
    return closerLook(image, seen, ROTATIONS, run);
  }
  const scale = Math.min(1, TURNED_PX / Math.max(image.widthPx, image.heightPx));
  const copy = resample(
    image,
    { x: 0, y: 0, width: image.widthPx, height: image.heightPx },
    Math.max(1, Math.round(image.widthPx * scale)),
    Math.max(1, Math.round(image.heightPx * scale)),
    0,
  );
  const places: LikelyPlace[] = [];
  for (const rotation of ROTATIONS.filter((one) => one !== 0)) {
    const seen = await firstLook(rotateQuarter(copy, rotation), run);
    const inImage = seen.map(({ box, logit }) => ({
      logit,
      box: scaled(boxFromTurned(box, rotation, copy), 1 / scale),
    }));
    places.push(...(await closerLook(image, inImage, [rotation], run)));
  }
  return places;
}

const scaled = ({ x, y, width, height }: Region, by: number): Region => ({
  x: x * by,
  y: y * by,
  width: width * by,
  height: height * by,
});

/** Everything worth a closer look, in a picture and in its next smaller copy. */
async function firstLook(image: RgbImage, run: RunFirstLook): Promise<Glimpse[]> {
  const seen = await lookInTiles(image, run);
  const small = shrink(image, NEXT_COPY);
  for (const { box, logit } of await lookInTiles(small, run)) seen.push({ logit, box: scaled(box, NEXT_COPY) });
  return mergeGlimpses(seen);
}

async function lookInTiles(image: RgbImage, run: RunFirstLook): Promise<Glimpse[]> {
  const name = image.widthPx >= image.heightPx ? 'wide' : 'high';
  const size = FIRST_LOOK_SIZES[name];
  // One run each: what a run of several keeps at once does not fit into the processor's memory.
  const looks = tilesOver(image, { ...size, overlap: OVERLAP_PX }).map(async (tile): Promise<Glimpse[]> => {
    const cells = await run(name, tileBytes(image, tile), 1);
    return mergeGlimpses(readGlimpses(cells, { at: 0, ...size }, WORTH_A_LOOK)).map((one) => moved(one, tile));
  });
  return (await Promise.all(looks)).flat();
}

const moved = ({ box, logit }: Glimpse, { x, y }: Tile): Glimpse => ({
  logit,
  box: { ...box, x: box.x + x, y: box.y + y },
});

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
    const span = Math.max(LEAST_SPAN_PX, CLOSE_SPAN * Math.max(box.width, box.height));
    const from = { x: box.x + (box.width - span) / 2, y: box.y + (box.height - span) / 2, width: span, height: span };
    const cut = resample(image, from, side, side, 0);
    const bytes = new Uint8Array(one * rotations.length);
    for (const [i, rotation] of rotations.entries()) bytes.set(rotateQuarter(cut, rotation).data, i * one);
    const cells = await run('close', bytes, rotations.length);
    const seen = rotations.flatMap((rotation, at) =>
      readGlimpses(cells, { at, width: side, height: side }, LIKELY)
        .filter(({ box: { x, y, width, height } }) => isInner(x + width / 2, side) && isInner(y + height / 2, side))
        .map((glimpse) => ({ ...glimpse, rotation })),
    );
    const surest = seen.reduce((best, now) => (now.logit > (best?.logit ?? LIKELY) ? now : best), seen[0]);
    if (!surest) return [];
    const found = scaled(boxFromTurned(surest.box, surest.rotation, close), span / side);
    return [{ rotation: surest.rotation, box: { ...found, x: from.x + found.x, y: from.y + found.y } }];
  });
  return (await Promise.all(looks)).flat();
}

const isInner = (at: number, side: number): boolean => at > side / 4 && at < (side * 3) / 4;
