// A JPEG's segments, as far as several readers of them agree; and from its own quantisation table
// how strongly it was compressed: the quality that the Independent JPEG Group's scaling of the
// standard's table would need for it.

/** The sum of the standard's luminance table (ITU-T T.81, annex K.1). */
const STANDARD_LUMINANCE_SUM = 3688;

export type JpegSegment = { marker: number; payload: Uint8Array };
/**
 * A marker at `at`, with what follows it: nothing for a bare one. `stray`: bytes in front of it that are
 * no segment, which decoders pass over; with a marker of 0 where none follows them. `isCut`: its length
 * is none, or reaches beyond the file.
 */
export type JpegPart = JpegSegment & { at: number; stray: number; isCut: boolean };

export const [SOI, EOI, SOS, TEM] = [0xd8, 0xd9, 0xda, 0x01] as const;
export const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
/** Segments without a length. */
const isBare = (marker: number): boolean => marker === SOI || marker === EOI || marker === TEM || isRestart(marker);

/**
 * What a JPEG is made of (ITU-T T.81, annex B), from behind its start of image up to its end or the
 * end of the bytes; nothing where the bytes are no JPEG. Scans are passed over.
 */
export function* jpegParts(bytes: Uint8Array, from = 0): Generator<JpegPart> {
  if (bytes[from] !== 0xff || bytes[from + 1] !== SOI) return;
  let stray = 0;
  for (let at = from + 2; at + 1 < bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === 0) {
      const next = bytes.indexOf(0xff, at + 1);
      const behind = next < 0 ? bytes.length : next;
      stray += behind - at;
      at = behind;
      continue;
    }
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = isBare(marker) ? 0 : ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    const isCut = !isBare(marker) && (length < 2 || end > bytes.length);
    yield { marker, at, stray, isCut, payload: bytes.subarray(at + 4, Math.max(at + 4, end)) };
    if (isCut || marker === EOI) return;
    stray = 0;
    at = marker === SOS ? endOfScan(bytes, end) : end;
  }
  if (stray > 0) yield { marker: 0, at: bytes.length, stray, isCut: true, payload: new Uint8Array(0) };
}

/** The segments before the first scan; none where the bytes are no JPEG. Ends at what is none. */
export function* segmentsBeforeScan(bytes: Uint8Array): Generator<JpegSegment> {
  for (const { marker, payload, stray } of jpegParts(bytes)) {
    if (stray > 0 || marker === SOS) return;
    if (!isBare(marker)) yield { marker, payload };
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
