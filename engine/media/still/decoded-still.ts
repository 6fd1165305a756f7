// What decoding a still comes to: pixels with what is to be said of them, or the reason why there
// are none.
import sharp from 'sharp';
import type { DomainReason } from '../../../contract/domain.ts';
import type { Remark } from '../../../contract/remark.ts';
import type { Unreadable, UnreadableReason, WhyUnreadable } from '../../../contract/unreadable.ts';

/**
 * Colours that a file states of itself and that are not applied. `by`: which part of the file states
 * them. `isFar`: so unlike sRGB that the picture may be another one to the eye.
 */
export type OtherColours = { by: string; stated: string; isFar: boolean };

/**
 * A decoded picture or a refusal, as it crosses from the decode process.
 * `decoder`: what it was, where it is not `DECODER`.
 */
export type DecodedStill =
  | {
      kind: 'decoded';
      widthPx: number;
      heightPx: number;
      data: Uint8Array;
      remarks: Remark[];
      /** Those of the remarks that name what of the file was not looked at. */
      leftOut?: Remark[];
      /** What transparency hides of it. */
      hidden?: Remark[];
      /** Does its profile, which is applied, take contrast out of it that is seen without? */
      flattened?: boolean;
      /** By a profile, or by what the decoder says of the coded picture. */
      otherColours?: OtherColours;
      decoder?: string;
      /** Why no model was validated on such a picture. */
      beyondDomain?: DomainReason[];
    }
  | (Unreadable & { kind: 'unreadable'; decoder?: string });

/**
 * What turned the bytes into pixels; recorded in every verdict. HEIF photographs are decoded by
 * another, and say so.
 */
export const DECODER = `libvips ${sharp.versions.vips} (sharp ${sharp.versions.sharp})`;

export const unreadable = (reason: UnreadableReason, message: WhyUnreadable): DecodedStill => ({
  kind: 'unreadable',
  reason,
  message,
});

/** libvips says what is wrong in words; these are the words. */
export function reasonFromMessage(message: string): UnreadableReason {
  if (/exceeds pixel limit|too large|dimensions/i.test(message)) return 'tooLarge';
  if (/premature|truncated|end of (file|stream|image)|unexpected end|not enough data|VipsJpeg: .*end/i.test(message))
    return 'truncated';
  if (
    /no decoding plugin|codec|compression format has not been built|unsupported (codec|feature|compression)/i.test(
      message,
    )
  )
    return 'codecMissing';
  if (/unsupported image format|unknown|not a known/i.test(message)) return 'unsupportedFormat';
  return 'corrupt';
}

/** libvips repeats itself, a line each time: every line once, in one sentence that fits a row. */
export const onceEach = (message: string): string =>
  [...new Set(message.split('\n').map((line) => line.trim()))].filter((line) => line !== '').join('; ');

export const withRemarks = (decoded: DecodedStill, remarks: readonly Remark[]): DecodedStill =>
  decoded.kind === 'decoded' ? { ...decoded, remarks: [...remarks, ...decoded.remarks] } : decoded;

/** With remarks that name what of the file was not looked at. */
export const withLeftOut = (decoded: DecodedStill, leftOut: readonly Remark[]): DecodedStill =>
  decoded.kind === 'decoded' && leftOut.length > 0
    ? { ...decoded, remarks: [...leftOut, ...decoded.remarks], leftOut: [...leftOut, ...(decoded.leftOut ?? [])] }
    : decoded;

/**
 * Pictures beyond this many pixels are refused before a pixel is decoded: 268 megapixels, 0.8 GB as
 * RGB.
 */
export const PIXEL_LIMIT = 268_435_456;

/**
 * Memory that a pixel takes in all processes together while its faces are looked for: measured on
 * 256 megapixels (5.5 GB).
 */
const BYTES_A_PIXEL = 22;

/**
 * Pixels that can be decoded now: no more than fit into the memory that is free, the machine's or
 * that of the container. A picture that is refused for this says so, and is examined by a scan when
 * there is more.
 */
export const pixelsThatFit = (): number =>
  Math.min(PIXEL_LIMIT, Math.max(1, Math.floor(process.availableMemory() / BYTES_A_PIXEL)));

/** A picture that is too large: for this build, or for the memory that is free. */
export const tooLarge = (widthPx: number, heightPx: number, limit: number): DecodedStill =>
  unreadable('tooLarge', {
    kind: limit === PIXEL_LIMIT ? 'beyondPixelLimit' : 'beyondFreeMemory',
    ...{ widthPx, heightPx, limit },
  });
