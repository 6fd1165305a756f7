// The samples of a picture put together from its decoded parts: planes of luma and chroma at full
// precision, so that colour is converted once, over the seams of tiles. Runs in the decode process.
import type { Frame } from 'node-av/lib';
import { PIXEL_FORMATS } from '../video/pixel-formats.ts';
import { pixelFormatName } from '../video/video-colour.ts';
import { corrupt, HeifRefusal } from './heif-refusal.ts';
import type { CodedColour, Size } from './item-properties.ts';
import { decodeParts } from './part-decoder.ts';
import type { PicturePlan } from './picture-plan.ts';

/** How samples lie: all parts of a picture agree in it. */
type Layout = {
  bits: number;
  log2ChromaWidth: number;
  log2ChromaHeight: number;
  grey: boolean;
};

/** One plane, row by row without gaps. */
export type CanvasPlane = { samples: Uint8Array | Uint16Array; widthPx: number; heightPx: number };

/**
 * Luma, and unless it is grey two planes of chroma. `coded`: what the first coded picture says of
 * its colour.
 */
export type SampleCanvas = Size &
  Layout & { planes: readonly CanvasPlane[]; coded: CodedColour; chromaLocation: number; tilesPx: Size };

/** Decodes a planned picture. Throws HeifRefusal. */
export function decodeSamples(plan: PicturePlan, pixelLimit: number): SampleCanvas {
  refuseTooLarge(plan, pixelLimit);
  let canvas: SampleCanvas | undefined;
  decodeParts(plan, pixelLimit, (frame, index) => {
    canvas ??= canvasFor(plan, frame, pixelLimit);
    checkPart(plan, canvas, frame);
    paste(canvas, frame, index % plan.columns, Math.floor(index / plan.columns));
  });
  if (!canvas) throw corrupt({ kind: 'noCodedPicture' });
  return canvas;
}

const tooLarge = ({ widthPx, heightPx }: Size, limit: number): HeifRefusal =>
  new HeifRefusal('tooLarge', { kind: 'beyondPixelLimit', widthPx, heightPx, limit });

/**
 * Before a sample is decoded, by the sizes the file states: of the whole, of each part, and of all
 * parts together.
 */
function refuseTooLarge({ size, parts, columns, rows }: PicturePlan, limit: number): void {
  const stated = [size, parts[0]?.size].filter((one) => one !== undefined);
  for (const one of stated) if (one.widthPx * one.heightPx > limit) throw tooLarge(one, limit);
  const part = parts[0]?.size;
  if (!part) return;
  const all = { widthPx: part.widthPx * columns, heightPx: part.heightPx * rows };
  if (all.widthPx * all.heightPx > limit) throw tooLarge(all, limit);
}

/**
 * Layouts with transparency or packed samples the decoder does not give; a name that is not known
 * is refused.
 */
function layoutOf(frame: Frame): Layout {
  const name = pixelFormatName(frame.format);
  const format = PIXEL_FORMATS.get(name);
  switch (format?.kind) {
    case 'yuv':
      return { ...format, grey: false };
    case 'grey':
      return { bits: format.bits, log2ChromaWidth: 0, log2ChromaHeight: 0, grey: true };
    case 'rgbPlanar':
      // Planes in the order G, B, R: luma, and the two of chroma, of a picture whose matrix is the
      // identity.
      return { bits: format.bits, log2ChromaWidth: 0, log2ChromaHeight: 0, grey: false };
    default:
      throw new HeifRefusal('codecMissing', { kind: 'sampleLayout', layout: name, of: 'photograph' });
  }
}

