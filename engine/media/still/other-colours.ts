// What a photograph's file says of its colours and what is not applied here: a curve of light or
// primaries of its own, or a profile that its decoder leaves aside. Other programs apply it and may
// show another picture.
import type { DomainReason } from '../../../contract/domain.ts';
import type { Remark } from '../../../contract/remark.ts';
import type { HeifFile } from '../heif/heif-items.ts';
import { primaryColour } from '../heif/picture-plan.ts';
import { type ColourCodes, coloursOfCodes, isStated } from './coded-colours.ts';
import { distanceFromSrgb, lookAtProfile, tableOf } from './colour-profile.ts';
import { type DecodedStill, type OtherColours, withLeftOut, withRemarks } from './decoded-still.ts';
import { type PngChunk, pngChunks } from './png-chunk.ts';
import { jp2Colours, statedProfiles } from './stated-profile.ts';
import { type TiffTags, tiffDirectories, tiffEntry } from './tiff-directories.ts';

/** First pipeline whose verdicts know of it: earlier ones are made again without. */
const OTHER_COLOURS_SINCE_PIPELINE = 4;

/** [Note: other colours] in decision 002 says why nothing is converted. */
export function withOtherColours(
  decoded: DecodedStill,
  found: OtherColours | undefined,
  pipeline: number = OTHER_COLOURS_SINCE_PIPELINE,
): DecodedStill {
  if (decoded.kind !== 'decoded' || !found || pipeline < OTHER_COLOURS_SINCE_PIPELINE) return decoded;
  const { by, stated, isFar } = found;
  if (!isFar) return withRemarks(decoded, remarkOf(found));
  return asAnotherPicture(decoded, { kind: 'coloursNotApplied', by, stated });
}

/** Other programs may show another picture: not all was looked at, and no model was validated on such. */
const asAnotherPicture = (
  decoded: Extract<DecodedStill, { kind: 'decoded' }>,
  said: Remark & DomainReason,
): DecodedStill =>
  ({
    ...withLeftOut(decoded, [said]),
    beyondDomain: [...(decoded.beyondDomain ?? []), said],
  }) as DecodedStill;

/** Of a picture whose profile, which is applied, takes contrast out of it. */
export function withFlattened(decoded: DecodedStill, pipeline: number = OTHER_COLOURS_SINCE_PIPELINE): DecodedStill {
  if (decoded.kind !== 'decoded' || !decoded.flattened || pipeline < OTHER_COLOURS_SINCE_PIPELINE) return decoded;
  return asAnotherPicture(decoded, { kind: 'flattenedByProfile' });
}

/** What is said of them, whether far or near. */
export const remarkOf = (found: OtherColours | undefined): Remark[] =>
  found ? [{ kind: 'coloursNotApplied', by: found.by, stated: found.stated }] : [];

/** Exponent between samples and what is shown of them that is hardly seen, and that is left as it is. */
const [NEAR_CURVE, FAR_CURVE] = [1.05, 1.25];
/** Distance of a chromaticity from that of sRGB. That of P3's green is 0.097, of Adobe RGB's 0.14. */
const [NEAR_POINT, FAR_POINT] = [0.02, 0.1];
/** White, red, green and blue of sRGB. */
const SRGB_POINTS = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
/** PNG states both in hundred thousandths. */
const PNG_UNIT = 100_000;
const DISPLAY_GAMMA = 2.2;

/**
 * Of a PNG. Programs differ in which chunk they take where one stands twice, out of its place, or is
 * not as it should be: each is asked, and what is far is named beside whatever else stands there.
 * An sRGB or cICP chunk that is as it should be answers for what is near.
 */
