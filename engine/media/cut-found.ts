// A face that was found -> its crop and what its picture is like. A face seen in a turned copy is
// cut out of that copy: upright, as if the picture had been held that way up. Pure.
import type { FaceQuality } from '../../contract/face.ts';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import { type AlteredFace, batteryOf } from './battery-pictures.ts';
import { cropFace } from './crop-face.ts';
import type { CropSource } from './crop-source.ts';
import { type FaceMeasures, measureFace } from './face-measures.ts';
import { measureQuality } from './face-quality.ts';
import type { FoundFace } from './find-faces.ts';
import { boxInTurned, pointInTurned, type Rotation } from './rotation.ts';

/**
 * How faces are cut: by a recipe, at a size, brought to it by `interpolation` (the recipe's own way
 * when absent). `pipeline` 1 cut turned faces as they lay; that of now when absent. `battery`: so that
 * the battery's pictures can be made of each afterwards.
 */
export type Cutting = {
  cropRecipe: string;
  inputPx: number;
  interpolation?: string;
  pipeline?: number;
  battery?: boolean;
};

/** A face cut out. `quality` and `measures` are of the picture in which it stands upright. */
export type CutFound = {
  crop: RgbImage;
  quality: FaceQuality;
  measures: FaceMeasures;
  /** Makes them anew each time it is asked. */
  battery?: () => Iterable<AlteredFace>;
};

/** Cuts faces of one picture; a turned copy is made once for all of them. */
export function createCutter(
  image: RgbImage,
  { cropRecipe, inputPx, interpolation, pipeline, battery = false }: Cutting,
): (face: FoundFace) => CutFound {
  const upright = createUprighter(image);
  return (face) => {
    const source: CropSource = pipeline === 1 ? { image, ...face } : upright(face);
    const quality = measureQuality(source.image, source.box, source.landmarks);
    return {
      crop: cropFace(cropRecipe, source, inputPx, interpolation),
      quality,
      measures: measureFace(source.image, source.box, quality),
      ...(battery ? { battery: batteryOf(source, { cropRecipe, inputPx, interpolation }) } : {}),
    };
  };
}

type Seen = Pick<FoundFace, 'box' | 'landmarks' | 'foundAtRotation'>;

/**
 * Box and landmarks of faces of one picture in the copy in which each was seen; a turned copy is made
 * once for all of them.
 */
export function createUprighter(image: RgbImage): (face: Seen) => CropSource {
  const copies = new Map<Rotation, RgbImage>([[0, image]]);
  const turned = (rotation: Rotation): RgbImage => {
    const copy = copies.get(rotation) ?? rotateQuarter(image, rotation);
    copies.set(rotation, copy);
    return copy;
  };
  return ({ box, landmarks, foundAtRotation }) => ({
    image: turned(foundAtRotation),
    box: foundAtRotation === 0 ? box : boxInTurned(box, foundAtRotation, image),
    landmarks:
      foundAtRotation === 0 ? landmarks : landmarks.map((point) => pointInTurned(point, foundAtRotation, image)),
  });
}
