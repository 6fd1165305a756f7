// What a PNG, AVIF or HEIF says of its colours and what is not applied here: a curve of light or
// primaries of its own, without a profile. Other programs apply it and may show another picture.
import type { DomainReason } from '../../../contract/domain.ts';
import type { Remark } from '../../../contract/remark.ts';
import type { HeifFile } from '../heif/heif-items.ts';
import { planPrimary } from '../heif/picture-plan.ts';
import { type DecodedStill, withLeftOut, withRemarks } from './decoded-still.ts';
import { pngChunk } from './png-chunk.ts';

/** First pipeline whose verdicts know of it: earlier ones are made again without. */
const OTHER_COLOURS_SINCE_PIPELINE = 4;

/**
 * `by`: which part of the file states them. `isFar`: so unlike sRGB that the picture may be another
 * one to the eye.
 */
export type OtherColours = { by: 'gAMA' | 'cHRM' | 'cICP' | 'nclx'; stated: string; isFar: boolean };

/** [Note: other colours] in decision 002 says why nothing is converted. */
export function withOtherColours(
  decoded: DecodedStill,
  found: OtherColours | undefined,
  pipeline: number = OTHER_COLOURS_SINCE_PIPELINE,
): DecodedStill {
  if (decoded.kind !== 'decoded' || !found || pipeline < OTHER_COLOURS_SINCE_PIPELINE) return decoded;
  const { by, stated, isFar } = found;
  const remark: Remark = { kind: 'coloursNotApplied', by, stated };
  if (!isFar) return withRemarks(decoded, [remark]);
  const reason: DomainReason = { kind: 'coloursNotApplied', by, stated };
  return { ...withLeftOut(decoded, [remark]), beyondDomain: [...(decoded.beyondDomain ?? []), reason] } as DecodedStill;
}

/** Exponent between samples and what is shown of them that is hardly seen, and that is left as it is. */
const [NEAR_CURVE, FAR_CURVE] = [1.05, 1.25];
/** Distance of a chromaticity from that of sRGB. That of P3's green is 0.097, of Adobe RGB's 0.14. */
const [NEAR_POINT, FAR_POINT] = [0.02, 0.1];
/** White, red, green and blue of sRGB. */
const SRGB_POINTS = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
/** PNG states both in hundred thousandths. */
const PNG_UNIT = 100_000;
const DISPLAY_GAMMA = 2.2;

/** Of a PNG; the sRGB chunk stands before gAMA and cHRM, cICP before all. */
export function coloursOfPng(bytes: Uint8Array): OtherColours | undefined {
  const cicp = pngChunk(bytes, 'cICP');
  if (cicp && cicp.length >= 4)
    return coloursOfCodes('cICP', { primaries: cicp[0]!, transfer: cicp[1]! }, cicp[3] === 1);
  if (pngChunk(bytes, 'sRGB')?.length === 1) return undefined;
  const curve = curveOf(numbersOf(pngChunk(bytes, 'gAMA'), 1)?.[0]);
  const points = pointsOf(numbersOf(pngChunk(bytes, 'cHRM'), SRGB_POINTS.length));
  return [curve, points].find((one) => one?.isFar) ?? curve ?? points;
}

/** Of a HEIF or AVIF, as its container states them. A profile is applied and stands before them. */
export function coloursOfHeif(file: HeifFile): OtherColours | undefined {
  const { coded, profile } = planPrimary(file).picture.colour;
  return coded && !profile ? coloursOfCodes('nclx', coded, true) : undefined;
}

function numbersOf(chunk: Uint8Array | undefined, count: number): number[] | undefined {
  if (chunk?.length !== 4 * count) return undefined;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i) / PNG_UNIT);
}

function curveOf(gamma: number | undefined): OtherColours | undefined {
  if (!gamma) return undefined;
  const exponent = 1 / (gamma * DISPLAY_GAMMA);
  const away = Math.max(exponent, 1 / exponent);
  return away > NEAR_CURVE ? { by: 'gAMA', stated: `gamma ${gamma}`, isFar: away > FAR_CURVE } : undefined;
}

function pointsOf(points: readonly number[] | undefined): OtherColours | undefined {
  if (!points) return undefined;
  const distances = [0, 2, 4, 6].map((at) =>
    Math.hypot(points[at]! - SRGB_POINTS[at]!, points[at + 1]! - SRGB_POINTS[at + 1]!),
  );
  const away = Math.max(...distances);
  return away > NEAR_POINT ? { by: 'cHRM', stated: points.join(' '), isFar: away > FAR_POINT } : undefined;
}

/**
 * Curves of ITU-T H.273 that are taken for sRGB's, as in films; those of a high dynamic range are
 * told of apart (dynamic-range.ts).
 */
const USUAL_CURVES = new Set([0, 1, 2, 3, 4, 6, 7, 11, 12, 13, 14, 15, 16, 18]);
const USUAL_PRIMARIES = new Set([0, 1, 2, 3, 5, 6, 7, 22]);
/** BT.470 M, BT.2020 and both of P3: wider than sRGB, and of the same kind. */
const WIDE_PRIMARIES = new Set([4, 9, 11, 12]);

function coloursOfCodes(
  by: 'cICP' | 'nclx',
  { primaries, transfer }: { primaries: number; transfer: number },
  isFull: boolean,
): OtherColours | undefined {
  const isUsual = USUAL_CURVES.has(transfer) && isFull;
  if (isUsual && USUAL_PRIMARIES.has(primaries)) return undefined;
  // A curve that is applied is not named among what is not.
  const curve = USUAL_CURVES.has(transfer) ? '' : `, curve ${transfer}`;
  const stated = `primaries ${primaries}${curve}${isFull ? '' : ', limited range'}`;
  return { by, stated, isFar: !isUsual || !WIDE_PRIMARIES.has(primaries) };
}
