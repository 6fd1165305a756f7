// Which way up a face stands: the network of the first look, which knows eyes and mouth, looks
// closely at a place each way up, and the copy it is surest in says it by how those lie. The box
// network cannot say it: it half recognises faces on their heads. Measured in decision 002.
import { surestInside } from '../../models/face-finder/first-look.ts';
import { type Region, resample } from '../../models/image/resample.ts';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import { closeRegion, FIRST_LOOK_SIZES, type FirstLookOutputs, type RunFirstLook, scaled } from './likely-places.ts';
import { boxFromTurned, ROTATIONS, type Rotation } from './rotation.ts';

/** A face is likely here; the picture turned so shows it upright. */
export type StandingPlace = { box: Region; rotation: Rotation };
/** A box that may hold a face, and how the copy was turned in which it was seen. */
export type Seen = { box: Region; rotation: Rotation };

/** Squares of 96 pixels in one run: what they keep fits into the processor's caches. */
const SQUARES_PER_RUN = 8;
/**
 * Logit below which a square that was seen as the picture stands holds no face, whichever way up:
 * one that lies or hangs has -1.7 and more upright, in light and in the dark.
 */
const NO_FACE_UPRIGHT = -2;
/** The same of a square in the copy that shows the face upright, and of the surest copy. */
const NO_FACE = -0.3;

type Square = { from: Region; picture: RgbImage; seen: Seen };
type Look = ReturnType<typeof surestInside> & { rotation: Rotation };

/** What of `seen` holds a face, in pixels of `image` as it stands; undefined where none is likely. */
export async function standingPlaces(
  image: RgbImage,
  seen: readonly Seen[],
  run: RunFirstLook,
): Promise<(StandingPlace | undefined)[]> {
  const squares = seen.map((one) => squareFor(image, one));
  const first = await lookAt(
    squares.map((square) => ({ square, rotation: square.seen.rotation })),
    run,
  );
  const worth = squares.flatMap((square, i) =>
    first[i]!.logit > (square.seen.rotation === 0 ? NO_FACE_UPRIGHT : NO_FACE) ? [{ square, look: first[i]! }] : [],
  );
  const others = ({ seen: { rotation } }: Square): Rotation[] => ROTATIONS.filter((one) => one !== rotation);
  const more = await lookAt(
    worth.flatMap(({ square }) => others(square).map((rotation) => ({ square, rotation }))),
    run,
  );
  const placeOf = new Map(
    worth.map(({ square, look }, i) => [square, placeIn(square, [look, ...more.slice(i * 3, i * 3 + 3)])]),
  );
  return squares.map((square) => placeOf.get(square));
}

function squareFor(image: RgbImage, seen: Seen): Square {
  const { width: side } = FIRST_LOOK_SIZES.close;
  const from = closeRegion(seen.box);
  return { from, seen, picture: resample(image, from, side, side, 0) };
}

/** The surest face of each square, turned so. */
async function lookAt(wanted: readonly { square: Square; rotation: Rotation }[], run: RunFirstLook): Promise<Look[]> {
  const { width: side } = FIRST_LOOK_SIZES.close;
  const one = side * side * 3;
  const looks: Look[] = [];
  for (let at = 0; at < wanted.length; at += SQUARES_PER_RUN) {
    const some = wanted.slice(at, at + SQUARES_PER_RUN);
    const bytes = new Uint8Array(one * some.length);
    for (const [i, { square, rotation }] of some.entries())
      bytes.set(rotateQuarter(square.picture, rotation).data, i * one);
    const outputs: FirstLookOutputs = await run('close', bytes, some.length);
    looks.push(...some.map(({ rotation }, i) => ({ ...surestInside(outputs, { at: i, side }), rotation })));
  }
  return looks;
}

/** The way up is that of the surest copy, put right by how the eyes and the mouth lie in it. */
function placeIn({ from }: Square, looks: readonly Look[]): StandingPlace | undefined {
  const surest = looks.reduce((best, now) => (now.logit > best.logit ? now : best));
  if (surest.logit <= NO_FACE) return undefined;
  const { width: side } = FIRST_LOOK_SIZES.close;
  const { x, y, width, height } = scaled(
    boxFromTurned(surest.box, surest.rotation, { widthPx: side, heightPx: side }),
    from.width / side,
  );
  const rotation = ((surest.rotation - Math.round(surest.roll / 90) * 90 + 720) % 360) as Rotation;
  return { rotation, box: { x: from.x + x, y: from.y + y, width, height } };
}
