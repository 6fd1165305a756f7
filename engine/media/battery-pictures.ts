// A face in a picture -> the battery's pictures of it, cut by the model's own recipe: what its
// leaning is held against (contract/stability.ts). Only the part of the picture that the recipe may
// look at is altered, at the resolution of the evidence; it begins on JPEG's grid, as if the whole
// picture had been saved. Pure, and the same bytes on every machine.
import type { Passport } from '../../contract/model.ts';
import { ALTERATIONS, type Alteration } from '../../contract/stability.ts';
import type { PixelPoint } from '../../contract/units.ts';
import { blurred, brightened, mirrored, reduced, throughJpeg } from '../../models/image/alter.ts';
import type { Region } from '../../models/image/resample.ts';
import { type RgbImage, regionOf } from '../../models/image/rgb-image.ts';
import { cropFace } from './crop-face.ts';
import type { CropSource } from './crop-source.ts';
import { type FaceMeasures, measureFace } from './face-measures.ts';
import { measureQuality } from './face-quality.ts';

/** An altered picture of a face as the network is fed it; what that picture is like, when asked for. */
export type AlteredFace = { alteration: Alteration; crop: RgbImage; measures: () => FaceMeasures };

/** How far from the box's centre a recipe looks, in longer sides of the box; more than enough. */
const reachOf = (cropRecipe: string): number => (cropRecipe.startsWith('aligned') ? 1.5 : 1);

/** Two of JPEG's blocks: where chroma is halved, its blocks begin with those of the luma. */
const GRID = 16;

const REDUCED = 0.75;
/** Of the longer side of the box. */
const BLUR = 0.01;
const BRIGHTER = 1.1;
const DARKER = 0.9;
const MOVED = 0.05;
const ENLARGED = 1.1;

const longerSide = ({ box }: CropSource): number => Math.max(box.width, box.height);

/** The places of a source, each moved by `point`, its box scaled as distances are. */
const placed = (
  { box, landmarks }: CropSource,
  image: RgbImage,
  point: (at: PixelPoint) => PixelPoint,
  scale: { x: number; y: number },
): CropSource => ({
  image,
  box: { ...point(box), width: box.width * scale.x, height: box.height * scale.y },
  landmarks: landmarks.map(point),
});

const moved = (source: CropSource, dx: number, dy: number): CropSource =>
  placed(source, source.image, ({ x, y }) => ({ x: x + dx, y: y + dy }), { x: 1, y: 1 });

function enlarged(source: CropSource): CropSource {
  const { box, image } = source;
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const away = ({ x, y }: PixelPoint): PixelPoint => ({ x: cx + (x - cx) * ENLARGED, y: cy + (y - cy) * ENLARGED });
  return placed(source, image, away, { x: ENLARGED, y: ENLARGED });
}

function smaller(source: CropSource): CropSource {
  const image = reduced(source.image, REDUCED);
  const scale = { x: image.widthPx / source.image.widthPx, y: image.heightPx / source.image.heightPx };
  return placed(source, image, ({ x, y }) => ({ x: x * scale.x, y: y * scale.y }), scale);
}

/** Which point of the 68 each becomes when left and right change places (iBUG's order). */
const MIRRORED_POINTS: readonly number[] = (() => {
  const pairs: [number, number][] = [
    ...Array.from({ length: 8 }, (_, i): [number, number] => [i, 16 - i]),
    ...Array.from({ length: 5 }, (_, i): [number, number] => [17 + i, 26 - i]),
    ...[31, 32].map((i): [number, number] => [i, 66 - i]),
    ...[36, 37, 38, 39].map((i): [number, number] => [i, 81 - i]),
    ...[40, 41].map((i): [number, number] => [i, 87 - i]),
    ...[48, 49, 50].map((i): [number, number] => [i, 102 - i]),
    ...[55, 56].map((i): [number, number] => [i, 114 - i]),
    ...[60, 61].map((i): [number, number] => [i, 124 - i]),
    [65, 67],
  ];
  const order = Array.from({ length: 68 }, (_, i) => i);
  for (const [a, b] of pairs) [order[a], order[b]] = [b, a];
  return order;
})();

function leftForRight({ image, box, landmarks }: CropSource): CropSource {
  const { widthPx } = image;
  return {
    image: mirrored(image),
    box: { ...box, x: widthPx - box.x - box.width },
    landmarks: MIRRORED_POINTS.map((at) => ({ x: widthPx - landmarks[at]!.x, y: landmarks[at]!.y })),
  };
}

const repainted = (source: CropSource, image: RgbImage): CropSource => ({ ...source, image });

const ALTER: Readonly<Record<Alteration, (source: CropSource) => CropSource>> = {
  jpeg90: (source) => repainted(source, throughJpeg(source.image, 90)),
  jpeg70: (source) => repainted(source, throughJpeg(source.image, 70)),
  jpeg50: (source) => repainted(source, throughJpeg(source.image, 50)),
  reduced: smaller,
  blurred: (source) => repainted(source, blurred(source.image, BLUR * longerSide(source))),
  brighter: (source) => repainted(source, brightened(source.image, BRIGHTER)),
  darker: (source) => repainted(source, brightened(source.image, DARKER)),
  mirrored: leftForRight,
  movedAcross: (source) => moved(source, MOVED * longerSide(source), 0),
  movedDown: (source) => moved(source, 0, MOVED * longerSide(source)),
  enlarged,
};

/**
 * The part of a picture that a recipe may look at. Where the picture ends before it, so does the
 * part: recipes go on beyond a border as they do beyond the picture's.
 */
function partAround(source: CropSource, reach: number): CropSource {
  const { image, box } = source;
  const far = reach * longerSide(source);
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const within = (at: number, size: number): number => Math.min(size, Math.max(0, at));
  const left = within(Math.floor((cx - far) / GRID) * GRID, image.widthPx - 1);
  const top = within(Math.floor((cy - far) / GRID) * GRID, image.heightPx - 1);
  const right = Math.max(left + 1, within(Math.ceil(cx + far), image.widthPx));
  const bottom = Math.max(top + 1, within(Math.ceil(cy + far), image.heightPx));
  const region: Region = { x: left, y: top, width: right - left, height: bottom - top };
  return moved({ ...source, image: regionOf(image, region) }, -left, -top);
}

/**
 * The battery's pictures of a face, one after the other in its order, so that no more than one of
 * them is held. Of the picture only the part they are made from is kept meanwhile.
 */
export function batteryOf(
  source: CropSource,
  {
    cropRecipe,
    inputPx,
    interpolation,
  }: Pick<Passport, 'cropRecipe' | 'inputPx'> & { interpolation?: string | undefined },
): () => Iterable<AlteredFace> {
  const part = partAround(source, reachOf(cropRecipe));
  return function* () {
    for (const alteration of ALTERATIONS) {
      const altered = ALTER[alteration](part);
      const { image, box, landmarks } = altered;
      yield {
        alteration,
        crop: cropFace(cropRecipe, altered, inputPx, interpolation),
        measures: () => measureFace(image, box, measureQuality(image, box, landmarks)),
      };
    }
  };
}
