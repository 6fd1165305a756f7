// What codes of ITU-T H.273 say of colours that are not applied here, in a photograph's container,
// in its coded picture, or in a film's. Pure.
import type { OtherColours } from './decoded-still.ts';

/**
 * Curves that are taken for sRGB's, as in films; those of a high dynamic range are told of apart
 * (dynamic-range.ts).
 */
const USUAL_CURVES = new Set([0, 1, 2, 3, 4, 6, 7, 11, 12, 13, 14, 15, 16, 18]);
const USUAL_PRIMARIES = new Set([0, 1, 2, 3, 5, 6, 7, 22]);
/** BT.470 M, BT.2020 and both of P3: wider than sRGB, and of the same kind. */
const WIDE_PRIMARIES = new Set([4, 9, 11, 12]);
/** Codes that state nothing. */
const NOTHING = new Set([0, 2, 3]);

export type ColourCodes = { primaries: number; transfer: number };

/** True where both are stated. */
export const isStated = ({ primaries, transfer }: ColourCodes): boolean =>
  !NOTHING.has(primaries) && !NOTHING.has(transfer);

/** Undefined for usual ones. `isFull`: not of a limited range, where that is not applied. */
export function coloursOfCodes(
  by: 'cICP' | 'nclx' | 'coded picture' | 'container',
  { primaries, transfer }: ColourCodes,
  isFull: boolean,
): OtherColours | undefined {
  const isUsual = USUAL_CURVES.has(transfer) && isFull;
  if (isUsual && USUAL_PRIMARIES.has(primaries)) return undefined;
  // A curve that is applied is not named among what is not.
  const curve = USUAL_CURVES.has(transfer) ? '' : `, curve ${transfer}`;
  const stated = `primaries ${primaries}${curve}${isFull ? '' : ', limited range'}`;
  return { by, stated, isFar: !isUsual || !WIDE_PRIMARIES.has(primaries) };
}
