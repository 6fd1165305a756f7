// TIFFs whose samples are wider than eight bits, brought to what a screen shows.
import {
  type DecodedStill,
  onceEach,
  pixelsThatFit,
  reasonFromMessage,
  tooLarge,
  unreadable,
  withLeftOut,
} from './decoded-still.ts';
import { openStill, pagesLeftOut, remarksFrom, threeFromOne } from './libvips-still.ts';
import { coloursOfProfile } from './other-colours.ts';
import { tiffDirectories } from './tiff-directories.ts';
import { bytesFromSamples, sampleKindOf, scaleOf } from './wide-samples.ts';

/** Undefined for a TIFF whose samples are ordinary ones. */
export async function decodeWideTiff(bytes: Uint8Array): Promise<DecodedStill | undefined> {
  const tags = tiffDirectories(bytes)[0]?.tags;
  const kind = tags && sampleKindOf(tags);
  if (!tags || !kind || (kind.bits <= 8 && !kind.isFloat) || (kind.bits < 16 && !kind.isFloat)) return undefined;
  if (![1, 2].includes(tags.get(262)?.[0] ?? -1)) return undefined;
  try {
    const { width = 0, height = 0, ...metadata } = await openStill(bytes, 'truncated').metadata();
    const limit = pixelsThatFit();
    if (width * height > limit) return tooLarge(width, height, limit);
    const { samples, channels, widthPx, heightPx } = await wideSamples(bytes, metadata.space);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of samples) [least, most] = [Math.min(least, value), Math.max(most, value)];
    const isNumbers = samples.every((value) => Number.isFinite(value));
    const scale = scaleOf(kind, isNumbers ? least : Number.NaN, most);
    if (scale === undefined) return undefined;
    if ('kind' in scale) return unreadable('unsupportedFormat', scale);
    const grey = bytesFromSamples(samples, scale);
    const data = channels === 3 ? grey : threeFromOne(grey, channels);
    const remarks = [scale.why, ...remarksFrom({ ...metadata, depth: 'uchar' }, false)];
    // The samples are scaled by their own range, and no profile is applied to them.
    const { icc, channels: ofFile = 3 } = metadata;
    const otherColours = icc && coloursOfProfile(icc, ofFile < 3 ? 'GRAY' : 'RGB');
    const own = otherColours ? { otherColours } : {};
    return withLeftOut({ kind: 'decoded', widthPx, heightPx, data, remarks, ...own }, pagesLeftOut(metadata));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return unreadable(reasonFromMessage(message), { kind: 'decoderSaid', said: onceEach(message) });
  }
}

/** Samples as the file has them, upright, without transparency. */
async function wideSamples(bytes: Uint8Array, space: string | undefined) {
  const own = space === 'scrgb' || space === 'rgb16' || space === 'grey16' ? space : undefined;
  // A profile is for samples that fill their range: of others it makes black, or white.
  const upright = openStill(bytes, 'warning', { ignoreIcc: true }).rotate().removeAlpha();
  const kept = own ? upright.pipelineColourspace(own).toColourspace(own) : upright;
  const { data, info } = await kept.raw({ depth: 'float' }).toBuffer({ resolveWithObject: true });
  const samples = new Float32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  return { samples, channels: info.channels, widthPx: info.width, heightPx: info.height };
}
