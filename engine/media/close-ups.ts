// Places of a photograph as the box network is shown them: at full size, many in one view.
import type { Candidate } from '../../models/face-finder/finder-output.ts';
import type { Part } from '../../models/face-finder/mosaic.ts';
import type { Region } from '../../models/image/resample.ts';
import { type RgbImage, rotateQuarter } from '../../models/image/rgb-image.ts';
import { type FinderOptions, lookAtParts, type RunFinder } from './find-faces.ts';
import { boxFromTurned, type Rotation } from './rotation.ts';

/**
 * What the box network says of each place, looked at in a copy turned so: boxes in pixels of the
 * picture as it stands. A place is shown once for each of `spans`, so many widths of its box: some
 * faces the network sees in one of them alone.
 */
export async function boxesAt(
  image: RgbImage,
  places: readonly { box: Region; rotation: Rotation }[],
  spans: readonly number[],
  run: RunFinder,
  options: FinderOptions,
): Promise<Candidate[][]> {
  const windows = places.flatMap(({ box, rotation }) =>
    spans.map((span) => ({ window: windowAround(box, span, image), rotation })),
  );
  const parts = windows.map(({ window, rotation }) => partOf(image, window, rotation));
  const found = await lookAtParts(parts, run, options);
  const inImage = found.map((inPart, i) => {
    const { window, rotation } = windows[i]!;
    return inPart.map(({ box, score }) => ({ score, box: fromPart(box, window, rotation) }));
  });
  return places.map((_, i) => inImage.slice(i * spans.length, (i + 1) * spans.length).flat());
}

/** A box of a smaller copy in the picture. */
export const enlarged = ({ x, y, width, height }: Region, by: number): Region => ({
  x: x * by,
  y: y * by,
  width: width * by,
  height: height * by,
});

/** What of a box lies in the picture. */
export function clipped(
  { x, y, width, height }: Region,
  { widthPx, heightPx }: Pick<RgbImage, 'widthPx' | 'heightPx'>,
) {
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
