// What a gain map says that is to be done with it: from the samples of a picture, and those of the map,
// to the rendering for screens of another range. ISO 21496-1 and, before it, Adobe's and Google's
// (namespace hdr-gain-map/1.0) and Apple's way of writing it. Pure.
import { plainXmp, type XmpValues } from './plain-xmp.ts';

/**
 * Light of the other rendering from that of the base: (base + offsetBase) * factor - offsetOther, in
 * linear light, 1 at white. `factors`: of each of 256 samples of the map.
 */
export type GainChannel = { factors: Float64Array; offsetBase: number; offsetOther: number };
/** Of red, green and blue; one for all where they are alike. */
export type GainChannels = readonly [GainChannel, GainChannel, GainChannel];
/**
 * As a screen shows it that has more light than white by a part of what is stated; `mostLight`: of that
 * screen, what is brighter it shows as this.
 */
export type GainRendering = { channels: GainChannels; mostLight: number };
/** `isInBaseColours`: the factors are for the base's red, green and blue, and not for those of the map. */
export type GainMap = { renderings: readonly GainRendering[]; isInBaseColours: boolean };

/** Stops of light up and down: screens have four at the most, and programs darken by one. */
const [MOST_STOPS, MOST_DOWN] = [8, 4];
/** A map that does less can hold any picture and show none: programs that know no maps show it. */
const LEAST_STOPS = 0.25;
/** Light that is added before the factor: programs write up to ten times white, the same on both sides. */
const MOST_OFFSET = 16;
/** Where it is not the same it moves the black: a sixty-fourth, and a little more. */
const MOST_UNEQUAL = 1 / 16;
const [LEAST_GAMMA, MOST_GAMMA] = [0.1, 10] as const;
/** Of the other rendering's room for light, that the map may go beyond it: what is rounded. */
const MOST_BEYOND = 1.09;
/** Room that the base has: programs write none. */
const MOST_OF_BASE = 0.1;

/**
 * Parts of the stated room that screens have: a screen applies the map's logarithms by that part. With
 * steps as these none between them shows what is in none of them, where nothing is cut off at black.
 */
const PARTS = [1, 0.75, 0.5, 0.25, 0.125];
/** Where the offsets differ, the smallest part is another picture than the base already. */
const NEXT_TO_NONE = 1 / 1024;

/** As they are stated: logarithms to base 2, and a curve's exponent. */
type Stated = { min: number; max: number; gamma: number; offsetBase: number; offsetOther: number };

/** Undefined where it is not a map that any screen could use. */
function gainMapOf(
  channels: readonly Stated[],
  headroom: { base: number; other: number },
  isInBaseColours = true,
): GainMap | undefined {
  // Where the base is the brighter rendering, ordinary screens show the other one.
  const isUsual =
    headroom.base >= 0 &&
    headroom.base <= MOST_OF_BASE &&
    headroom.other > headroom.base &&
    headroom.other <= MOST_STOPS;
  const mostLight = 2 ** headroom.other * MOST_BEYOND;
  if (!isUsual || !channels.every((one) => isSane(one, mostLight)) || !channels.some(doesSomething)) return undefined;
  const isMoved = channels.some(({ offsetBase, offsetOther }) => offsetBase !== offsetOther);
  const parts = isMoved ? [...PARTS, NEXT_TO_NONE] : PARTS;
  return {
    renderings: parts.map((part) => ({
      channels: atPart(channels, part),
      // What a screen with all the room and more shows of it is not cut off.
      mostLight: part === 1 ? Number.POSITIVE_INFINITY : 2 ** (headroom.base + part * (headroom.other - headroom.base)),
    })),
    isInBaseColours,
  };
}

const doesSomething = ({ min, max }: Stated): boolean => max - min >= LEAST_STOPS;

function atPart(channels: readonly Stated[], part: number): GainChannels {
  const all = channels.map(({ min, max, gamma, offsetBase, offsetOther }) => ({
    factors: Float64Array.from(
      { length: 256 },
      (_, code) => 2 ** (part * (min + (max - min) * (code / 255) ** (1 / gamma))),
    ),
    offsetBase,
    offsetOther,
  }));
  const [first] = channels;
  const of = (c: number): GainChannel =>
    channels[c] && JSON.stringify(channels[c]) !== JSON.stringify(first) ? all[c]! : all[0]!;
  return [all[0]!, of(1), of(2)];
}

const isSane = ({ min, max, gamma, offsetBase, offsetOther }: Stated, mostLight: number): boolean =>
  min >= -MOST_DOWN &&
  max <= MOST_STOPS &&
  min <= max &&
  gamma >= LEAST_GAMMA &&
  gamma <= MOST_GAMMA &&
  [offsetBase, offsetOther].every(
    (offset) => offset >= 0 && offset <= (offsetBase === offsetOther ? MOST_OFFSET : MOST_UNEQUAL),
  ) &&
  (1 + offsetBase) * 2 ** max - offsetOther <= mostLight;

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
  return gainMapOf(channels, headroom, (flags & BASE_COLOURS) !== 0);
}

const ADOBE = 'http://ns.adobe.com/hdr-gain-map/1.0/';
const APPLE = 'http://ns.apple.com/HDRGainMap/1.0/';
const APPLE_KINDS = 'http://ns.apple.com/pixeldatainfo/1.0/';
export const APPLE_GAIN_MAP = 'urn:com:apple:photo:2020:aux:hdrgainmap';

