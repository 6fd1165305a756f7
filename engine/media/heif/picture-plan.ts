// What must be decoded for the primary picture of a HEIF file, and how its parts become one
// picture: a coded picture, or a grid of them (ISO/IEC 23008-12, 6.6). Reads tables, decodes
// nothing. Gain maps and thumbnails are for beside-heif.ts; depth maps and mattes are left alone.
import type { Remark } from '../../../contract/remark.ts';
import { APPLE_GAIN_MAP } from '../still/gain-map.ts';
import { planeName } from '../still/plane-types.ts';
import { av1Colour, av1Pictures } from './av1-sequence.ts';
import { BoxReader } from './boxes.ts';
import { type HeifFile, type HeifItem, itemBytes, itemOf, referredBy, referringTo } from './heif-items.ts';
import { corrupt, HeifRefusal } from './heif-refusal.ts';
import { hevcPictures } from './hevc-units.ts';
import {
  auxiliaryType,
  colourOf,
  type ItemColour,
  propertyOf,
  refuseUnknown,
  type Size,
  sizeOf,
  type Transform,
  transformsOf,
} from './item-properties.ts';

/**
 * One coded picture: the decoder's configuration record (`hvcC`, `av1C`) and where its bytes are. `size`
 * as the file states it.
 */
export type CodedPart = { coding: 'hevc' | 'av1'; config: Uint8Array; size: Size | undefined; read: () => Uint8Array };

/** Parts row by row. `size` undefined: that of the one part. */
export type PicturePlan = {
  columns: number;
  rows: number;
  size: Size | undefined;
  parts: readonly CodedPart[];
  colour: ItemColour;
  transforms: readonly Transform[];
};

/** The primary picture as planned, its transparency, and what the file holds beside it. */
export type PrimaryPlan = {
  picture: PicturePlan;
  alpha: PicturePlan | undefined;
  premultiplied: boolean;
  /** What lies beside the primary picture and is not examined. */
  leftOut: Remark[];
};

/**
 * The coding of the primary picture by the four letters of its item, grids and wrappers looked
 * through: `hvc1`, `av01`, ...
 */
export function primaryCoding(file: HeifFile): string {
  return codingOf(file, itemOf(file, file.primaryId), 0);
}

/** Wrappers around wrappers deeper than this are no photograph. */
const DEPTH_LIMIT = 4;

/** What a derived item is made of first: of a grid its tiles, of a tone map its base picture. */
function codingOf(file: HeifFile, item: HeifItem, depth: number): string {
  if (!['grid', 'iden', 'tmap'].includes(item.type)) return item.type;
  const [first] = referredBy(file, 'dimg', item.id);
  if (first === undefined || depth >= DEPTH_LIMIT) throw corrupt({ kind: 'madeOfNothing', item: item.id });
  return codingOf(file, itemOf(file, first), depth + 1);
}

/** Plans the primary picture. Throws HeifRefusal. */
export function planPrimary(file: HeifFile): PrimaryPlan {
  const primary = primaryBase(file);
  const alphaId = referringTo(file, 'auxl', primary.id).find((id) => isAlpha(auxiliaryType(file, itemOf(file, id))));
  return {
    picture: planPicture(file, primary, 0),
    alpha: alphaId === undefined ? undefined : planPicture(file, itemOf(file, alphaId), 0),
    premultiplied: alphaId !== undefined && referredBy(file, 'prem', primary.id).includes(alphaId),
    leftOut: leftOutBeside(file, primary),
  };
}

/** What the container says of the primary picture's colours, however it is coded. Throws HeifRefusal. */
export const primaryColour = (file: HeifFile): ItemColour => colourIn(file, primaryBase(file), 0);

function colourIn(file: HeifFile, item: HeifItem, depth: number): ItemColour {
  const stated = colourOf(file, item);
  const own = stated.coded || item.type !== 'av01' ? stated : { ...stated, coded: av1Colour(av1Units(file, item)) };
  const [first] = item.type === 'grid' || item.type === 'iden' ? referredBy(file, 'dimg', item.id) : [];
  if (first === undefined || depth >= DEPTH_LIMIT) return own;
  const inner = colourIn(file, itemOf(file, first), depth + 1);
  return item.type === 'iden' ? inner : { coded: own.coded ?? inner.coded, profile: own.profile ?? inner.profile };
}