export function coloursOfPng(bytes: Uint8Array): OtherColours | undefined {
  const [codes, srgb] = [pngChunks(bytes, 'cICP'), pngChunks(bytes, 'sRGB')];
  const isSettled = isEach(codes, isCodes) || isEach(srgb, ({ length, 0: intent }) => length === 1 && intent! <= 3);
  const found = [
    ...codes.flatMap(({ data }) => (data.length < 4 ? [] : [coloursOfCodes('cICP', codesOf(data), data[3] === 1)])),
    ...[
      ...pngChunks(bytes, 'gAMA').map(({ data }) => curveOf(numbersOf(data, 1)?.[0])),
      ...pngChunks(bytes, 'cHRM').map(({ data }) => pointsOf('cHRM', numbersOf(data, SRGB_POINTS.length))),
    ].filter((one) => !isSettled || one?.isFar),
    codes.length + srgb.length > 0 ? besideProfile(bytes) : undefined,
  ];
  return found.find((one) => one?.isFar) ?? found.find((one) => one !== undefined);
}

/** True where there is one, and each is as it should be. */
const isEach = (chunks: readonly PngChunk[], isGood: (data: Uint8Array) => boolean): boolean =>
  chunks.length > 0 && chunks.every(({ data, isWhole }) => isWhole && isGood(data));
const codesOf = (data: Uint8Array): ColourCodes => ({ primaries: data[0]!, transfer: data[1]! });
const isCodes = (data: Uint8Array): boolean =>
  data.length === 4 && isStated(codesOf(data)) && data[2] === 0 && data[3]! <= 1;

/** A profile is applied here; where other chunks say something else, programs show one or the other. */
function besideProfile(bytes: Uint8Array): OtherColours | undefined {
  const profiles = statedProfiles(bytes, 'image/png').map((one) => coloursOfProfile(one, 'RGB'));
  const far = profiles.find((one) => one?.isFar);
  return far && { by: 'cICP, sRGB', stated: `beside a profile: ${far.stated}`, isFar: true };
}

/** Of a HEIF or AVIF, as its container states them. A profile is applied and stands before them. */
export function coloursOfHeif(file: HeifFile): OtherColours | undefined {
  const { coded, profile } = primaryColour(file);
  return coded && !profile ? coloursOfCodes('nclx', coded, true) : undefined;
}

function numbersOf(chunk: Uint8Array | undefined, count: number): number[] | undefined {
  if (chunk?.length !== 4 * count) return undefined;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i) / PNG_UNIT);
}

/** Samples by what a profile has to be for: of a CMYK picture a printer's. */
export type SampleSpace = 'GRAY' | 'RGB' | 'CMYK';
const SPACE_TEXT: Readonly<Record<SampleSpace, string>> = { GRAY: 'grey', RGB: 'RGB', CMYK: 'CMYK' };

/** Distance of a curve in samples that is hardly seen (2.2 is 0.037 off), and that of `FAR_CURVE`. */
const [NEAR_LIGHT, FAR_LIGHT] = [0.04, 0.082];

/**
 * Of a profile that is not applied to samples of that kind; undefined where it is sRGB's as good as.
 * What a profile does not say simply is taken for far. Grey has no primaries.
 */
export function coloursOfProfile(profile: Uint8Array, samples: SampleSpace): OtherColours | undefined {
  const look = lookAtProfile(profile);
  if (!look) return undefined;
  const named = look.space === samples ? look.space : `${look.space} on ${SPACE_TEXT[samples]} samples`;
  const light = samples === 'CMYK' ? undefined : look.curve;
  const points = samples === 'CMYK' ? undefined : samples === 'GRAY' ? light && 0 : look.points;
  if (light === undefined || points === undefined) return { by: 'profile', stated: named, isFar: true };
  if (light <= NEAR_LIGHT && points <= NEAR_POINT) return undefined;
  const stated = [
    named,
    ...(light > NEAR_LIGHT ? [`light up to ${Math.round(100 * light)} % off sRGB’s`] : []),
    ...(points > NEAR_POINT ? [`primaries up to ${points.toFixed(2)} off`] : []),
  ];
  return { by: 'profile', stated: stated.join(', '), isFar: light > FAR_LIGHT || points > FAR_POINT };
}