/** Every reader of numbers takes these for the same. */
const NUMBER = /^-?\d{1,9}(\.\d{1,12})?$/;
const isNumber = (text: string): boolean => NUMBER.test(text);
const textOf = (values: XmpValues | undefined, name: string): string | undefined => {
  const found = values?.get(name)?.values ?? [];
  return found.length === 1 ? found[0] : undefined;
};

/** Null of a gain map that cannot be used, and of what cannot be read in one way alone. */
export type XmpGainMap = GainMap | null | undefined;

/** Of a picture behind another, or of an auxiliary one. `isApple`: it is said elsewhere to be Apple's. */
export function xmpGainMap(xmp: string, isApple = false): XmpGainMap {
  const values = plainXmp(xmp);
  if (!values) return null;
  const adobe = values.get(ADOBE);
  if (adobe) return adobeGainMap(adobe) ?? null;
  if (!isApple && textOf(values.get(APPLE_KINDS), 'AuxiliaryImageType') !== APPLE_GAIN_MAP) return undefined;
  return appleGainMap(values.get(APPLE)) ?? null;
}

/** Apple's name for what a picture behind another is; undefined where it has none, or more than one. */
export const xmpAuxiliaryType = (xmp: string): string | undefined =>
  textOf(plainXmp(xmp)?.get(APPLE_KINDS), 'AuxiliaryImageType');

/** Of those that differ between colours: a number, or a list of three. */
const OF_COLOURS = ['GainMapMin', 'GainMapMax', 'Gamma', 'OffsetSDR', 'OffsetHDR'] as const;
/** What every reader takes where one is missing; of the others each takes something else. */
const MISSING: Readonly<Partial<Record<string, number>>> = { Gamma: 1, OffsetSDR: 1 / 64, OffsetHDR: 1 / 64 };
const CAPACITIES = ['HDRCapacityMin', 'HDRCapacityMax'] as const;

/** Adobe's and Google's names. */
function adobeGainMap(values: XmpValues): GainMap | undefined {
  const isSaid = (name: string): boolean => values.has(name);
  if (
    textOf(values, 'Version') !== '1.0' ||
    (isSaid('BaseRenditionIsHDR') && textOf(values, 'BaseRenditionIsHDR') !== 'False')
  )
    return undefined;
  // Some readers look at attributes alone, and want these two of them.
  const byAttributes = ['GainMapMax', 'HDRCapacityMax'].every((name) => values.get(name)?.isAttribute);
  const names = [...OF_COLOURS, ...CAPACITIES];
  if (byAttributes && names.some((name) => values.get(name)?.isAttribute === false)) return undefined;
  const stated = (name: string): readonly number[] | undefined => {
    const missing = MISSING[name];
    if (!isSaid(name)) return missing === undefined ? undefined : [missing];
    const texts = values.get(name)!.values;
    return texts.every(isNumber) && (texts.length === 1 || texts.length === 3) ? texts.map(Number) : undefined;
  };
  const [min, max, gamma, offsetBase, offsetOther] = OF_COLOURS.map(stated);
  const [base, other] = CAPACITIES.map(stated);
  if (!min || !max || !gamma || !offsetBase || !offsetOther || base?.length !== 1 || other?.length !== 1)
    return undefined;
  const of = (all: readonly number[], c: number): number => all[c] ?? all[0]!;
  const channels = [0, 1, 2].map((c) => ({
    min: of(min, c),
    max: of(max, c),
    gamma: of(gamma, c),
    offsetBase: of(offsetBase, c),
    offsetOther: of(offsetOther, c),
  }));
  return gainMapOf(channels, { base: base[0]!, other: other[0]! });
}

const APPLE_VERSIONS = ['65536', '131072'];
/** Of light: what the camera's notes lead to at the most, and what newer files state. */
const [APPLE_HEADROOM, MOST_HEADROOM] = [8, 16] as const;

/**
 * Apple's map is coded for a screen as BT.709 has it, and brightens up to the headroom; some programs
 * take its codes for logarithms instead.
 */
function appleGainMap(values: XmpValues | undefined): GainMap | undefined {
  if (!APPLE_VERSIONS.includes(textOf(values, 'HDRGainMapVersion') ?? '')) return undefined;
  const text = values?.has('HDRGainMapHeadroom') ? textOf(values, 'HDRGainMapHeadroom') : `${APPLE_HEADROOM}`;
  const stated = text !== undefined && isNumber(text) ? Number(text) : Number.NaN;
  if (!(stated >= 1 && stated <= MOST_HEADROOM)) return undefined;
  const stops = Math.log2(Math.max(APPLE_HEADROOM, stated));
  const asCoded = PARTS.map((part) => {
    const factors = Float64Array.from({ length: 256 }, (_, code) => {
      const coded = code / 255;
      const light = coded < 0.081 ? coded / 4.5 : ((coded + 0.099) / 1.099) ** (1 / 0.45);
      return 1 + (2 ** (part * stops) - 1) * light;
    });
    const channel = { factors, offsetBase: 0, offsetOther: 0 };
    return { channels: [channel, channel, channel] as const, mostLight: Number.POSITIVE_INFINITY };
  });
  const plain = { min: 0, max: stops, gamma: 1, offsetBase: 0, offsetOther: 0 };
  // Both lie between no change and the headroom, whatever the part.
  const asLogarithms = [1, 0.5].map((part) => ({
    channels: atPart([plain], part),
    mostLight: Number.POSITIVE_INFINITY,
  }));
  return { renderings: [...asCoded, ...asLogarithms], isInBaseColours: true };
}