function canvasFor(plan: PicturePlan, frame: Frame, limit: number): SampleCanvas {
  const layout = layoutOf(frame);
  const tilesPx = { widthPx: frame.width, heightPx: frame.height };
  const size = plan.size ?? tilesPx;
  if (size.widthPx * size.heightPx > limit) throw tooLarge(size, limit);
  checkGrid(plan, size, tilesPx);
  const plane = (log2Width: number, log2Height: number): CanvasPlane => {
    const [widthPx, heightPx] = [-(-size.widthPx >> log2Width), -(-size.heightPx >> log2Height)];
    const length = widthPx * heightPx;
    return { samples: layout.bits > 8 ? new Uint16Array(length) : new Uint8Array(length), widthPx, heightPx };
  };
  const chroma = () => plane(layout.log2ChromaWidth, layout.log2ChromaHeight);
  const planes = layout.grey ? [plane(0, 0)] : [plane(0, 0), chroma(), chroma()];
  const { colorPrimaries: primaries, colorTrc: transfer, colorSpace: matrix } = frame;
  const coded = { primaries, transfer, matrix, full: frame.colorRange === 2 };
  return { ...size, ...layout, planes, coded, chromaLocation: frame.chromaLocation, tilesPx };
}

/** Tiles must cover the whole and each must be needed (ISO/IEC 23008-12, 6.6.2.3). */
function checkGrid({ columns, rows }: PicturePlan, size: Size, tile: Size): void {
  const covers = (count: number, whole: number, part: number): boolean =>
    count * part >= whole && (count - 1) * part < whole;
  if (!covers(columns, size.widthPx, tile.widthPx) || !covers(rows, size.heightPx, tile.heightPx))
    throw corrupt({
      ...{ kind: 'tilesDoNotMake', columns, rows },
      tile: { widthPx: tile.widthPx, heightPx: tile.heightPx },
      whole: { widthPx: size.widthPx, heightPx: size.heightPx },
    });
}

/**
 * Every part has the layout and the size of the first, and chroma samples do not lie across a seam.
 */
function checkPart({ columns, rows }: PicturePlan, canvas: SampleCanvas, frame: Frame): void {
  const { bits, log2ChromaWidth, log2ChromaHeight, grey } = layoutOf(frame);
  const same =
    bits === canvas.bits &&
    log2ChromaWidth === canvas.log2ChromaWidth &&
    log2ChromaHeight === canvas.log2ChromaHeight &&
    grey === canvas.grey &&
    frame.width === canvas.tilesPx.widthPx &&
    frame.height === canvas.tilesPx.heightPx;
  if (!same) throw corrupt({ kind: 'tilesDiffer' });
  const across = (count: number, part: number, log2: number): boolean => count > 1 && part % (1 << log2) !== 0;
  if (across(columns, frame.width, log2ChromaWidth) || across(rows, frame.height, log2ChromaHeight))
    throw corrupt({ kind: 'tilesCutColour' });
}

/**
 * Copies a part's planes to their place; what reaches beyond the right and lower edge is left out.
 */
function paste(canvas: SampleCanvas, frame: Frame, column: number, row: number): void {
  const { tilesPx, bits } = canvas;
  for (const [i, { samples, widthPx, heightPx }] of canvas.planes.entries()) {
    const [log2Width, log2Height] = i === 0 ? [0, 0] : [canvas.log2ChromaWidth, canvas.log2ChromaHeight];
    const [left, top] = [(column * tilesPx.widthPx) >> log2Width, (row * tilesPx.heightPx) >> log2Height];
    const width = Math.min(-(-tilesPx.widthPx >> log2Width), widthPx - left);
    const height = Math.min(-(-tilesPx.heightPx >> log2Height), heightPx - top);
    const { from, stride } = planeOf(frame, i, bits);
    for (let y = 0; y < height; y++)
      samples.set(from.subarray(y * stride, y * stride + width), (top + y) * widthPx + left);
  }
}

/** The decoder's memory of plane `i`; `stride` counts samples. */
function planeOf(frame: Frame, i: number, bits: number): { from: Uint8Array | Uint16Array; stride: number } {
  const bytes = frame.data?.[i];
  const stride = frame.linesize[i];
  if (!bytes || stride === undefined || stride < 0) throw new Error(`Plane ${i} of the frame is not there.`);
  if (bits <= 8) return { from: bytes, stride };
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return { from: new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1), stride: stride >> 1 };
}
