// Samples -> 8-bit R'G'B' in whole numbers (models/image/rgb-from-yuv.ts), by the colour the file
// states: its `colr` box before what the coded picture says (ISO/IEC 23000-22, 7.3.6.4). Pure.
import type { Remark } from '../../../contract/remark.ts';
import { type ChromaSiting, deepRgbFromYuv, LUMA_WEIGHTS, rgbFromYuv } from '../../../models/image/rgb-from-yuv.ts';
import { deepFromByte, isHdr, toneMap } from '../../../models/image/tone-map.ts';
import { matrixName, primariesName, transferName } from '../video/video-colour.ts';
import { HeifRefusal } from './heif-refusal.ts';
import type { CodedColour, ItemColour } from './item-properties.ts';
import type { SampleCanvas } from './sample-canvas.ts';

/** Code point of "not stated" in every table of ITU-T H.273. */
const NOT_STATED = 2;
/** Where no matrix is stated: that of BT.601, as JPEG has it and as libheif reads such files. */
const ASSUMED_MATRIX = 6;
/** Planes of green, blue and red as they are. */
export const IDENTITY = 0;

/** What the samples are converted by, and remarks for the inspector. */
export type AppliedColour = { colour: CodedColour; remarks: Remark[] };

/**
 * `profile`: an ICC profile says what the colours are; primaries and curve are then not asked for.
 */
export function colourFor(canvas: SampleCanvas, { coded: box, profile }: ItemColour, pipeline?: number): AppliedColour {
  const { coded: stream, grey } = canvas;
  const stated = box ?? stream;
  const or = (first: number, second: number): number => (first === NOT_STATED ? second : first);
  const named = or(stated.matrix, stream.matrix);
  // Some encoders write the identity into files whose chroma is halved; those cannot mean it.
  const halved = canvas.log2ChromaWidth + canvas.log2ChromaHeight > 0;
  const matrix = named === IDENTITY && halved ? NOT_STATED : named;
  const colour = {
    primaries: or(stated.primaries, stream.primaries),
    transfer: or(stated.transfer, stream.transfer),
    matrix: or(matrix, ASSUMED_MATRIX),
    full: stated.full,
  };
  const curve = transferName(colour.transfer);
  const gamut = primariesName(colour.primaries);
  const disagree =
    box && !grey && (box.full !== stream.full || (stream.matrix !== NOT_STATED && named !== stream.matrix));
  return {
    colour,
    remarks: [
      ...(matrix === NOT_STATED && !grey ? [{ kind: 'matrixAssumed', matrix: 'smpte170m' } as const] : []),
      ...(disagree ? [{ kind: 'coloursDisagree' } as const] : []),
      ...(!profile && ['smpte2084', 'arib-std-b67'].includes(curve)
        ? [{ kind: pipeline === 1 ? 'curveNotConverted' : 'toneMapped', transfer: curve } as const]
        : []),
      ...(!profile && !isHdr(curve) && !['bt709', 'not stated'].includes(gamut)
        ? [{ kind: 'coloursNotConverted', primaries: gamut } as const]
        : []),
    ],
  };
}

/**
 * widthPx x heightPx x 3 bytes; with `toneMapped`, high dynamic range is brought to the standard
 * one. Throws HeifRefusal for a matrix that is not two luma weights.
 */
export function rgbFromSamples(canvas: SampleCanvas, colour: CodedColour, toneMapped = false): Uint8Array {
  const transfer = transferName(colour.transfer);
  const isToneMapped = toneMapped && isHdr(transfer) && !canvas.grey;
  if (colour.matrix === IDENTITY && !canvas.grey) {
    const rgb = rgbFromIdentity(canvas, colour.full);
    if (!isToneMapped) return rgb;
    return toneMap(Uint16Array.from(rgb, deepFromByte), transfer, primariesName(colour.primaries));
  }
  const name = canvas.grey ? 'smpte170m' : matrixName(colour.matrix);
  const weights = LUMA_WEIGHTS[name];
  if (!weights) throw new HeifRefusal('codecMissing', { kind: 'colourMatrix', matrix: name, of: 'photograph' });
  const [luma, cb, cr] = canvas.planes.map(({ samples, widthPx }) => ({
    samples,
    stride: widthPx,
    step: 1,
    offset: 0,
  }));
  const { widthPx, heightPx, bits, log2ChromaWidth, log2ChromaHeight } = canvas;
  const sizes = { widthPx, heightPx, bits, log2ChromaWidth, log2ChromaHeight, ...sitingOf(canvas.chromaLocation) };
  const planes = { ...sizes, luma: luma!, ...(cb && cr ? { chroma: [cb, cr] as const } : {}) };
  const own = { kr: weights[0], kb: weights[1], full: colour.full };
  if (isToneMapped) return toneMap(deepRgbFromYuv(planes, own), transfer, primariesName(colour.primaries));
  return rgbFromYuv(planes, own);
}

/** AVCHROMA_LOC_*: 2 centre, 3 top left; not stated means left and between the rows. */
const sitingOf = (location: number): { horizontalSiting: ChromaSiting; verticalSiting: ChromaSiting } => ({
  horizontalSiting: location === 2 ? 'centred' : 'cosited',
  verticalSiting: location === 3 ? 'cosited' : 'centred',
});

/** Green, blue and red lie in the planes themselves. */
function rgbFromIdentity({ widthPx, heightPx, bits, planes }: SampleCanvas, full: boolean): Uint8Array {
  const toByte = byteTable(bits, full);
  const out = new Uint8Array(widthPx * heightPx * 3);
  for (const [channel, plane] of [2, 0, 1].entries()) {
    const { samples } = planes[plane]!;
    for (let i = 0, at = channel; i < samples.length; i++, at += 3) out[at] = toByte[samples[i]!]!;
  }
  return out;
}

/** Every sample value as 8 bits, rounded. */
export function byteTable(bits: number, full: boolean): Uint8ClampedArray {
  const [black, span] = full ? [0, 2 ** bits - 1] : [16 * 2 ** (bits - 8), 219 * 2 ** (bits - 8)];
  return Uint8ClampedArray.from({ length: 2 ** bits }, (_, value) => Math.round((255 * (value - black)) / span));
}
