// How strongly a JPEG was compressed, from its own quantisation table: the quality that the
// Independent JPEG Group's scaling of the standard's table would need for it. Reads the header
// only.

/** The sum of the standard's luminance table (ITU-T T.81, annex K.1). */
const STANDARD_LUMINANCE_SUM = 3688;

/** Segments without a length: start and end of image, restarts. */
const BARE = (marker: number): boolean => marker === 0xd8 || marker === 0xd9 || (marker >= 0xd0 && marker <= 0xd7);

/** 1..100, or undefined when the bytes are no JPEG or hold no luminance table. */
export function jpegQualityFromBytes(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (BARE(marker) || marker === 0xff) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xda) return undefined;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const table = marker === 0xdb ? luminanceSum(bytes.subarray(at + 4, at + 2 + length)) : undefined;
    if (table !== undefined) return qualityFromSum(table);
    at += 2 + length;
  }
  return undefined;
}

/** Sum of the entries of table 0 in a DQT segment. */
function luminanceSum(segment: Uint8Array): number | undefined {
  for (let at = 0; at < segment.length; ) {
    const wide = segment[at]! >> 4 === 1;
    const size = wide ? 128 : 64;
    const table = segment.subarray(at + 1, at + 1 + size);
    if ((segment[at]! & 15) === 0 && table.length === size)
      return table.reduce((sum, value, i) => sum + (wide && i % 2 === 0 ? value * 256 : value), 0);
    at += 1 + size;
  }
  return undefined;
}

function qualityFromSum(sum: number): number {
  const scale = (100 * sum) / STANDARD_LUMINANCE_SUM;
  const quality = scale <= 100 ? (200 - scale) / 2 : 5000 / scale;
  return Math.min(100, Math.max(1, Math.round(quality)));
}
