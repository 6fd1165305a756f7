// The photograph around a face, small, with the face's box drawn on it and, in a redacted copy,
// faces covered. What is covered is painted over before the picture is made smaller: no pixel of it
// is in the file.
import sharp from 'sharp';
import type { Face } from '../../contract/face.ts';
import type { ReportDocument } from '../../contract/report.ts';
import type { PixelBox } from '../../contract/units.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';

/** Longer side of the photograph in a report's face block, pixels. */
const CONTEXT_PX = 320;
/**
 * A face reaches beyond the finder's box, above all hair and ears: what is covered is this much
 * larger.
 */
export const COVER_MARGIN = 1.5;

/**
 * The photograph around a face. In a full copy it is the same for every face of a frame, and the
 * box is drawn over it; in a redacted copy each face has its own, with the box in its pixels, so
 * that no box stands in numbers anywhere. `box`: fractions of the picture.
 */
export type ContextPicture = { jpeg: Uint8Array; frame: string | null; box: PixelBox | null };

type Framed = Pick<Face, 'id' | 'evidenceId' | 'frameIndex' | 'box'>;

/** `faces`: all faces found in the photograph. */
export async function contextPicture(
  image: RgbImage,
  face: Framed,
  faces: readonly Framed[],
  redaction: ReportDocument['redaction'],
): Promise<ContextPicture> {
  const scale = Math.min(1, CONTEXT_PX / Math.max(image.widthPx, image.heightPx));
  const [width, height] = [image.widthPx, image.heightPx].map((side) => Math.max(1, Math.round(side * scale)));
  const covered = redaction === 'none' ? [] : faces.filter((one) => redaction === 'all' || one.id !== face.id);
  const { data, widthPx, heightPx } = cover(
    image,
    covered.map((one) => one.box),
  );
  const small = sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } }).resize(width, height, {
    kernel: 'cubic',
  });
  const { x, y, width: w, height: h } = face.box;
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect x="${x * scale}" y="${y * scale}" width="${w * scale}" height="${h * scale}" fill="none" stroke="#ffb000" stroke-width="3"/></svg>`;
  const drawn = redaction === 'none' ? small : small.composite([{ input: Buffer.from(drawing) }]);
  const jpeg = await drawn.jpeg({ quality: 78 }).toBuffer();
  return redaction === 'none'
    ? {
        jpeg,
        frame: `${face.evidenceId}/${face.frameIndex}`,
        box: { x: x / widthPx, y: y / heightPx, width: w / widthPx, height: h / heightPx },
      }
    : { jpeg, frame: null, box: null };
}

/** A copy with the boxes, enlarged, painted black. The picture itself when there are none. */
export function cover(image: RgbImage, boxes: readonly PixelBox[]): RgbImage {
  if (boxes.length === 0) return image;
  const data = new Uint8Array(image.data);
  for (const { x, y, width, height } of boxes) {
    const [growX, growY] = [(width * (COVER_MARGIN - 1)) / 2, (height * (COVER_MARGIN - 1)) / 2];
    const left = Math.max(0, Math.floor(x - growX));
    const right = Math.min(image.widthPx, Math.ceil(x + width + growX));
    const bottom = Math.min(image.heightPx, Math.ceil(y + height + growY));
    for (let row = Math.max(0, Math.floor(y - growY)); row < bottom; row++)
      data.fill(0, (row * image.widthPx + left) * 3, (row * image.widthPx + Math.max(left, right)) * 3);
  }
  return { ...image, data };
}
