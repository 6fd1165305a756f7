// High dynamic range -> the 8-bit range that faces are judged in, by one stated curve that depends
// on nothing but the pixel. HLG and PQ become light on a display (ITU-R BT.2100), of which the
// reference white of BT.2408 (203 cd/m2) is white here; what is brighter is bent into the top
// quarter; the result is coded for a display of gamma 2.4 (BT.1886), as ordinary video is.
import { DEEP_WHITE } from './rgb-from-yuv.ts';

/** HLG and PQ by their names in ITU-T H.273, as FFmpeg spells them. */
const HDR: ReadonlySet<string> = new Set(['arib-std-b67', 'smpte2084']);

/** True for a transfer that has to be brought to the standard range. */
export const isHdr = (transfer: string): boolean => HDR.has(transfer);

/** Luminance of diffuse white, and of the display that HLG is made for, cd/m2. */
const REFERENCE_WHITE = 203;
const PEAK = 1000;
/** Light below this part of white is left as it is. */
const KNEE = 0.75;
const DISPLAY_GAMMA = 2.4;

/** PQ's code value (0..1) as light, 1 at reference white (BT.2100, table 4). */
function lightFromPq(code: number): number {
  const [m1, m2] = [2610 / 16384, (2523 / 4096) * 128];
  const [c1, c2, c3] = [3424 / 4096, (2413 / 4096) * 32, (2392 / 4096) * 32];
  const p = code ** (1 / m2);
  return (10_000 * (Math.max(0, p - c1) / (c2 - c3 * p)) ** (1 / m1)) / REFERENCE_WHITE;
}

/** HLG's code value (0..1) as light of the scene, 0..1 (BT.2100, table 5). */
function sceneFromHlg(code: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
  return code <= 0.5 ? (code * code) / 3 : (Math.exp((code - c) / a) + b) / 12;
}

/** HLG's system gamma for a display of 1000 cd/m2 in the dark. */
const HLG_GAMMA = 1.2;

/** Linear matrices to the primaries of BT.709 (BT.2087; SMPTE EG 432-1 for P3 with D65). */
const TO_709: Readonly<Record<string, readonly number[]>> = {
  bt2020: [1.6605, -0.5876, -0.0728, -0.1246, 1.1329, -0.0083, -0.0182, -0.1006, 1.1187],
  smpte432: [1.2249, -0.2247, 0, -0.042, 1.0419, 0, -0.0197, -0.0786, 1.0979],
};
const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Weights of luminance in BT.2020, which HLG's system gamma is defined by. */
const [LR, LG, LB] = [0.2627, 0.678, 0.0593];

/**
 * Light above the knee, 1 at reference white, bent so that PEAK is 1: a hyperbola that leaves the
 * line without a corner. f(t) = t (1 + s) / (t + s), t from the knee to the peak.
 */
function bent(light: number): number {
  if (light <= KNEE) return light;
  const reach = PEAK / REFERENCE_WHITE - KNEE;
  const t = Math.min(1, (light - KNEE) / reach);
  const s = 1 / (reach / (1 - KNEE) - 1);
  return KNEE + ((1 - KNEE) * t * (1 + s)) / (t + s);
}

const LIGHT_STEPS = 8192;
const tables = new Map<string, { light: Float64Array; gain: Float64Array; code: Uint8Array }>();

/**
 * Code value -> light; root of luminance -> the system gamma's gain; root of light (0..1) -> byte.
 * Made once a transfer.
 */
function tablesOf(transfer: string): { light: Float64Array; gain: Float64Array; code: Uint8Array } {
  const known = tables.get(transfer);
  if (known) return known;
  const toLight = transfer === 'smpte2084' ? lightFromPq : sceneFromHlg;
  const made = {
    light: Float64Array.from({ length: DEEP_WHITE + 1 }, (_, i) => toLight(i / DEEP_WHITE)),
    gain: Float64Array.from({ length: LIGHT_STEPS + 1 }, (_, i) =>
      transfer === 'smpte2084' ? 1 : (PEAK / REFERENCE_WHITE) * ((i / LIGHT_STEPS) ** 2) ** (HLG_GAMMA - 1),
    ),
    code: Uint8Array.from({ length: LIGHT_STEPS + 1 }, (_, i) =>
      Math.round(255 * ((i / LIGHT_STEPS) ** 2) ** (1 / DISPLAY_GAMMA)),
    ),
  };
  tables.set(transfer, made);
  return made;
}

const rootStep = (value: number): number => Math.round(Math.sqrt(Math.min(1, Math.max(0, value))) * LIGHT_STEPS);

/**
 * Deep R'G'B' (0..DEEP_WHITE, interleaved) of a high dynamic range picture as 8-bit R'G'B'.
 * `primaries`: name of ITU-T H.273; others than BT.2020 and P3 are taken for BT.709. Throws
 * RangeError for a transfer that is neither HLG nor PQ.
 */
export function toneMap(deep: Uint16Array, transfer: string, primaries: string): Uint8Array {
  if (!isHdr(transfer)) throw new RangeError(`${transfer} is no transfer of high dynamic range.`);
  const { light, gain, code } = tablesOf(transfer);
  const [a, b, c, d, e, f, g, h, i] = (TO_709[primaries] ?? IDENTITY) as [
    ...[number, number, number, number, number, number, number, number, number],
  ];
  const out = new Uint8Array(deep.length);
  for (let at = 0; at < deep.length; at += 3) {
    const [r0, g0, b0] = [light[deep[at]!]!, light[deep[at + 1]!]!, light[deep[at + 2]!]!];
    const k = gain[rootStep(LR * r0 + LG * g0 + LB * b0)]!;
    const red = Math.max(0, k * (a * r0 + b * g0 + c * b0));
    const green = Math.max(0, k * (d * r0 + e * g0 + f * b0));
    const blue = Math.max(0, k * (g * r0 + h * g0 + i * b0));
    const most = Math.max(red, green, blue);
    // One factor for all three: bending leaves the hue.
    const held = most <= KNEE ? 1 : bent(most) / most;
    out[at] = code[rootStep(red * held)]!;
    out[at + 1] = code[rootStep(green * held)]!;
    out[at + 2] = code[rootStep(blue * held)]!;
  }
  return out;
}

/** An 8-bit code value as a deep one. */
export const deepFromByte = (value: number): number => Math.round((value * DEEP_WHITE) / 255);
