// TIFFs whose samples are wider than eight bits, brought to what a screen shows.
import {
  type DecodedStill,
  type OtherColours,
  onceEach,
  pixelsThatFit,
  reasonFromMessage,
  tooLarge,
  unreadable,
  withLeftOut,
} from './decoded-still.ts';
import { decodeByLibvips, openStill, pagesLeftOut, remarksFrom, threeFromOne } from './libvips-still.ts';
import { coloursOfProfile } from './other-colours.ts';
import { isAnother, laidOnBlack, shadesOf, showsMore } from './other-renderings.ts';
import { tiffDirectories } from './tiff-directories.ts';
import {
  bytesFromSamples,
  otherScale,
  type SampleKind,
  type SampleScale,
  sampleKindOf,
  scaleOf,
  usualScales,
} from './wide-samples.ts';

/** Part of the range of 16 bits in which nothing is seen. */
const ALL_BUT_BLACK = 0.02;

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
    const { samples, opacity, channels, widthPx, heightPx } = await wideSamples(bytes, metadata);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of samples) [least, most] = [Math.min(least, value), Math.max(most, value)];
    const isNumbers = samples.every((value) => Number.isFinite(value));
    const scale = scaleOf(kind, isNumbers ? least : Number.NaN, most);
    if (scale === undefined) {
      // One bright sample is enough to make a picture of eight bits black.
      const otherColours = otherScale(samples, { from: 0, to: 65535 }, ALL_BUT_BLACK);
      return otherColours && ({ ...(await decodeByLibvips(bytes)), otherColours } as DecodedStill);
    }
    if ('kind' in scale) return unreadable('unsupportedFormat', scale);
    const grey = bytesFromSamples(samples, scale);
    const rgb = channels === 3 ? grey : threeFromOne(grey, channels);
    const { data, hidden } = opacity ? laidOnBlack(rgb, opacity, { widthPx, heightPx }) : { data: rgb, hidden: [] };
    const remarks = [scale.why, ...remarksFrom({ ...metadata, depth: 'uchar' }, false)];
    // The samples are scaled by their own range, and no profile is applied to them.
    const { icc, channels: ofFile = 3 } = metadata;
    const otherColours =
      otherScale(samples, scale) ??
      otherRendering({ samples, grey, channels, widthPx, heightPx }, kind, scale) ??
      (icc && coloursOfProfile(icc, ofFile < 3 ? 'GRAY' : 'RGB'));
    const own = { hidden, ...(otherColours ? { otherColours } : {}) };
    return withLeftOut({ kind: 'decoded', widthPx, heightPx, data, remarks, ...own }, pagesLeftOut(metadata));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return unreadable(reasonFromMessage(message), { kind: 'decoderSaid', said: onceEach(message) });
  }
}

/** Samples as the file has them, upright, and the opacity of each pixel, 0..255. */
async function wideSamples(bytes: Uint8Array, { space, hasAlpha }: { space?: string; hasAlpha?: boolean }) {
  const own = space === 'scrgb' || space === 'rgb16' || space === 'grey16' ? space : undefined;
  // A profile is for samples that fill their range: of others it makes black, or white.
  const upright = openStill(bytes, 'warning', { ignoreIcc: true }).rotate();
  const kept = own ? upright.pipelineColourspace(own).toColourspace(own) : upright;
  const { data, info } = await kept.raw({ depth: 'float' }).toBuffer({ resolveWithObject: true });
  const all = new Float32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  const size = { widthPx: info.width, heightPx: info.height };
  const channels = info.channels - (hasAlpha ? 1 : 0);
  if (!hasAlpha) return { samples: all, opacity: undefined, channels, ...size };
  const pixels = size.widthPx * size.heightPx;
  const samples = new Float32Array(pixels * channels);
  const opacity = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < channels; c++) samples[i * channels + c] = all[i * info.channels + c]!;
    opacity[i] = all[i * info.channels + channels]!;
  }
  return { samples, opacity: opacityAsBytes(opacity), channels, ...size };
}

/** By the range it keeps to: that of floats from 0 to 1, or of 8 to 16 bits. */
function opacityAsBytes(opacity: Float32Array): Uint8Array {
  const most = opacity.reduce((a, b) => Math.max(a, b), 0);
  const full = [1, 255, 1023, 4095, 16383, 65535].find((one) => most <= one) ?? most;
  return Uint8Array.from(opacity, (value) => Math.round((255 * Math.max(0, value)) / full));
}

/** Of a picture that is shown by the range it states: is it another one in programs that leave that aside? */
function otherRendering(
  {
    samples,
    grey,
    channels,
    ...size
  }: { samples: Float32Array; grey: Uint8Array; channels: number; widthPx: number; heightPx: number },
  kind: SampleKind,
  { from, to, why }: SampleScale,
): OtherColours | undefined {
  if (why.kind !== 'scaledByStatedRange') return undefined;
  const looked = shadesOf(grey, channels, size);
  const isOther = usualScales(kind).some((scale) => {
    const other = shadesOf(bytesFromSamples(samples, scale), channels, size);
    return showsMore(other, looked) || isAnother(other, looked);
  });
  return isOther ? { by: 'range of samples', stated: `${from} to ${to}`, isFar: true } : undefined;
}
