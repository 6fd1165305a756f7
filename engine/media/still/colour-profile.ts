// How unlike sRGB the colours are that an ICC profile describes (ICC.1:2022), for a profile that
// nothing here applies. Reads bytes; what is not as it should be is not told. Pure.

/**
 * `space`: of the samples it is for, by its four letters (`RGB`, `GRAY`, `CMYK`). `curve`: the greatest
 * distance of what is shown from sRGB's, 0..1 in sRGB's own samples. `points`: of a primary's
 * chromaticity from sRGB's. Undefined where it does not say it so simply that it is read here: by
 * tables of colours, or damaged.
 */
export type ProfileLook = {
  space: string;
  curve: number | undefined;
  points: number | undefined;
  /**
   * True where all of it is known and like the spaces of screens and cameras: curves near sRGB's, of
   * which no part is much flatter, and primaries that add up to white.
   */
  isPlain: boolean;
};

/** The farthest of a primary from sRGB's by which little stays little: Adobe RGB's. */
const NEAR_POINT = 0.15;

/** Is it one of which what differs a little in its samples differs a little to the eye? */
export function isNearProfile(profile: Uint8Array): boolean {
  const look = lookAtProfile(profile);
  return look?.isPlain === true && look.points !== undefined && look.points <= NEAR_POINT;
}

const HEAD_BYTES = 128;
/** Tags looked at; a profile of a camera or a screen has some twenty. */
const MOST_TAGS = 1000;

/** Undefined where the bytes are no profile at all: nobody applies such. */
export function lookAtProfile(profile: Uint8Array): ProfileLook | undefined {
  if (profile.length < HEAD_BYTES + 4 || lettersOf(profile, 36) !== 'acsp') return undefined;
  const space = lettersOf(profile, 16).trim();
  const tags = tagsOf(profile);
  const isByTables = [...tags.keys()].some((name) => /^[AD]2B/.test(name));
  if (isByTables || lettersOf(profile, 20) !== 'XYZ ')
    return { space, curve: undefined, points: undefined, isPlain: false };
  const isGrey = space === 'GRAY';
  const curves = (isGrey ? ['kTRC'] : ['rTRC', 'gTRC', 'bTRC']).map((name) => curveOf(tags.get(name)));
  const points = isGrey
    ? [0]
    : ['rXYZ', 'gXYZ', 'bXYZ'].map((name, i) => pointDistance(tags.get(name), D50_POINTS[i]!));
  return {
    space,
    curve: greatest(curves.map((one) => one && distanceFromSrgb(one))),
    points: greatest(points),
    isPlain:
      curves.every((one) => one !== undefined && isPlainCurve(one)) &&
      (isGrey || (addsUpToWhite(tags) && points.every((one) => one !== undefined && one <= PLAIN_POINT))),
  };
}

/** Undefined where one of them is. */
const greatest = (all: readonly (number | undefined)[]): number | undefined =>
  all.every((one) => one !== undefined) ? Math.max(...all) : undefined;

const lettersOf = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

