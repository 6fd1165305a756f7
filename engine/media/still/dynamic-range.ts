// What a PNG or AVIF says of itself that libvips leaves aside: a high dynamic range, an animation.
import type { DomainReason } from '../../../contract/domain.ts';
import type { Remark } from '../../../contract/remark.ts';
import { readHeifItems } from '../heif/heif-items.ts';
import { primaryColour } from '../heif/picture-plan.ts';
import { type DecodedStill, withLeftOut } from './decoded-still.ts';
import { chunkPlaces, pngChunks } from './png-chunk.ts';

type Curve = Extract<DomainReason, { kind: 'otherRange' }>['curve'];

export function withOwnRange(
  decoded: DecodedStill,
  range: Curve | undefined,
  leftOut: readonly Remark[],
): DecodedStill {
  if (decoded.kind !== 'decoded') return decoded;
  const curve: Remark[] = range ? [{ kind: 'curveNotConverted', transfer: range }] : [];
  const read = withLeftOut(decoded, [...leftOut, ...curve]);
  return range && read.kind === 'decoded' ? { ...read, beyondDomain: [{ kind: 'otherRange', curve: range }] } : read;
}

const HDR_CODES: Readonly<Record<number, Curve>> = { 16: 'PQ', 18: 'HLG' };

/**
 * The curve of a PNG or AVIF of high dynamic range, which libvips leaves as it is; undefined for
 * any other.
 */
export function otherRange(bytes: Uint8Array, mediaType: string): Curve | undefined {
  if (mediaType === 'image/png') {
    const curves = pngChunks(bytes, 'cICP').map(({ data }) => HDR_CODES[data[1] ?? 0]);
    return curves.find((one) => one !== undefined);
  }
  try {
    const file = readHeifItems(bytes);
    return HDR_CODES[primaryColour(file).coded?.transfer ?? 0];
  } catch {
    return undefined;
  }
}

/**
 * An animation has a control chunk (fcTL) before each of its pictures. Where none stands before the
 * one that is decoded here, that is a further picture, which players of animations do not show.
 */
export function pngLeftOut(bytes: Uint8Array, mediaType: string): Remark[] {
  if (mediaType !== 'image/png') return [];
  const stated = pngChunks(bytes, 'acTL').filter(({ data }) => data.length >= 4);
  const counts = stated.map(({ data }) => new DataView(data.buffer, data.byteOffset, 4).getUint32(0));
  const inFile = [...chunkPlaces(bytes)].map(({ type }) => type).filter((type) => /^(fcTL|IDAT|fdAT)$/.test(type));
  const controls = inFile.filter((type) => type === 'fcTL').length;
  const animated = Math.max(0, controls, ...counts, inFile.includes('fdAT') ? 1 : 0);
  const isOneOfThem = inFile[0] === 'fcTL';
  const pictures = animated + (isOneOfThem ? 0 : 1);
  return animated > 0 && pictures > 1 ? [{ kind: 'firstOfAnimation', pictures }] : [];
}
