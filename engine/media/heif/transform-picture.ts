// Crop, rotation and mirror of a HEIF picture (ISO/IEC 23008-12, 6.5.9 to 6.5.12), in the file's
// own order and in one pass over the pixels. Pure. EXIF's orientation says the same once more and
// is not applied: the standard gives it no effect.
import type { Remark } from '../../../contract/remark.ts';
import { corrupt } from './heif-refusal.ts';
import type { Ratio, Size, Transform } from './item-properties.ts';

/** Pixels of any number of channels, interleaved. */
export type Pixels = Size & { channels: number; data: Uint8Array };

/**
 * Where the output's pixel (x, y) comes from: (ax x + bx y + cx, ay x + by y + cy) of the input;
 * and the output's size.
 */
type Mapping = Size & { x: readonly [number, number, number]; y: readonly [number, number, number] };

/** The mapping of one transformation applied after `before`. */
function followedBy(before: Mapping, transform: Transform): Mapping {
  const { widthPx: w, heightPx: h } = before;
  switch (transform.kind) {
    case 'crop': {
      const { left, top, widthPx, heightPx } = cropBox(transform, before);
      return composed(before, { widthPx, heightPx, x: [1, 0, left], y: [0, 1, top] });
    }
    case 'mirror':
      return transform.exchanges === 'topAndBottom'
        ? composed(before, { widthPx: w, heightPx: h, x: [1, 0, 0], y: [0, -1, h - 1] })
        : composed(before, { widthPx: w, heightPx: h, x: [-1, 0, w - 1], y: [0, 1, 0] });
    case 'rotate': {
      // One quarter anticlockwise: the right edge becomes the upper one.
      let turned = before;
      for (let n = transform.quarters; n > 0; n--)
        turned = composed(turned, {
          widthPx: turned.heightPx,
          heightPx: turned.widthPx,
          x: [0, -1, turned.widthPx - 1],
          y: [1, 0, 0],
        });
      return turned;
    }
  }
}

function composed(outer: Mapping, { widthPx, heightPx, x, y }: Mapping): Mapping {
  const row = ([a, b, c]: readonly [number, number, number]): [number, number, number] => [
    a * x[0] + b * y[0],
    a * x[1] + b * y[1],
    a * x[2] + b * y[2] + c,
  ];
  return { widthPx, heightPx, x: row(outer.x), y: row(outer.y) };
}

const numberFrom = ({ numerator, denominator }: Ratio): number => {
  if (denominator === 0) throw corrupt({ kind: 'cropByZero' });
  return numerator / denominator;
};

/**
 * A clean aperture is a width, a height and how far its centre lies from the picture's; rounded to
 * whole pixels.
 */
function cropBox(crop: Transform & { kind: 'crop' }, { widthPx: w, heightPx: h }: Size) {
  const [width, height] = [Math.round(numberFrom(crop.width)), Math.round(numberFrom(crop.height))];
  const left = Math.round(numberFrom(crop.offsetX) + (w - numberFrom(crop.width)) / 2);
  const top = Math.round(numberFrom(crop.offsetY) + (h - numberFrom(crop.height)) / 2);
  if (width < 1 || height < 1 || left < 0 || top < 0 || left + width > w || top + height > h)
    throw corrupt({
      kind: 'cropOutside',
      crop: { widthPx: width, heightPx: height, left, top },
      widthPx: w,
      heightPx: h,
    });
  return { left, top, widthPx: width, heightPx: height };
}

/**
 * The picture as it is to be shown. Throws HeifRefusal for a crop that is not inside the picture.
 */
export function transformPicture(picture: Pixels, transforms: readonly Transform[]): Pixels {
  const { widthPx, heightPx, channels, data } = picture;
  const start: Mapping = { widthPx, heightPx, x: [1, 0, 0], y: [0, 1, 0] };
  if (!transforms.some(changesSomething)) return picture;
  const mapping = transforms.reduce(followedBy, start);
  const out = new Uint8Array(mapping.widthPx * mapping.heightPx * channels);
  const step = (mapping.x[0] + mapping.y[0] * widthPx) * channels;
  for (let y = 0, to = 0; y < mapping.heightPx; y++) {
    let from = (mapping.x[1] * y + mapping.x[2] + (mapping.y[1] * y + mapping.y[2]) * widthPx) * channels;
    for (let x = 0; x < mapping.widthPx; x++, from += step)
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
  }
  return { widthPx: mapping.widthPx, heightPx: mapping.heightPx, channels, data: out };
}

const changesSomething = (transform: Transform): boolean => transform.kind !== 'rotate' || transform.quarters > 0;

/** One line for each transformation that changes something. */
export function transformRemarks(transforms: readonly Transform[]): Remark[] {
  return transforms.flatMap((one): Remark[] => {
    if (one.kind === 'mirror') return [{ kind: 'mirrored' }];
    if (one.kind === 'crop') return [{ kind: 'cropped' }];
    return one.quarters === 0 ? [] : [{ kind: 'turned', degrees: 360 - 90 * one.quarters }];
  });
}
