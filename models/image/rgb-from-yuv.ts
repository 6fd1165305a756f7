// Coded video samples -> 8-bit R'G'B', in whole numbers only, so that a frame has the same bytes on
// every machine. Matrix and range are the file's own (ITU-T H.273, ISO/IEC 23091-2); chroma is
// brought to full size linearly, as its siting says.

/**
 * Where a chroma sample lies between the luma samples it belongs to, along one axis: on the first,
 * or in the middle.
 */
export type ChromaSiting = 'cosited' | 'centred';

/**
 * Planes of one frame as the decoder gives them. Samples above 8 bits are 16-bit little-endian in
 * native order.
 */
export type YuvPlanes = {
  widthPx: number;
  heightPx: number;
  /** Bits of a sample, 8 to 16. */
  bits: number;
  /** Chroma has 1/2^n of the luma's columns and rows. */
  log2ChromaWidth: number;
  log2ChromaHeight: number;
  horizontalSiting: ChromaSiting;
  verticalSiting: ChromaSiting;
  luma: Plane;
  /** Absent for grey. */
  chroma?: readonly [Plane, Plane];
};

/**
 * Samples row by row; `stride` and `step` count samples, `step` from one to the next of the same
 * kind.
 */
export type Plane = { samples: Uint8Array | Uint16Array; stride: number; step: number; offset: number };

/** The weights of red and blue in luma, and the range of the samples. */
export type YuvColour = { kr: number; kb: number; full: boolean };

/** Kr and Kb by the matrix's name in ITU-T H.273, table 4. */
export const LUMA_WEIGHTS: Readonly<Record<string, readonly [number, number]>> = {
  bt709: [0.2126, 0.0722],
  fcc: [0.3, 0.11],
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  smpte240m: [0.212, 0.087],
  bt2020nc: [0.2627, 0.0593],
};

/**
 * Fraction bits of the coefficients: four more from 12-bit samples on. Every product then stays
 * below 2^31 (about 5.5e8).
 */
const shiftFor = (bits: number): number => 14 + Math.min(4, bits - 8);
/**
 * Chroma is carried at eight times its value: two bits from the vertical and one from the
 * horizontal interpolation.
 */
const CHROMA_SHIFT = 3;

type Coefficients = {
  shift: number;
  y: number;
  rv: number;
  gu: number;
  gv: number;
  bu: number;
  black: number;
  grey: number;
};

/** The largest value of a deep R'G'B' sample. */
export const DEEP_WHITE = 4095;

/**
 * A frame as R, G, B interleaved with 12 bits each (0..DEEP_WHITE), for a transfer curve to be
 * applied to. Chroma as in rgbFromYuv; sums of products in double precision, which are exact for
 * these whole numbers but for the coefficients' rounding.
 */
export function deepRgbFromYuv(planes: YuvPlanes, { kr, kb, full }: YuvColour): Uint16Array {
  const { widthPx, heightPx, bits, luma, chroma } = planes;
  const { black, grey } = coefficientsOf({ kr, kb, full }, bits);
  const kg = 1 - kr - kb;
  const scale = 2 ** (bits - 8);
  const y0 = DEEP_WHITE / (full ? 2 ** bits - 1 : 219 * scale);
  // Chroma comes at eight times its value.
  const c0 = DEEP_WHITE / (8 * (full ? 2 ** bits - 1 : 224 * scale));
  const [rv, bu] = [2 * (1 - kr) * c0, 2 * (1 - kb) * c0];
  const [gu, gv] = [(-2 * kb * (1 - kb) * c0) / kg, (-2 * kr * (1 - kr) * c0) / kg];
  const out = new Uint16Array(widthPx * heightPx * 3);
  const [cb, cr, blended] = [new Int32Array(widthPx), new Int32Array(widthPx), new Int32Array(widthPx + 2)];
  const held = (value: number): number => (value < 0 ? 0 : value > DEEP_WHITE ? DEEP_WHITE : Math.round(value));
  const { samples, stride, step, offset } = luma;
  for (let y = 0; y < heightPx; y++) {
    if (chroma) {
      chromaRow(chroma[0], planes, y, grey, blended, cb);
      chromaRow(chroma[1], planes, y, grey, blended, cr);
    }
    let at = y * widthPx * 3;
    const from = offset + y * stride;
    for (let x = 0; x < widthPx; x++) {
      const base = y0 * (samples[from + x * step]! - black);
      out[at++] = held(base + rv * cr[x]!);
      out[at++] = held(base + gu * cb[x]! + gv * cr[x]!);
      out[at++] = held(base + bu * cb[x]!);
    }
  }
  return out;
}

/** Coefficients scaled so that sum >> shift is an 8-bit value. */
function coefficientsOf({ kr, kb, full }: YuvColour, bits: number): Coefficients {
  const kg = 1 - kr - kb;
  const lumaSpan = full ? 2 ** bits - 1 : 219 * 2 ** (bits - 8);
  const chromaSpan = full ? 2 ** bits - 1 : 224 * 2 ** (bits - 8);
  const shift = shiftFor(bits);
  const fixed = (value: number): number => Math.round(value * 2 ** shift);
  const chroma = (value: number): number => fixed((255 * value) / chromaSpan);
  return {
    shift,
    y: fixed(255 / lumaSpan),
    rv: chroma(2 * (1 - kr)),
    gu: chroma((-2 * kb * (1 - kb)) / kg),
    gv: chroma((-2 * kr * (1 - kr)) / kg),
    bu: chroma(2 * (1 - kb)),
    black: full ? 0 : 16 * 2 ** (bits - 8),
    grey: 2 ** (bits - 1),
  };
}