/** Of the decoder's configuration, behind its four bytes, and of the coded picture. */
function av1Units(file: HeifFile, item: HeifItem): Uint8Array {
  const box = propertyOf(item, 'av1C');
  const config = box ? file.bytes.subarray(Math.min(box.from + 4, box.to), box.to) : new Uint8Array(0);
  return av1Colour(config) ? config : itemBytes(file, item);
}

/** A part that is cut away is worth a word from this share of the coded picture on. */
const WORTH_A_WORD = 0.02;

/**
 * What of the coded picture is not shown: cut off by a clean aperture, or by a grid that is smaller
 * than its tiles by more than the last of them. Throws HeifRefusal.
 */
export function cutAway(file: HeifFile, shown: Size): Remark[] {
  const coded = codedSize(file, primaryBase(file), 0);
  const share = coded ? 1 - (shown.widthPx * shown.heightPx) / (coded.widthPx * coded.heightPx) : 0;
  return share >= WORTH_A_WORD ? [{ kind: 'cutAway', share }] : [];
}

function codedSize(file: HeifFile, item: HeifItem, depth: number): Size | undefined {
  const inner = referredBy(file, 'dimg', item.id).map((id) => itemOf(file, id));
  if (item.type === 'iden' && inner[0] && depth < DEPTH_LIMIT) return codedSize(file, inner[0], depth + 1);
  const own = sizeOf(file, item);
  const tile = item.type === 'grid' && inner[0] ? sizeOf(file, inner[0]) : undefined;
  if (!tile) return own;
  const { rows, columns, size } = gridRecipe(file, item);
  const whole = { widthPx: columns * tile.widthPx, heightPx: rows * tile.heightPx };
  const isUsual = whole.widthPx - size.widthPx < tile.widthPx && whole.heightPx - size.heightPx < tile.heightPx;
  return isUsual ? size : whole;
}

/** Where one coded picture is more than one, programs show the first, the last or the largest. */
export function severalCoded(file: HeifFile): Remark[] {
  const pictures = codedPictures(file, primaryBase(file));
  return pictures > 1 ? [{ kind: 'severalCoded', pictures }] : [];
}

/** Of the coded item of an item that has most. Throws HeifRefusal. */
export function codedPictures(file: HeifFile, item: HeifItem): number {
  return Math.max(0, ...codedItems(file, item, 0).map(picturesIn));

  function picturesIn(item: HeifItem): number {
    if (item.type === 'av01') return av1Pictures(itemBytes(file, item));
    const config = propertyOf(item, 'hvcC');
    return config ? hevcPictures(itemBytes(file, item), file.bytes.subarray(config.from, config.to)) : 0;
  }
}

function codedItems(file: HeifFile, item: HeifItem, depth: number): HeifItem[] {
  if (item.type !== 'grid' && item.type !== 'iden') return [item];
  if (depth >= DEPTH_LIMIT) return [];
  return referredBy(file, 'dimg', item.id).flatMap((id) => codedItems(file, itemOf(file, id), depth + 1));
}

/** What lies beside the primary picture and is not examined, whoever decodes that. Throws HeifRefusal. */
export const besidePrimary = (file: HeifFile): Remark[] => leftOutBeside(file, primaryBase(file));

/** The item that is looked at. Throws HeifRefusal. */
export const primaryBase = (file: HeifFile): HeifItem => baseOf(file, itemOf(file, file.primaryId));

/**
 * A tone map's base: the picture itself, without the gain map that brightens it on some screens.
 */
function baseOf(file: HeifFile, item: HeifItem): HeifItem {
  const [base] = item.type === 'tmap' ? referredBy(file, 'dimg', item.id) : [];
  return base === undefined ? item : itemOf(file, base);
}

const isAlpha = (type: string): boolean =>
  type === 'urn:mpeg:hevc:2015:auxid:1' || type === 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha';

/** Codings of what is planned: libvips decodes primary pictures in AV1. */
const [HEVC, HEVC_OR_AV1] = [/^(hvc1|hev1)$/, /^(hvc1|hev1|av01)$/] as const;

/** A picture beside the primary one, in either coding. Throws HeifRefusal. */
export const planBeside = (file: HeifFile, item: HeifItem): PicturePlan => planPicture(file, item, 0, HEVC_OR_AV1);

