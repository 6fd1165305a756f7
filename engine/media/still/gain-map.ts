// What a gain map says that is to be done with it: from the samples of a picture, and those of the map,
// to the rendering for screens of another range. ISO 21496-1 and, before it, Adobe's and Google's
// (namespace hdr-gain-map/1.0) and Apple's way of writing it. Pure.
import { plainXmp, type XmpValues } from './plain-xmp.ts';

/**
 * Light of the other rendering from that of the base: (base + offsetBase) * factor - offsetOther, in
 * linear light, 1 at white. `factors`: of each of 256 samples of the map.
 */
export type GainChannel = { factors: Float64Array; offsetBase: number; offsetOther: number };
/** Of red, green and blue. */
export type GainMap = readonly [GainChannel, GainChannel, GainChannel];

/** Stops of light, both ways: screens have four at the most. */
const MOST_STOPS = 8;
/** A map that does less can hold any picture and show none: programs that know no maps show it. */
const LEAST_STOPS = 0.25;
/** Light that is added before the factor: programs write up to ten times white. */
const MOST_OFFSET = 16;
const [LEAST_GAMMA, MOST_GAMMA] = [0.1, 10] as const;

/** As they are stated: logarithms to base 2, and a curve's exponent. */
type Stated = { min: number; max: number; gamma: number; offsetBase: number; offsetOther: number };

/** Undefined where it is not a map that any screen could use. */
function gainMapOf(channels: readonly Stated[], headroom: { base: number; other: number }): GainMap | undefined {
  // Where the base is the brighter rendering, ordinary screens show the other one.
  const isUsual = headroom.base >= 0 && headroom.other > headroom.base && headroom.other <= MOST_STOPS;
  if (!isUsual || !channels.every(isSane) || !channels.some(({ min, max }) => max - min >= LEAST_STOPS))
    return undefined;
  const all = channels.map(({ min, max, gamma, offsetBase, offsetOther }) => ({
    factors: Float64Array.from({ length: 256 }, (_, code) => 2 ** (min + (max - min) * (code / 255) ** (1 / gamma))),
    offsetBase,
    offsetOther,
  }));
  const [first] = channels;
  // One for all where they are alike.
  const of = (c: number): GainChannel =>
    channels[c] && JSON.stringify(channels[c]) !== JSON.stringify(first) ? all[c]! : all[0]!;
  return [all[0]!, of(1), of(2)];
}

const isSane = ({ min, max, gamma, offsetBase, offsetOther }: Stated): boolean =>
  Math.abs(min) <= MOST_STOPS &&
  Math.abs(max) <= MOST_STOPS &&
  min <= max &&
  gamma >= LEAST_GAMMA &&
  gamma <= MOST_GAMMA &&
  [offsetBase, offsetOther].every((offset) => offset >= 0 && offset <= MOST_OFFSET);

const [SEVERAL_CHANNELS, BASE_COLOURS] = [0x80, 0x40] as const;

/**
 * The metadata of ISO 21496-1 (annex C), from the lowest version that a reader must know on; undefined
 * where they cannot be used or are not known. Some programs write one denominator for all, which others
 * do not know, and read the same bytes as other numbers: such, and whatever is longer than it need be,
 * is not known.
 */
export function isoGainMap(bytes: Uint8Array): GainMap | undefined {
  if (bytes.length < 5) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [needed, flags] = [view.getUint16(0), view.getUint8(4)];
  const count = flags & SEVERAL_CHANNELS ? 3 : 1;
  const isKnown = needed === 0 && (flags & ~(SEVERAL_CHANNELS | BASE_COLOURS)) === 0;
  if (!isKnown || bytes.length !== 5 + 16 + 40 * count) return undefined;
  let at = 5;
  const ratio = (isSigned = false): number => {
    const numerator = isSigned ? view.getInt32(at) : view.getUint32(at);
    const denominator = view.getUint32(at + 4);
    at += 8;
    return numerator / denominator;
  };
  const headroom = { base: ratio(), other: ratio() };
  const channels = Array.from({ length: count }, () => ({
    min: ratio(true),
    max: ratio(true),
    gamma: ratio(),
    offsetBase: ratio(true),
    offsetOther: ratio(true),
  }));
  return gainMapOf(channels, headroom);
}

