// A JPEG's segments, as far as several readers of them agree; and from its own quantisation table
// how strongly it was compressed: the quality that the Independent JPEG Group's scaling of the
// standard's table would need for it.

/** The sum of the standard's luminance table (ITU-T T.81, annex K.1). */
const STANDARD_LUMINANCE_SUM = 3688;

export type JpegSegment = { marker: number; payload: Uint8Array };

/** Segments without a length: start and end of image, restarts. */
const isBare = (marker: number): boolean => marker === 0xd8 || marker === 0xd9 || (marker >= 0xd0 && marker <= 0xd7);

/** The segments before the first scan; none where the bytes are no JPEG. Ends at what is none. */
export function* segmentsBeforeScan(bytes: Uint8Array): Generator<JpegSegment> {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (isBare(marker) || marker === 0xff) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xda) return;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    yield { marker, payload: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}

/** Entropy-coded data end at the first FF that is neither stuffed nor a restart. */
export function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
}

/** 1..100, or undefined when the bytes are no JPEG or hold no luminance table. */
export function jpegQualityFromBytes(bytes: Uint8Array): number | undefined {
  for (const { marker, payload } of segmentsBeforeScan(bytes)) {
    const sum = marker === 0xdb ? luminanceSum(payload) : undefined;
    if (sum !== undefined) return qualityFromSum(sum);
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

/** The quality whose luminance table has this sum, 1..100. */
export function qualityFromSum(sum: number): number {
  const scale = (100 * sum) / STANDARD_LUMINANCE_SUM;
  const quality = scale <= 100 ? (200 - scale) / 2 : 5000 / scale;
  return Math.min(100, Math.max(1, Math.round(quality)));
}