function planPicture(file: HeifFile, item: HeifItem, depth: number, codings: RegExp = HEVC): PicturePlan {
  if (item.isProtected) throw new HeifRefusal('unsupportedFormat', { kind: 'encrypted' });
  refuseUnknown(item);
  const own = { colour: colourOf(file, item), transforms: transformsOf(file, item) };
  if (codings.test(item.type)) return { ...own, columns: 1, rows: 1, size: undefined, parts: [codedPart(file, item)] };
  switch (item.type) {
    case 'grid':
      return planGrid(file, item, own, codings);
    case 'iden': {
      const [inner] = referredBy(file, 'dimg', item.id);
      if (inner === undefined || depth >= DEPTH_LIMIT) throw corrupt({ kind: 'madeOfNothing', item: item.id });
      const plan = planPicture(file, itemOf(file, inner), depth + 1, codings);
      return { ...plan, transforms: [...plan.transforms, ...own.transforms] };
    }
    default:
      throw new HeifRefusal('codecMissing', { kind: 'coding', coding: item.type });
  }
}

function codedPart(file: HeifFile, item: HeifItem): CodedPart {
  const coding = item.type === 'av01' ? 'av1' : 'hevc';
  const box = propertyOf(item, coding === 'av1' ? 'av1C' : 'hvcC');
  if (!box) throw corrupt({ kind: 'noDecoderConfiguration', item: item.id });
  const config = file.bytes.subarray(box.from, box.to);
  return { coding, config, size: sizeOf(file, item), read: () => itemBytes(file, item) };
}

/**
 * A grid's item is its recipe: rows, columns and the size of the whole; its parts are what it
 * refers to.
 */
function planGrid(
  file: HeifFile,
  item: HeifItem,
  own: Pick<PicturePlan, 'colour' | 'transforms'>,
  codings: RegExp,
): PicturePlan {
  const { rows, columns, size } = gridRecipe(file, item);
  const ids = referredBy(file, 'dimg', item.id);
  if (ids.length !== rows * columns) throw corrupt({ kind: 'gridTiles', columns, rows, tiles: ids.length });
  const tiles = ids.map((id) => itemOf(file, id));
  const parts = tiles.map((tile) => tilePart(file, tile, codings));
  const { coded, profile } = colourOf(file, tiles[0]!);
  const colour = { coded: own.colour.coded ?? coded, profile: own.colour.profile ?? profile };
  return { columns, rows, size, parts, colour, transforms: own.transforms };
}

function gridRecipe(file: HeifFile, item: HeifItem): { rows: number; columns: number; size: Size } {
  const recipe = itemBytes(file, item);
  const reader = new BoxReader(recipe, { type: 'grid', from: 0, to: recipe.length });
  reader.skip(1);
  const wide = (reader.u8() & 1) === 1;
  const [rows, columns] = [reader.u8() + 1, reader.u8() + 1];
  const number = (): number => (wide ? reader.u32() : reader.u16());
  return { rows, columns, size: { widthPx: number(), heightPx: number() } };
}

/** A tile is a coded picture as it is; a grid of grids or of turned pictures no camera writes. */
function tilePart(file: HeifFile, tile: HeifItem, codings: RegExp): CodedPart {
  if (['grid', 'iden', 'tmap'].includes(tile.type) || transformsOf(file, tile).length > 0)
    throw new HeifRefusal('unsupportedFormat', { kind: 'gridOfGrids' });
  return planPicture(file, tile, DEPTH_LIMIT, codings).parts[0]!;
}

/** Of gain maps beside-heif.ts tells, which applies them. */
function leftOutBeside(file: HeifFile, primary: HeifItem): Remark[] {
  const kinds = auxiliaries(file, primary).filter(({ type, plane }) => type !== APPLE_GAIN_MAP && !plane);
  const types = [...new Set(kinds.map(({ type }) => type.split(':').at(-1)!))];
  const shown = pictures(file);
  return [
    ...(shown > 1 ? [{ kind: 'primaryOfPictures', pictures: shown } as const] : []),
    ...(file.hasSequence ? [{ kind: 'sequenceBeside' } as const] : []),
    ...(types.length > 0 ? [{ kind: 'auxiliaryPictures', types } as const] : []),
  ];
}

