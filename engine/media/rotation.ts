// Quarter turns of a picture, and where its points and boxes come to lie.
import type { PixelBox, PixelPoint } from '../../contract/units.ts';
import type { Region } from '../../models/image/resample.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';

/** Quarter turns of a picture, degrees clockwise. */
export type Rotation = 0 | 90 | 180 | 270;

export const ROTATIONS: readonly Rotation[] = [0, 90, 180, 270];

type Size = Pick<RgbImage, 'widthPx' | 'heightPx'>;

/** A point of the turned picture in the upright one, whose size is given. */
export function pointFromTurned({ x, y }: PixelPoint, rotation: Rotation, { widthPx, heightPx }: Size): PixelPoint {
  switch (rotation) {
    case 0:
      return { x, y };
    case 90:
      return { x: y, y: heightPx - x };
    case 180:
      return { x: widthPx - x, y: heightPx - y };
    case 270:
      return { x: widthPx - y, y: x };
  }
}

/** A point of the picture in a copy of it that is turned clockwise. */
export function pointInTurned({ x, y }: PixelPoint, rotation: Rotation, { widthPx, heightPx }: Size): PixelPoint {
  switch (rotation) {
    case 0:
      return { x, y };
    case 90:
      return { x: heightPx - y, y: x };
    case 180:
      return { x: widthPx - x, y: heightPx - y };
    case 270:
      return { x: y, y: widthPx - x };
  }
}

/** As pointFromTurned, a box. */
export function boxFromTurned(box: Region, rotation: Rotation, image: Size): PixelBox {
  return boxOfCorners((point) => pointFromTurned(point, rotation, image), box);
}

/** As pointInTurned, a box. */
export function boxInTurned(box: Region, rotation: Rotation, image: Size): PixelBox {
  return boxOfCorners((point) => pointInTurned(point, rotation, image), box);
}

function boxOfCorners(move: (point: PixelPoint) => PixelPoint, { x, y, width, height }: Region): PixelBox {
  const [a, b] = [move({ x, y }), move({ x: x + width, y: y + height })];
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}
