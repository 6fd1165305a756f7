// One decoded frame -> upright 8-bit R'G'B'. Runs in the video process, while the decoder still
// holds the frame's memory.
import type { Frame } from 'node-av/lib';
import type { Rational, VideoColour } from '../../../contract/video.ts';
import { resample } from '../../../models/image/resample.ts';
import {
  DEEP_WHITE,
  deepRgbFromYuv,
  LUMA_WEIGHTS,
  type Plane,
  rgbFromYuv,
  type YuvPlanes,
} from '../../../models/image/rgb-from-yuv.ts';
import { type RgbImage, rotateQuarter } from '../../../models/image/rgb-image.ts';
import { deepFromByte, isHdr, toneMap } from '../../../models/image/tone-map.ts';
import { PIXEL_FORMATS, type PixelFormat } from './pixel-formats.ts';
import type { LumaPlane } from './scene-change.ts';
import { colourFrom, pixelFormatName } from './video-colour.ts';

/** How the file asks to be shown: first turned clockwise, then mirrored left to right. */
export type Orientation = { rotationDegrees: 0 | 90 | 180 | 270; mirrored: boolean };

/** Layouts by FFmpeg's number, so that the name is asked for once. */
const knownFormats = new Map<number, { name: string; format: PixelFormat | undefined }>();

/** Name and layout of a frame's samples; no layout where it cannot be read. */
function layoutOf(frame: Frame): { name: string; format: PixelFormat | undefined } {
  const known = knownFormats.get(frame.format);
  if (known) return known;
  const name = pixelFormatName(frame.format);
  const found = { name, format: PIXEL_FORMATS.get(name) };
  knownFormats.set(frame.format, found);
  return found;
}

/** Layout and colour of a frame; no layout where it cannot be read. */
export function formatOf(frame: Frame): { name: string; format: PixelFormat | undefined; colour: VideoColour } {
  const { name, format } = layoutOf(frame);
  const fullFormat = (format?.kind === 'yuv' || format?.kind === 'grey') && format.full;
  const isRgb = format?.kind === 'rgbPacked' || format?.kind === 'rgbPlanar';
  return { name, format, colour: colourFrom(frame, fullFormat, isRgb) };
}

/**
 * The planes' bytes and strides; asked of the decoder once a frame, since asking makes the buffers.
 */
type Memory = { data: readonly Uint8Array[]; linesize: readonly number[] };

const memoryOf = (frame: Frame): Memory => ({ data: frame.data ?? [], linesize: frame.linesize });

/** Samples of plane `i`; 16-bit above 8 bits. */
function planeOf({ data, linesize }: Memory, i: number, bits: number, step = 1, offset = 0): Plane {
  const bytes = data[i];
  const stride = linesize[i];
  if (!bytes || stride === undefined || stride < 0) throw new Error(`Plane ${i} of the frame is not there.`);
  if (bits <= 8) return { samples: bytes, stride, step, offset };
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  const samples = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
  return { samples, stride: stride >> 1, step, offset };
}

/** AVCHROMA_LOC_*: 1 left, 2 centre, 3 top left; 0 not stated, which for 4:2:0 means left. */
const sitingOf = (location: number) =>
  ({
    horizontalSiting: location === 2 ? 'centred' : 'cosited',
    verticalSiting: location === 3 ? 'cosited' : 'centred',
  }) as const;

function yuvPlanes(frame: Frame, format: PixelFormat & { kind: 'yuv' | 'grey' }): YuvPlanes {
  const common = {
    widthPx: frame.width,
    heightPx: frame.height,
    bits: format.bits,
    ...sitingOf(frame.chromaLocation),
  };
  const memory = memoryOf(frame);
  const plane = (i: number, step?: number, offset?: number) => planeOf(memory, i, format.bits, step, offset);
  if (format.kind === 'grey') return { ...common, log2ChromaWidth: 0, log2ChromaHeight: 0, luma: plane(0) };
  const { log2ChromaWidth, log2ChromaHeight } = format;
  switch (format.layout) {
    case 'planar':
      return { ...common, log2ChromaWidth, log2ChromaHeight, luma: plane(0), chroma: [plane(1), plane(2)] };
    case 'semiPlanar':
      return { ...common, log2ChromaWidth, log2ChromaHeight, luma: plane(0), chroma: [plane(1, 2, 0), plane(1, 2, 1)] };
    case 'yuyv':
      return {
        ...common,
        log2ChromaWidth,
        log2ChromaHeight,
        luma: plane(0, 2, 0),
        chroma: [plane(0, 4, 1), plane(0, 4, 3)],
      };
    case 'uyvy':
      return {
        ...common,
        log2ChromaWidth,
        log2ChromaHeight,
        luma: plane(0, 2, 1),
        chroma: [plane(0, 4, 0), plane(0, 4, 2)],
      };
  }
}