function tagsOf(profile: Uint8Array): Map<string, Uint8Array> {
  const view = viewOf(profile);
  const tags = new Map<string, Uint8Array>();
  const count = Math.min(view.getUint32(HEAD_BYTES), MOST_TAGS);
  for (let n = 0, at = HEAD_BYTES + 4; n < count && at + 12 <= profile.length; n++, at += 12) {
    const [name, from] = [lettersOf(profile, at), view.getUint32(at + 4)];
    if (!tags.has(name)) tags.set(name, profile.subarray(from, from + view.getUint32(at + 8)));
  }
  return tags;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Red, green and blue of sRGB as profiles state them: seen by D50. */
const D50_POINTS = [
  [0.6484, 0.3309],
  [0.3212, 0.5979],
  [0.1559, 0.066],
] as const;

function pointDistance(tag: Uint8Array | undefined, [x, y]: readonly [number, number]): number | undefined {
  if (!tag || tag.length < 20 || lettersOf(tag, 0) !== 'XYZ ') return undefined;
  const view = viewOf(tag);
  const [X, Y, Z] = [8, 12, 16].map((at) => view.getInt32(at) / 65536) as [number, number, number];
  const sum = X + Y + Z;
  return sum > 0 ? Math.hypot(X / sum - x, Y / sum - y) : undefined;
}

type Curve = (sample: number) => number;

/** Light of sRGB as its sample, both 0..1. */
const sampleOfLight = (light: number): number =>
  light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;

/** The greatest distance of a curve of light from sRGB's, in sRGB's samples. */
export function distanceFromSrgb(curve: Curve): number {
  let most = 0;
  for (let value = 0; value <= 255; value++) {
    const light = curve(value / 255);
    if (Number.isNaN(light)) return 1;
    most = Math.max(most, Math.abs(sampleOfLight(Math.min(1, Math.max(0, light))) - value / 255));
  }
  return most;
}

/** The farthest from sRGB's that a plain curve shows, and how much flatter a part of so many samples may be. */
const [PLAIN_CURVE, PART, FLATTEST] = [0.09, 16, 0.5];

/** In black the eye sees no steps either. */
function isPlainCurve(curve: Curve): boolean {
  const shown = (value: number): number => 255 * sampleOfLight(Math.min(1, Math.max(0, curve(value / 255))));
  if (!(distanceFromSrgb(curve) <= PLAIN_CURVE)) return false;
  for (let from = PART; from + PART <= 255; from++)
    if (!(shown(from + PART) - shown(from) >= FLATTEST * PART)) return false;
  return true;
}

/** The farthest of a primary from sRGB's in a plain space; that of Adobe RGB's green is 0.14. */
const PLAIN_POINT = 0.2;

/** White as profiles state it, by D50, and how far the sum of the primaries may be off. */
const [D50_WHITE, WHITE_OFF] = [[0.9642, 1, 0.8249], 0.03] as const;

function addsUpToWhite(tags: ReadonlyMap<string, Uint8Array>): boolean {
  const primaries = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => tags.get(name));
  if (!primaries.every((tag) => tag !== undefined && tag.length >= 20)) return false;
  return D50_WHITE.every((wanted, i) => {
    const sum = primaries.reduce((all, tag) => all + viewOf(tag!).getInt32(8 + 4 * i) / 65536, 0);
    return Math.abs(sum - wanted) <= WHITE_OFF;
  });
}

function curveOf(tag: Uint8Array | undefined): Curve | undefined {
  if (!tag || tag.length < 12) return undefined;
  const kind = lettersOf(tag, 0);
  return kind === 'curv' ? tableCurve(viewOf(tag)) : kind === 'para' ? formulaCurve(viewOf(tag)) : undefined;
}

/** No entry is linear, one is an exponent, more are a table (ICC.1, 10.6). */
function tableCurve(view: DataView): Curve | undefined {
  const count = view.getUint32(8);
  if (12 + 2 * count > view.byteLength) return undefined;
  const entry = (i: number): number => view.getUint16(12 + 2 * i);
  if (count === 0) return (sample) => sample;
  if (count === 1) return (sample) => sample ** (entry(0) / 256);
  return tableOf(count, (i) => entry(i) / 65535);
}

/** Entries at even steps, straight lines between them. */
export function tableOf(count: number, entry: (i: number) => number): Curve {
  return (sample) => {
    const at = sample * (count - 1);
    const from = Math.min(count - 2, Math.floor(at));
    return entry(from) + (at - from) * (entry(from + 1) - entry(from));
  };
}

/** Numbers that each formula has. */
const FORMULAS = [1, 3, 4, 5, 7];

/** ICC.1, 10.18, table 68. */
function formulaCurve(view: DataView): Curve | undefined {
  const kind = view.getUint16(8);
  const count = FORMULAS[kind];
  if (count === undefined || 12 + 4 * count > view.byteLength) return undefined;
  const number = (i: number): number => (i < count ? view.getInt32(12 + 4 * i) / 65536 : 0);
  const [g, a, b] = [number(0), kind === 0 ? 1 : number(1), number(2)];
  // The first three begin where their power does, and are level below.
  const isLevel = kind <= 2;
  const from = isLevel ? -b / a : number(4);
  const above = kind === 2 ? number(3) : kind === 4 ? number(5) : 0;
  const below = kind === 2 ? number(3) : kind === 4 ? number(6) : 0;
  const slope = isLevel ? 0 : number(3);
  return (sample) => (sample >= from ? (a * sample + b) ** g + above : slope * sample + below);
}
