// Units of an HEVC-coded picture as they lie in a HEIF item, each behind its length (ISO/IEC
// 14496-15, 8.3.3.1). Reads bytes, decodes nothing. Pure.
import { corrupt } from './heif-refusal.ts';

/** Kinds of units below this are slices of a picture (ITU-T H.265, table 7-1). */
const FIRST_NO_SLICE = 32;

/** Bytes of the length before each unit, of the decoder's configuration record. Throws HeifRefusal. */
export function lengthSizeOf(config: Uint8Array): number {
  const byte = config[21];
  if (byte === undefined) throw corrupt({ kind: 'decoderConfigurationShort' });
  return (byte & 3) + 1;
}

/** Where units lie; the last one's end may be beyond that of the data. */
export function unitPlaces(data: Uint8Array, lengthSize: number): { from: number; to: number }[] {
  const places: { from: number; to: number }[] = [];
  for (let at = 0; at < data.length; ) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + (data[at + i] ?? 0);
    const from = at + lengthSize;
    places.push({ from, to: from + length });
    at = from + length;
  }
  return places;
}

/** Pictures, by the slices that say to be the first of theirs. Throws HeifRefusal. */
export const hevcPictures = (data: Uint8Array, config: Uint8Array): number =>
  unitPlaces(data, lengthSizeOf(config)).filter(
    ({ from }) => ((data[from] ?? 0xff) >> 1) % 64 < FIRST_NO_SLICE && (data[from + 2] ?? 0) >= 0x80,
  ).length;