const ADOBE = 'http://ns.adobe.com/hdr-gain-map/1.0/';
const APPLE = 'http://ns.apple.com/HDRGainMap/1.0/';
const APPLE_KINDS = 'http://ns.apple.com/pixeldatainfo/1.0/';
export const APPLE_GAIN_MAP = 'urn:com:apple:photo:2020:aux:hdrgainmap';

/** Every reader of numbers takes these for the same. */
const NUMBER = /^-?\d{1,9}(\.\d{1,12})?$/;
const numbersOf = (texts: readonly string[]): number[] | undefined =>
  texts.every((one) => NUMBER.test(one)) && (texts.length === 1 || texts.length === 3) ? texts.map(Number) : undefined;

/** Null of a gain map that cannot be used, and of what cannot be read in one way alone. */
export type XmpGainMap = GainMap | null | undefined;

/** Of a picture behind another, or of an auxiliary one. `isApple`: it is said elsewhere to be Apple's. */
export function xmpGainMap(xmp: string, isApple = false): XmpGainMap {
  const values = plainXmp(xmp);
  if (!values) return null;
  const adobe = values.get(ADOBE);
  if (adobe) return adobeGainMap(adobe) ?? null;
  if (!isApple && values.get(APPLE_KINDS)?.get('AuxiliaryImageType')?.[0] !== APPLE_GAIN_MAP) return undefined;
  return appleGainMap(values.get(APPLE)) ?? null;
}

/** Apple's name for what a picture behind another is; undefined where it has none, or more than one. */
export const xmpAuxiliaryType = (xmp: string): string | undefined =>
  plainXmp(xmp)?.get(APPLE_KINDS)?.get('AuxiliaryImageType')?.[0];

/** [Adobe's and Google's] names and what holds where one is missing. */
function adobeGainMap(values: XmpValues): GainMap | undefined {
  const stated = (name: string, missing: number): number[] | undefined =>
    values.has(name) ? numbersOf(values.get(name)!) : [missing];
  if (values.get('Version')?.[0] !== '1.0' || (values.get('BaseRenditionIsHDR')?.[0] ?? 'False') !== 'False')
    return undefined;
  if (!values.has('GainMapMax') || !values.has('HDRCapacityMax')) return undefined;
  const all = [
    stated('GainMapMin', 0),
    stated('GainMapMax', 1),
    stated('Gamma', 1),
    stated('OffsetSDR', 1 / 64),
    stated('OffsetHDR', 1 / 64),
  ];
  const [base, other] = [stated('HDRCapacityMin', 0)?.[0], stated('HDRCapacityMax', 1)?.[0]];
  if (base === undefined || other === undefined || all.includes(undefined)) return undefined;
  const channels = [0, 1, 2].map((c) => {
    const [min, max, gamma, offsetBase, offsetOther] = all.map((one) => one![c] ?? one![0]!) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { min, max, gamma, offsetBase, offsetOther };
  });
  return gainMapOf(channels, { base, other });
}

const APPLE_VERSIONS = ['65536', '131072'];
/** Of light: what the camera's notes lead to at the most, and what newer files state. */
const [APPLE_HEADROOM, MOST_HEADROOM] = [8, 16] as const;

/** Apple's map is coded for a screen as BT.709 has it, and brightens up to the headroom. */
function appleGainMap(values: XmpValues | undefined): GainMap | undefined {
  if (!values || !APPLE_VERSIONS.includes(values.get('HDRGainMapVersion')?.[0] ?? '')) return undefined;
  const stated = numbersOf(values.get('HDRGainMapHeadroom') ?? [`${APPLE_HEADROOM}`])?.[0] ?? Number.NaN;
  if (!(stated >= 1 && stated <= MOST_HEADROOM)) return undefined;
  const headroom = Math.max(APPLE_HEADROOM, stated);
  const factors = Float64Array.from({ length: 256 }, (_, code) => {
    const coded = code / 255;
    return 1 + (headroom - 1) * (coded < 0.081 ? coded / 4.5 : ((coded + 0.099) / 1.099) ** (1 / 0.45));
  });
  const channel = { factors, offsetBase: 0, offsetOther: 0 };
  return [channel, channel, channel];
}
