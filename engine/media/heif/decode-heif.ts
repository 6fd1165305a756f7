// Bytes of a HEIF photograph whose pictures are HEVC-coded -> upright 8-bit pixels, or the reason
// why not. Runs in the decode process and is loaded there at the first such file: the FFmpeg
// library is not needed for any other photograph.
import type { Remark } from '../../../contract/remark.ts';
import { coloursOfCodes } from '../still/coded-colours.ts';
import type { OtherColours } from '../still/decoded-still.ts';
import { withOpacity } from '../still/hidden-part.ts';
import { hiddenByOpacity } from '../still/other-renderings.ts';
import { VIDEO_DECODER } from '../video/video-reader.ts';
import type { HeifFile } from './heif-items.ts';
import { corrupt } from './heif-refusal.ts';
import { type PicturePlan, planPrimary } from './picture-plan.ts';
import { byteTable, colourFor, IDENTITY, rgbFromSamples } from './rgb-from-samples.ts';
import { type CanvasPlane, decodeSamples, type SampleCanvas } from './sample-canvas.ts';
import { tiffFromPixels } from './tiff-from-pixels.ts';
import { type Pixels, transformPicture, transformRemarks } from './transform-picture.ts';

/** What decodes the coded pictures; the name of what treats the colours is added by the caller. */
export const HEIF_DECODER = VIDEO_DECODER;

/**
 * Pixels to be taken as they are, or a TIFF in memory with the file's colour profile or
 * transparency, to be read as any other photograph with one is.
 */
export type DecodedHeif = {
  remarks: Remark[];
  leftOut: Remark[];
  otherColours?: OtherColours;
  /** What a transparency that is already multiplied in hides; of any other whoever lays it on black says it. */
  hidden?: Remark[];
} & ({ kind: 'pixels'; pixels: Pixels } | { kind: 'tiff'; tiff: Uint8Array });

/**
 * Decodes the primary picture; `pipeline` 1 left curves of high dynamic range as they were coded.
 * Throws HeifRefusal.
 */
export function decodeHeif(file: HeifFile, pixelLimit: number, pipeline?: number): DecodedHeif {
  const { picture, alpha, premultiplied, leftOut } = planPrimary(file);
  const canvas = decodeSamples(picture, pixelLimit);
  const { colour, remarks: colourRemarks } = colourFor(canvas, picture.colour, pipeline);
  if (colour.matrix !== IDENTITY && hasUndecodedBlock(canvas)) throw corrupt({ kind: 'codedPicturePart' });
  const rgb = rgbFromSamples(canvas, colour, pipeline !== 1 && !picture.colour.profile);
  // Where transparency is already multiplied in, the picture lies on black as it is.
  const stated = alpha && opacityOf(alpha, canvas, pixelLimit);
  const opacity = premultiplied ? undefined : stated;
  const { widthPx, heightPx } = canvas;
  const hidden = premultiplied && stated ? hiddenByOpacity(notMultiplied(rgb, stated), { widthPx, heightPx }) : [];
  const whole = opacity
    ? { widthPx, heightPx, channels: 4, data: withOpacity(rgb, opacity) }
    : { widthPx, heightPx, channels: 3, data: rgb };
  const pixels = transformPicture(whole, picture.transforms);
  const all: Remark[] = [...partRemarks(picture, canvas), ...transformRemarks(picture.transforms), ...colourRemarks];
  if (premultiplied) all.push({ kind: 'laidOnBlack' });
  const { profile, coded } = picture.colour;
  // What the container states is told of whoever decodes the picture; this it leaves to the stream.
  const own = coded || profile ? undefined : coloursOfCodes('coded picture', colour, true);
  const said = { remarks: all, leftOut, hidden, ...(own?.isFar ? { otherColours: own } : {}) };
  if (!opacity && !profile) return { kind: 'pixels', pixels, ...said };
  return { kind: 'tiff', tiff: tiffFromPixels(pixels, profile), ...said };
}

function partRemarks({ parts, columns, rows }: PicturePlan, { bits, tilesPx: found }: SampleCanvas): Remark[] {
  const stated = parts[0]?.size;
  const other = stated && (stated.widthPx !== found.widthPx || stated.heightPx !== found.heightPx);
  return [
    ...(parts.length > 1 ? [{ kind: 'tiles', columns, rows, tile: found } as const] : []),
    ...(other ? [{ kind: 'otherSizeStated', stated, found } as const] : []),
    ...(bits > 8 ? [{ kind: 'fromBits', bits } as const] : []),
  ];
}

/**
 * Opacity of every pixel, 0..255: the luma of an auxiliary picture of the same size, full range as
 * ISO/IEC 23000-22 has it.
 */
function opacityOf(plan: PicturePlan, { widthPx, heightPx }: SampleCanvas, pixelLimit: number): Uint8Array {
  const canvas = decodeSamples(plan, pixelLimit);
  if (canvas.widthPx !== widthPx || canvas.heightPx !== heightPx)
    throw corrupt({
      kind: 'transparencySize',
      own: { widthPx: canvas.widthPx, heightPx: canvas.heightPx },
      picture: { widthPx, heightPx },
    });
  const toByte = byteTable(canvas.bits, true);
  return Uint8Array.from(canvas.planes[0]!.samples, (value) => toByte[value]!);
}

/** Colours as they are where nothing is multiplied in, with their opacity. */
function notMultiplied(rgb: Uint8Array, opacity: Uint8Array): Uint8Array {
  const out = withOpacity(rgb, opacity);
  for (let i = 0; i < opacity.length; i++)
    for (let c = 4 * i; c < 4 * i + 3; c++)
      out[c] = opacity[i] === 0 ? 0 : Math.min(255, Math.round((255 * out[c]!) / opacity[i]!));
  return out;
}

/**
 * Side of the blocks that are looked at; the smallest that is decoded as one has 16, and the filter
 * at its border reaches 3 into it.
 */
const HOLE_PX = 8;

/**
 * [Note: a hole is zero] A coded picture that was cut short inside decodes without an error: where
 * nothing came, the decoder's memory stays zero in luma and in both planes of chroma. As a colour
 * that is a green beyond any gamut: no camera or encoder writes it over 8 x 8 pixels, so such a
 * block is a hole. Of grey pictures and of planes of red, green and blue, where zero is black, it
 * cannot be told.
 */
function hasUndecodedBlock({ planes, widthPx, heightPx, log2ChromaWidth, log2ChromaHeight }: SampleCanvas): boolean {
  const [luma, cb, cr] = planes;
  if (!luma || !cb || !cr) return false;
  const isZero = (plane: CanvasPlane, x: number, y: number, width: number, height: number): boolean => {
    for (let row = y; row < y + height; row++)
      for (let at = row * plane.widthPx + x; at < row * plane.widthPx + x + width; at++)
        if (plane.samples[at] !== 0) return false;
    return true;
  };
  for (let y = 0; y + HOLE_PX <= heightPx; y += HOLE_PX)
    for (let x = 0; x + HOLE_PX <= widthPx; x += HOLE_PX) {
      if (!isZero(luma, x, y, HOLE_PX, HOLE_PX)) continue;
      const chroma = [
        x >> log2ChromaWidth,
        y >> log2ChromaHeight,
        HOLE_PX >> log2ChromaWidth,
        HOLE_PX >> log2ChromaHeight,
      ] as const;
      if (isZero(cb, ...chroma) && isZero(cr, ...chroma)) return true;
    }
  return false;
}
