// What a gain map says that is to be done with it: from the samples of a picture, and those of the map,
// to the rendering for screens of another range. ISO 21496-1 and, before it, Adobe's and Google's
// (namespace hdr-gain-map/1.0) and Apple's way of writing it. Pure.

/**
 * Light of the other rendering from that of the base: (base + offsetBase) * factor - offsetOther, in
 * linear light, 1 at white. `factors`: of each of 256 samples of the map.
 */
export type GainChannel = { factors: Float64Array; offsetBase: number; offsetOther: number };
/** Of red, green and blue. */
export type GainMap = readonly [GainChannel, GainChannel, GainChannel];

/** Stops of light, both ways: screens have four at the most. */
const MOST_STOPS = 8;
/** Light that is added before the factor: programs write up to ten times white. */
const MOST_OFFSET = 16;
const [LEAST_GAMMA, MOST_GAMMA] = [0.1, 10] as const;

/** As they are stated: logarithms to base 2, and a curve's exponent. */
type Stated = { min: number; max: number; gamma: number; offsetBase: number; offsetOther: number };

/** Undefined where it is not a map that any screen could use. */
function gainMapOf(channels: readonly Stated[], headroom: { base: number; other: number }): GainMap | undefined {
  // Where the base is the brighter rendering, ordinary screens show the other one.
  const isUsual = headroom.base >= 0 && headroom.other > headroom.base && headroom.other <= MOST_STOPS;
  if (!isUsual || !channels.every(isSane)) return undefined;
  const all = channels.map(({ min, max, gamma, offsetBase, offsetOther }) => ({
    factors: Float64Array.from({ length: 256 }, (_, code) => 2 ** (min + (max - min) * (code / 255) ** (1 / gamma))),
    offsetBase,
    offsetOther,
  }));
  return [all[0]!, all[1] ?? all[0]!, all[2] ?? all[0]!];
}

const isSane = ({ min, max, gamma, offsetBase, offsetOther }: Stated): boolean =>
  Math.abs(min) <= MOST_STOPS &&
  Math.abs(max) <= MOST_STOPS &&
  min <= max &&
  gamma >= LEAST_GAMMA &&
  gamma <= MOST_GAMMA &&
  [offsetBase, offsetOther].every((offset) => offset >= 0 && offset <= MOST_OFFSET);

const [SEVERAL_CHANNELS, BASE_COLOURS, ONE_DENOMINATOR] = [0x80, 0x40, 0x08] as const;

/**
 * The metadata of ISO 21496-1 (annex C), from the lowest version that a reader must know on; undefined
 * where they cannot be used or are not known.
 */
export function isoGainMap(bytes: Uint8Array): GainMap | undefined {
  if (bytes.length < 5) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [needed, writer, flags] = [view.getUint16(0), view.getUint16(2), view.getUint8(4)];
  const isShort = (flags & ONE_DENOMINATOR) !== 0;
  if (needed !== 0 || (flags & ~(SEVERAL_CHANNELS | BASE_COLOURS | ONE_DENOMINATOR)) !== 0) return undefined;
  const count = flags & SEVERAL_CHANNELS ? 3 : 1;
  const length = 5 + (isShort ? 12 + 20 * count : 16 + 40 * count);
  // A later version may say more behind it.
  if (bytes.length < length || (bytes.length > length && writer === 0)) return undefined;
  let at = 5;
  const number = (isSigned: boolean): number => {
    const value = isSigned ? view.getInt32(at) : view.getUint32(at);
    at += 4;
    return value;
  };
  const common = isShort ? number(false) : undefined;
  const ratio = (isSigned = false): number => {
    const numerator = number(isSigned);
    return numerator / (common ?? number(false));
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

/** Values of one namespace in a block of XMP, by name. */
type Values = ReadonlyMap<string, readonly string[]>;

/**
 * Undefined where the block has none of that namespace; null where it can be read in more than one way.
 * Properties stand as attributes, as elements, or as lists.
 */
function valuesIn(xmp: string, namespace: string): Values | undefined | null {
  const prefixes = [...xmp.matchAll(/xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/g)].filter(
    ([, , uri]) => uri === namespace,
  );
  if (prefixes.length === 0) return undefined;
  if (/<!--|<!\[|<!D|&/.test(xmp)) return null;
  const found = new Map<string, string[]>();
  for (const prefix of new Set(prefixes.map(([, name]) => name!))) {
    const own = prefix.replaceAll(/[.-]/g, '\\$&');
    const attributes = xmp.matchAll(new RegExp(`\\s${own}:(\\w+)\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g'));
    const elements = xmp.matchAll(new RegExp(`<${own}:(\\w+)(?:\\s[^>]*)?>([^]*?)</${own}:\\1\\s*>`, 'g'));
    for (const [, name, first, second] of attributes) if (!add(name!, [first ?? second ?? ''])) return null;
    for (const [, name, inner] of elements) {
      const items = [...inner!.matchAll(/<rdf:li[^>]*>([^<]*)<\/rdf:li>/g)].map(([, text]) => text!);
      if (!add(name!, items.length > 0 ? items : [inner!])) return null;
    }
  }
  return found;

  function add(name: string, values: readonly string[]): boolean {
    if (found.has(name)) return false;
    found.set(
      name,
      values.map((one) => one.trim()),
    );
    return true;
  }
}

const NUMBER = /^[-+]?\d*\.?\d+(e[-+]?\d+)?$/i;
const numbersOf = (texts: readonly string[]): number[] | undefined =>
  texts.every((one) => NUMBER.test(one)) && (texts.length === 1 || texts.length === 3) ? texts.map(Number) : undefined;

/** What XMP says a picture is: the map of `maps`; null of a gain map that cannot be used. */
export type XmpGainMap = GainMap | null | undefined;

/** Of a picture behind another, or of an auxiliary one. `isApple`: it is said elsewhere to be Apple's. */
export function xmpGainMap(xmp: string, isApple = false): XmpGainMap {
  const adobe = valuesIn(xmp, ADOBE);
  if (adobe !== undefined) return adobe && (adobeGainMap(adobe) ?? null);
  const kinds = valuesIn(xmp, APPLE_KINDS);
  if (kinds === null) return null;
  if (!isApple && kinds?.get('AuxiliaryImageType')?.[0] !== APPLE_GAIN_MAP) return undefined;
  return appleGainMap(valuesIn(xmp, APPLE)) ?? null;
}

/** [Adobe's and Google's] names and what holds where one is missing. */
function adobeGainMap(values: Values): GainMap | undefined {
  const stated = (name: string, missing: number): number[] | undefined =>
    values.has(name) ? numbersOf(values.get(name)!) : [missing];
  if (values.get('Version')?.[0] !== '1.0' || /^true$/i.test(values.get('BaseRenditionIsHDR')?.[0] ?? 'False'))
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
function appleGainMap(values: Values | undefined | null): GainMap | undefined {
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