/** Layouts with opacity; in packed ones it is the byte that is no colour. */
const WITH_OPACITY = /^(yuva|gbrap|rgba|bgra|argb|abgr)/;
/** Share of the range from which on nobody sees that something is not opaque. */
const AS_GOOD_AS_OPAQUE = 0.98;

/** False where a frame has opacity and is not opaque all over. */
export function isOpaque(frame: Frame): boolean {
  const { name, format } = layoutOf(frame);
  if (!format || !WITH_OPACITY.test(name)) return true;
  const bits = 'bits' in format ? format.bits : 8;
  const place: [number, number, number] =
    format.kind === 'rgbPacked' ? [0, 4, [0, 1, 2, 3].find((at) => !format.positions.includes(at))!] : [3, 1, 0];
  const { samples, stride, step, offset } = planeOf(memoryOf(frame), place[0], bits, place[1], place[2]);
  const least = AS_GOOD_AS_OPAQUE * (2 ** bits - 1);
  for (let y = 0; y < frame.height; y++)
    for (let x = 0, at = y * stride + offset; x < frame.width; x++, at += step) if (samples[at]! < least) return false;
  return true;
}

/** Where brightness lies in each layout: plane, step, offset. Green stands for it in R, G, B. */
function lumaPlace(format: PixelFormat): [number, number, number] {
  if (format.kind === 'rgbPacked') return [0, format.bytes, format.positions[1]];
  if (format.kind === 'yuv' && format.layout === 'yuyv') return [0, 2, 0];
  if (format.kind === 'yuv' && format.layout === 'uyvy') return [0, 2, 1];
  return [0, 1, 0];
}

/** The plane that stands for brightness. Undefined layouts have been refused before. */
export function lumaOf(frame: Frame): LumaPlane {
  const { name, format } = layoutOf(frame);
  if (!format) throw new Error(`Pixels laid out as ${name} cannot be read.`);
  const bits = format.kind === 'rgbPacked' ? 8 : format.bits;
  const [plane, step, offset] = lumaPlace(format);
  const size = { widthPx: frame.width, heightPx: frame.height };
  return { ...planeOf(memoryOf(frame), plane, bits, step, offset), bits, ...size };
}

function rgbFromPacked(frame: Frame, { positions, bytes }: PixelFormat & { kind: 'rgbPacked' }): Uint8Array {
  const { samples, stride } = planeOf(memoryOf(frame), 0, 8);
  const out = new Uint8Array(frame.width * frame.height * 3);
  for (let y = 0, at = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++)
      for (const position of positions) out[at++] = samples[y * stride + x * bytes + position]!;
  return out;
}

/** Planes come in the order G, B, R. */
function rgbFromPlanes(frame: Frame, { bits }: PixelFormat & { kind: 'rgbPlanar' }): Uint8Array {
  const memory = memoryOf(frame);
  const planes = [2, 0, 1].map((i) => planeOf(memory, i, bits));
  const out = new Uint8Array(frame.width * frame.height * 3);
  const largest = 2 ** bits - 1;
  for (let y = 0, at = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++)
      for (const { samples, stride } of planes)
        out[at++] = bits === 8 ? samples[y * stride + x]! : Math.round((255 * samples[y * stride + x]!) / largest);
  return out;
}

/** Samples beyond 8 bits as 12-bit R'G'B', for a curve to be applied to. */
function deepRgbOf(frame: Frame, format: PixelFormat, { matrix, range }: VideoColour): Uint16Array {
  if (format.kind === 'rgbPlanar') return deepRgbFromPlanes(frame, format);
  if (format.kind === 'rgbPacked')
    return Uint16Array.from(rgbFromPacked(frame, format), (value) => deepFromByte(value));
  const weights = LUMA_WEIGHTS[matrix];
  if (!weights) throw new Error(`Colours coded by the matrix ${matrix} cannot be read.`);
  return deepRgbFromYuv(yuvPlanes(frame, format), { kr: weights[0], kb: weights[1], full: range === 'full' });
}

