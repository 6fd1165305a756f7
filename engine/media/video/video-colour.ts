// The colour of a video as the file states it, and what is assumed where it does not. Names are
// those of ITU-T H.273 as FFmpeg spells them.
import { avGetPixFmtName } from 'node-av/lib';
import type { VideoColour } from '../../../contract/video.ts';
import { LUMA_WEIGHTS } from '../../../models/image/rgb-from-yuv.ts';
import { coloursOfCodes } from '../still/coded-colours.ts';
import type { OtherColours } from '../still/decoded-still.ts';

/** Code points of ITU-T H.273, tables 2 to 4. */
const PRIMARIES: Readonly<Record<number, string>> = {
  1: 'bt709',
  4: 'bt470m',
  5: 'bt470bg',
  6: 'smpte170m',
  7: 'smpte240m',
  8: 'film',
  9: 'bt2020',
  10: 'smpte428',
  11: 'smpte431',
  12: 'smpte432',
};
const TRANSFERS: Readonly<Record<number, string>> = {
  1: 'bt709',
  4: 'gamma22',
  5: 'gamma28',
  6: 'smpte170m',
  7: 'smpte240m',
  8: 'linear',
  11: 'iec61966-2-4',
  13: 'iec61966-2-1',
  14: 'bt2020-10',
  15: 'bt2020-12',
  16: 'smpte2084',
  18: 'arib-std-b67',
};
const MATRICES: Readonly<Record<number, string>> = {
  0: 'rgb',
  1: 'bt709',
  4: 'fcc',
  5: 'bt470bg',
  6: 'smpte170m',
  7: 'smpte240m',
  8: 'ycgco',
  9: 'bt2020nc',
  10: 'bt2020c',
};

/** As a container or a coded frame states them, by code points of ITU-T H.273. */
export type CodedColours = { colorPrimaries: number; colorTrc: number };

/** Those that are not applied here and far from usual ones. See [Note: other colours]. */
export function farColours(
  by: 'container' | 'coded picture',
  { colorPrimaries: primaries, colorTrc: transfer }: CodedColours,
): OtherColours | undefined {
  const other = coloursOfCodes(by, { primaries, transfer }, true);
  return other?.isFar ? other : undefined;
}

export const primariesName = (code: number): string => PRIMARIES[code] ?? 'not stated';
export const transferName = (code: number): string => TRANSFERS[code] ?? 'not stated';
export const matrixName = (code: number): string => MATRICES[code] ?? `number ${code}`;

/**
 * Where no matrix is stated, pictures from this height up are taken as high definition (BT.709),
 * smaller ones as BT.601.
 */
const HIGH_DEFINITION_FROM_PX = 720;

/** What a decoded frame says of its colour. */
export type StatedColour = {
  colorSpace: number;
  colorRange: number;
  colorTrc: number;
  colorPrimaries: number;
  height: number;
};

/**
 * The colour a frame is converted by.
 * `fullFormat`: the pixel format itself means full range (`yuvj420p`); `isRgb`: there is nothing to
 * convert. A matrix with another form than two luma weights (YCgCo, constant luminance) is refused
 * by the caller.
 */
export function colourFrom(stated: StatedColour, fullFormat: boolean, isRgb: boolean): VideoColour {
  const named = MATRICES[stated.colorSpace];
  const assumed = stated.height >= HIGH_DEFINITION_FROM_PX ? 'bt709' : 'smpte170m';
  // Some encoders write "rgb" (0) into luma and chroma files; a file of luma and chroma cannot mean
  // it.
  const known = isRgb ? 'rgb' : named === 'rgb' ? undefined : named;
  const fullRange = fullFormat || stated.colorRange === 2 || (isRgb && stated.colorRange !== 1);
  return {
    matrix: known ?? assumed,
    matrixAssumed: known === undefined,
    range: fullRange ? 'full' : 'limited',
    rangeAssumed: !fullFormat && !isRgb && stated.colorRange === 0,
    transfer: transferName(stated.colorTrc),
    primaries: primariesName(stated.colorPrimaries),
  };
}

/** True where pixels can be converted by this matrix. */
export const canConvert = ({ matrix }: VideoColour): boolean => matrix === 'rgb' || matrix in LUMA_WEIGHTS;

export const pixelFormatName = (format: number): string => avGetPixFmtName(format as never) ?? `format ${format}`;