/** `plane`: its name, where it is one of depth or a matte, by its type and by its one component. */
const auxiliaries = (file: HeifFile, primary: HeifItem): { type: string; plane: string | undefined }[] =>
  referringTo(file, 'auxl', primary.id)
    .map((id) => itemOf(file, id))
    .map((item) => ({ item, type: auxiliaryType(file, item) }))
    .filter(({ type }) => !isAlpha(type))
    .map(({ item, type }) => ({ type, plane: isPlane(file, item, primary) ? planeName(type) : undefined }));

/** Where the coding's configuration says that there is luma alone (ISO/IEC 14496-15, 8.3.3.1; AV1 in ISOBMFF, 2.3). */
function isPlane(file: HeifFile, item: HeifItem, primary: HeifItem): boolean {
  const [own, whole] = [sizeOf(file, item), sizeOf(file, primary)];
  const isLarger = !own || !whole || Math.max(own.widthPx, own.heightPx) > Math.max(whole.widthPx, whole.heightPx);
  return !isLarger && codedItems(file, item, 0).every(hasLumaAlone);

  function hasLumaAlone(coded: HeifItem): boolean {
    const [hevc, av1] = [propertyOf(coded, 'hvcC'), propertyOf(coded, 'av1C')];
    if (hevc) return hevc.to - hevc.from > 16 && (file.bytes[hevc.from + 16]! & 3) === 0;
    return av1 !== undefined && av1.to - av1.from > 2 && (file.bytes[av1.from + 2]! & 0x10) !== 0;
  }
}

/** Is there another rendering of it, which some screens and programs show in its place? Throws HeifRefusal. */
export const hasGainMap = (file: HeifFile): boolean =>
  [...file.items.values()].some(({ type }) => type === 'tmap') ||
  auxiliaries(file, primaryBase(file)).some(({ type }) => type === APPLE_GAIN_MAP);

/** Thumbnails of the picture that is looked at. Throws HeifRefusal. */
export const thumbnailIds = (file: HeifFile): number[] => [
  ...new Set([primaryBase(file).id, file.primaryId].flatMap((id) => referringTo(file, 'thmb', id))),
];

/** What lies beside it that is no picture to be seen. Throws HeifRefusal. */
export function planesBeside(file: HeifFile): Remark[] {
  const types = [...new Set(auxiliaries(file, primaryBase(file)).flatMap(({ plane }) => plane ?? []))];
  return types.length > 0 ? [{ kind: 'planesBeside', types }] : [];
}

/** Codings that are not read here. */
const OTHER_CODINGS = ['jpeg', 'avc1', 'avc3', 'vvc1', 'evc1', 'lhv1', 'av01', 'j2k1', 'unci', 'iovl'];
const PICTURE_TYPES = new Set([...OTHER_CODINGS, 'hvc1', 'hev1', 'grid', 'iden', 'tmap']);

/**
 * Pictures of the file: the primary one, and every other that is no part of it, nor of a rendering,
 * thumbnail or auxiliary picture of it. What says to be part of, or to help, itself or another is one of
 * them.
 */
function pictures(file: HeifFile): number {
  const { items, references, primaryId } = file;
  const reached = new Set<number>();
  const open = [primaryId, primaryBase(file).id];
  const [parts, helpers] = [new Map<number, number[]>(), new Map<number, number[]>()];
  const note = (all: Map<number, number[]>, of: number, more: readonly number[]): void => {
    all.set(of, [...(all.get(of) ?? []), ...more]);
  };
  for (const { type, from, to } of references) {
    const kind = items.get(from)?.type ?? '';
    if (type === 'dimg' && DERIVED.test(kind)) note(parts, from, to);
    if (type === 'thmb' || type === 'auxl') for (const of of new Set(to)) note(helpers, of, [from]);
    // Another rendering, of which is told.
    if (type === 'dimg' && kind === 'tmap' && to[0] !== undefined) note(helpers, to[0], [from]);
  }
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(parts.get(id) ?? []), ...(helpers.get(id) ?? []));
  }
  const others = [...items.values()].filter(({ id, type }) => PICTURE_TYPES.has(type) && !reached.has(id));
  // Those of another picture are its own, unless nothing would be counted.
  const owned = new Set(references.flatMap(({ type, from, to }) => (type === 'dimg' ? to : [from])));
  const standing = others.filter(({ id, hidden }) => !hidden && !owned.has(id)).length;
  return 1 + (standing || others.length);
}

/** What is made of other items; one that is coded is not. */
const DERIVED = /^(grid|iden|tmap)$/;