function deepRgbFromPlanes(frame: Frame, { bits }: PixelFormat & { kind: 'rgbPlanar' }): Uint16Array {
  const memory = memoryOf(frame);
  const planes = [2, 0, 1].map((i) => planeOf(memory, i, bits));
  const out = new Uint16Array(frame.width * frame.height * 3);
  const largest = 2 ** bits - 1;
  for (let y = 0, at = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++)
      for (const { samples, stride } of planes)
        out[at++] = Math.round((DEEP_WHITE * samples[y * stride + x]!) / largest);
  return out;
}

function rgbOf(frame: Frame, toneMapped: boolean): Uint8Array {
  const { name, format, colour } = formatOf(frame);
  if (!format) throw new Error(`Pixels laid out as ${name} cannot be read.`);
  if (toneMapped && isHdr(colour.transfer))
    return toneMap(deepRgbOf(frame, format, colour), colour.transfer, colour.primaries);
  if (format.kind === 'rgbPacked') return rgbFromPacked(frame, format);
  if (format.kind === 'rgbPlanar') return rgbFromPlanes(frame, format);
  const weights = LUMA_WEIGHTS[colour.matrix];
  if (!weights) throw new Error(`Colours coded by the matrix ${colour.matrix} cannot be read.`);
  return rgbFromYuv(yuvPlanes(frame, format), { kr: weights[0], kb: weights[1], full: colour.range === 'full' });
}

function mirror(image: RgbImage): RgbImage {
  const { widthPx, heightPx, data } = image;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++)
      for (let c = 0; c < 3; c++) out[(y * widthPx + x) * 3 + c] = data[(y * widthPx + widthPx - 1 - x) * 3 + c]!;
  return { widthPx, heightPx, data: out };
}

/**
 * Samples this many times as wide as high, or as high as wide, are taken for a mistake and left as
 * they are.
 */
const LARGEST_ASPECT = 4;

/**
 * Programs that scale a film write what their rounding left over: samples this nearly square are
 * taken for square ones.
 */
const NEARLY_SQUARE = 0.02;

/** True for samples whose shape is made square. */
export function isStretched(aspect: Rational | null | undefined): boolean {
  const ratio = aspect ? aspect.num / aspect.den : 1;
  return Math.abs(ratio - 1) > NEARLY_SQUARE && ratio >= 1 / LARGEST_ASPECT && ratio <= LARGEST_ASPECT;
}

/**
 * The size at which samples are square: the shorter side of a sample is the one that is stretched,
 * so that nothing is lost.
 */
export function squareSize(
  { width, height }: { width: number; height: number },
  aspect: Rational | undefined,
): { width: number; height: number } {
  const ratio = aspect ? aspect.num / aspect.den : 1;
  if (!isStretched(aspect)) return { width, height };
  return ratio >= 1 ? { width: Math.round(width * ratio), height } : { width, height: Math.round(height / ratio) };
}

/** What a stream says of how its frames are shown. */
export type FrameLook = { orientation: Orientation; sampleAspectRatio: Rational | undefined };

/**
 * The frame upright, its samples square, in standard dynamic range. Throws where layout or matrix
 * cannot be read.
 */
export function pixelsOf(frame: Frame, { orientation, sampleAspectRatio }: FrameLook): RgbImage {
  const coded = { widthPx: frame.width, heightPx: frame.height, data: rgbOf(frame, true) };
  const { width, height } = squareSize(frame, sampleAspectRatio);
  const isSquare = width === frame.width && height === frame.height;
  const whole = { x: 0, y: 0, width: frame.width, height: frame.height };
  return turned(isSquare ? coded : resample(coded, whole, width, height, 'reflect'), orientation);
}

/** The frame as pipeline 1 took it: upright, samples and curve as coded. */
export const codedPixelsOf = (frame: Frame, { orientation }: FrameLook): RgbImage =>
  turned({ widthPx: frame.width, heightPx: frame.height, data: rgbOf(frame, false) }, orientation);

function turned(image: RgbImage, { rotationDegrees, mirrored }: Orientation): RgbImage {
  const upright = rotateQuarter(image, rotationDegrees);
  return mirrored ? mirror(upright) : upright;
}