/**
 * Two chroma rows blended for output row `y`, at four times their value: the nearest row and its
 * neighbour on the other side, 3 to 1 where chroma lies between the rows, 4 to 0 and 2 to 2 where
 * it lies on the even ones.
 */
function rowsFor(y: number, log2: number, siting: ChromaSiting, rows: number): [number, number, number, number] {
  if (log2 === 0) return [y, y, 4, 0];
  const at = y >> 1;
  const odd = (y & 1) === 1;
  const clamp = (row: number): number => Math.min(rows - 1, Math.max(0, row));
  if (siting === 'cosited') return odd ? [clamp(at), clamp(at + 1), 2, 2] : [clamp(at), clamp(at), 4, 0];
  return odd ? [clamp(at), clamp(at + 1), 3, 1] : [clamp(at), clamp(at - 1), 3, 1];
}

/** One row of one chroma plane at full width, eight times its value, minus eight times grey. */
function chromaRow(
  plane: Plane,
  planes: YuvPlanes,
  y: number,
  grey: number,
  blended: Int32Array,
  out: Int32Array,
): void {
  const { widthPx, heightPx, log2ChromaWidth, log2ChromaHeight, horizontalSiting, verticalSiting } = planes;
  const columns = (widthPx + (1 << log2ChromaWidth) - 1) >> log2ChromaWidth;
  const rows = (heightPx + (1 << log2ChromaHeight) - 1) >> log2ChromaHeight;
  const [near, far, nearWeight, farWeight] = rowsFor(y, log2ChromaHeight, verticalSiting, rows);
  const { samples, stride, step, offset } = plane;
  const [a, b] = [offset + near * stride, offset + far * stride];
  for (let x = 0; x < columns; x++)
    blended[x] = nearWeight * samples[a + x * step]! + farWeight * samples[b + x * step]! - 4 * grey;
  if (log2ChromaWidth === 0) for (let x = 0; x < widthPx; x++) out[x] = 2 * blended[x]!;
  else widen(blended, columns, log2ChromaWidth, horizontalSiting, widthPx, out);
}

/** Brings a blended row to full width at twice its value. 4:1:1 rows repeat their samples. */
function widen(
  from: Int32Array,
  columns: number,
  log2: number,
  siting: ChromaSiting,
  widthPx: number,
  out: Int32Array,
): void {
  if (log2 > 1) {
    for (let x = 0; x < widthPx; x++) out[x] = 2 * from[x >> log2]!;
    return;
  }
  for (let x = 0; x < widthPx; x++) {
    const at = x >> 1;
    const next = at + 1 < columns ? at + 1 : at;
    if (siting === 'cosited') out[x] = (x & 1) === 0 ? 2 * from[at]! : from[at]! + from[next]!;
    else {
      const other = (x & 1) === 0 ? Math.max(0, at - 1) : next;
      out[x] = (3 * from[at]! + from[other]!) >> 1;
    }
  }
}

/**
 * A frame as R, G, B interleaved, widthPx x heightPx x 3 bytes. The transfer curve and the
 * primaries are left as coded. Sources: ITU-T H.273 equations 40 to 45 (range) and 50 to 55
 * (matrix).
 */
export function rgbFromYuv(planes: YuvPlanes, colour: YuvColour): Uint8Array {
  const { widthPx, heightPx, bits, luma, chroma } = planes;
  const k = coefficientsOf(colour, bits);
  const out = new Uint8ClampedArray(widthPx * heightPx * 3);
  const [cb, cr, blended] = [new Int32Array(widthPx), new Int32Array(widthPx), new Int32Array(widthPx + 2)];
  const { shift, y: ky, rv, gu, gv, bu, black } = k;
  const half = 1 << (shift - 1);
  const { samples, stride, step, offset } = luma;
  for (let y = 0; y < heightPx; y++) {
    if (chroma) {
      chromaRow(chroma[0], planes, y, k.grey, blended, cb);
      chromaRow(chroma[1], planes, y, k.grey, blended, cr);
    }
    let at = y * widthPx * 3;
    const from = offset + y * stride;
    for (let x = 0; x < widthPx; x++) {
      const base = ky * (samples[from + x * step]! - black) + half;
      const b = cb[x]!;
      const r = cr[x]!;
      out[at] = (base + ((rv * r) >> CHROMA_SHIFT)) >> shift;
      out[at + 1] = (base + ((gu * b + gv * r) >> CHROMA_SHIFT)) >> shift;
      out[at + 2] = (base + ((bu * b) >> CHROMA_SHIFT)) >> shift;
      at += 3;
    }
  }
  return new Uint8Array(out.buffer);
}