/**
 * Of a file whose decoder says nothing of its colours: a Windows bitmap, JPEG 2000, a Photoshop
 * file, GIF, QOI; and what a TIFF states beside a profile.
 */
export function coloursOfContainer(bytes: Uint8Array, mediaType: string): OtherColours | undefined {
  try {
    const [profile] = WITHOUT_PROFILE.has(mediaType) ? statedProfiles(bytes, mediaType) : [];
    return (profile && coloursOfProfile(profile, 'RGB')) ?? IN_A_HEADER[mediaType]?.(bytes);
  } catch {
    return undefined;
  }
}

/** Formats whose decoder gives pixels alone. */
const WITHOUT_PROFILE = new Set(['image/bmp', 'image/jp2', 'image/vnd.adobe.photoshop', 'image/gif']);

const IN_A_HEADER: Readonly<Record<string, (bytes: Uint8Array) => OtherColours | undefined>> = {
  'image/bmp': coloursOfBmp,
  'image/jp2': coloursOfJp2,
  'image/qoi': (bytes) => (bytes[13] === 1 ? { by: 'header', stated: 'linear light', isFar: true } : undefined),
  'image/tiff': coloursOfTiff,
};

const [LINKED, CALIBRATED] = [0x4c494e4b, 0] as const;

/** Endpoints and exponents of a header of version 4 or 5; zeros are none. */
function coloursOfBmp(bytes: Uint8Array): OtherColours | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const palette = paletteOfBmp(view);
  if (palette) return palette;
  if (view.getUint32(14, true) < 108) return undefined;
  const space = view.getUint32(70, true);
  if (space === LINKED) return { by: 'header', stated: 'a profile in another file', isFar: true };
  if (space !== CALIBRATED) return undefined;
  const exponents = [110, 114, 118].map((at) => view.getUint32(at, true) / 65536);
  const light = Math.max(...exponents.map((one) => (one > 0 ? distanceFromSrgb((sample) => sample ** one) : 0)));
  const ends = [74, 86, 98].map((at) => [0, 4, 8].map((next) => view.getInt32(at + next, true)));
  const sums = ends.map((end) => end.reduce((sum, one) => sum + one, 0));
  const points = ends.flatMap(([x, y], i) => [x! / sums[i]!, y! / sums[i]!]);
  const own = sums.every((sum) => sum > 0) ? pointsOf('header', [...SRGB_POINTS.slice(0, 2), ...points]) : undefined;
  if (light <= NEAR_LIGHT) return own;
  const isFar = light > FAR_LIGHT || (own?.isFar ?? false);
  return { by: 'header', stated: `gamma ${exponents.map((one) => Number(one.toFixed(3))).join(' ')}`, isFar };
}

/**
 * A palette whose room before the pixels is not what its header says: programs read three bytes a
 * colour or four, and show two pictures.
 */
function paletteOfBmp(view: DataView): OtherColours | undefined {
  const headBytes = view.getUint32(14, true);
  const isOld = headBytes < 40;
  const bits = view.getUint16(isOld ? 24 : 28, true);
  if (bits > 8) return undefined;
  const colours = (isOld ? 0 : view.getUint32(46, true)) || 2 ** bits;
  const room = view.getUint32(10, true) - 14 - headBytes;
  const isAsStated = isOld ? room < 4 * colours : room >= 4 * colours;
  return isAsStated
    ? undefined
    : { by: 'palette', stated: `${colours} colours in ${room} bytes, of ${isOld ? 3 : 4} bytes each`, isFar: true };
}

/** Numbers of ISO/IEC 15444-1, I.5.3.3: sRGB, grey and YCC of sRGB. */
const USUAL_JP2_SPACES = new Set([16, 17, 18]);

function coloursOfJp2(bytes: Uint8Array): OtherColours | undefined {
  const [first] = jp2Colours(bytes);
  if (!first || bytes[first.from] !== 1) return undefined;
  const space = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(first.from + 3);
  return USUAL_JP2_SPACES.has(space) ? undefined : { by: 'colr', stated: `colour space ${space}`, isFar: true };
}

const [TRANSFER_FUNCTION, WHITE_POINT, PRIMARIES] = [301, 318, 319] as const;

const [SAMPLE_FORMAT, PHOTOMETRIC, COMPRESSION, SUBSAMPLING] = [339, 262, 259, 530] as const;
const [SIGNED, YCBCR] = [2, 6] as const;
const JPEG_IN_TIFF = new Set([6, 7]);

/** Samples that libvips shows as if they were of another kind: signed bytes, and luma and chroma side by side. */
function kindOfTiff(tags: TiffTags | undefined): OtherColours | undefined {
  const first = (tag: number): number | undefined => tags?.get(tag)?.[0];
  if (first(SAMPLE_FORMAT) === SIGNED) return { by: 'SampleFormat', stated: 'signed', isFar: true };
  const isBesideEachOther = (tags?.get(SUBSAMPLING) ?? [2, 2]).every((one) => one === 1);
  const isCoded = JPEG_IN_TIFF.has(first(COMPRESSION) ?? 1);
  return first(PHOTOMETRIC) === YCBCR && isBesideEachOther && !isCoded
    ? { by: 'PhotometricInterpretation', stated: 'Y Cb Cr', isFar: true }
    : undefined;
}

/** TIFF 6.0, section 20. A profile stands before them, and is told of by who decodes the picture. */
function coloursOfTiff(bytes: Uint8Array): OtherColours | undefined {
  const tags = tiffDirectories(bytes)[0]?.tags;
  const kind = kindOfTiff(tags);
  if (kind) return kind;
  if (statedProfiles(bytes, 'image/tiff').length > 0) return undefined;
  const primaries = tags?.get(PRIMARIES);
  const white = tags?.get(WHITE_POINT) ?? SRGB_POINTS.slice(0, 2);
  const points = primaries?.length === 6 ? pointsOf('PrimaryChromaticities', [...white, ...primaries]) : undefined;
  const table = tiffEntry(bytes, TRANSFER_FUNCTION);
  const bits = tags?.get(258)?.[0] ?? 1;
  if (!table || bits > 16) return points;
  const view = new DataView(table.bytes.buffer, table.bytes.byteOffset, table.bytes.byteLength);
  const [entries, count] = [2 ** bits, view.byteLength >> 1];
  const lights = Array.from({ length: Math.min(3, Math.floor(count / entries)) }, (_, channel) =>
    distanceFromSrgb(tableOf(entries, (i) => view.getUint16(2 * (channel * entries + i), table.isLittle) / 65535)),
  );
  const light = Math.max(0, ...lights);
  if (light <= NEAR_LIGHT || points?.isFar) return points;
  const stated = `light up to ${Math.round(100 * light)} % off sRGB’s`;
  return { by: 'TransferFunction', stated, isFar: light > FAR_LIGHT };
}

function curveOf(gamma: number | undefined): OtherColours | undefined {
  if (!gamma) return undefined;
  const exponent = 1 / (gamma * DISPLAY_GAMMA);
  const away = Math.max(exponent, 1 / exponent);
  return away > NEAR_CURVE ? { by: 'gAMA', stated: `gamma ${gamma}`, isFar: away > FAR_CURVE } : undefined;
}

function pointsOf(by: string, points: readonly number[] | undefined): OtherColours | undefined {
  if (!points) return undefined;
  const distances = [0, 2, 4, 6].map((at) =>
    Math.hypot(points[at]! - SRGB_POINTS[at]!, points[at + 1]! - SRGB_POINTS[at + 1]!),
  );
  const away = Math.max(...distances);
  return away > NEAR_POINT
    ? { by, stated: points.map((one) => Number(one.toFixed(4))).join(' '), isFar: away > FAR_POINT }
    : undefined;
}
