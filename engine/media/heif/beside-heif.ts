// Gain maps and thumbnails beside the primary picture of a HEIF or AVIF file: each is decoded, a map
// applied, in full and in part, and held against the picture as it is looked at. Runs in the decode process and is
// loaded there at the first such file.
import type { Remark } from '../../../contract/remark.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { isNearProfile } from '../still/colour-profile.ts';
import { APPLE_GAIN_MAP, type GainMap, isoGainMap, xmpGainMap } from '../still/gain-map.ts';
import { showsAnotherWithGain } from '../still/gain-map-rendering.ts';
import { samplesFor } from '../still/gain-samples.ts';
import { isSmallerCopy } from '../still/smaller-copy.ts';
import { BoxReader } from './boxes.ts';
import { type HeifFile, type HeifItem, itemBytes, itemOf, referredBy, referringTo } from './heif-items.ts';
import { auxiliaryType, type Transform, transformsOf } from './item-properties.ts';
import { codedPictures, planBeside, primaryBase, thumbnailIds } from './picture-plan.ts';
import { byteTable, colourFor, rgbFromSamples } from './rgb-from-samples.ts';
import { decodeSamples } from './sample-canvas.ts';
import { type Pixels, transformPicture } from './transform-picture.ts';

/** Of more than these none is decoded. */
const [MOST_GAIN_MAPS, MOST_THUMBNAILS] = [8, 8] as const;

/** `map`: undefined where what is said of it cannot be used. `by`: the tone map, whose are the other colours. */
type Stated = { item: HeifItem | undefined; map: GainMap | undefined; own: readonly Transform[]; by?: HeifItem };

/** What is said of gain maps; empty where there is none. `picture`: the primary one, upright. Throws HeifRefusal. */
export async function gainMapsBeside(file: HeifFile, picture: RgbImage): Promise<Remark[]> {
  const base = primaryBase(file);
  const stated = [...toneMaps(file, base), ...appleMaps(file, base)];
  if (stated.length === 0) return [];
  if (stated.length > MOST_GAIN_MAPS) return [{ kind: 'gainMapNotApplied' }];
  for (const one of stated) if (!(await isSame(file, base, one, picture))) return [{ kind: 'gainMapNotApplied' }];
  return [{ kind: 'gainMapHeld' }];
}

/** What is said of thumbnails; empty where they show nothing else, or there is none. Throws HeifRefusal. */
export async function thumbnailsBeside(file: HeifFile, picture: RgbImage): Promise<Remark[]> {
  const ids = thumbnailIds(file);
  const named: Remark[] = [{ kind: 'otherThumbnail' }];
  if (ids.length > MOST_THUMBNAILS) return named;
  for (const id of ids) {
    const item = itemOf(file, id);
    if (codedPictures(file, item) > 1) return named;
    const small = transformPicture(samplesOf(file, item, picture), transformsOf(file, item));
    if (!(await isSmallerCopy(small, picture))) return named;
  }
  return [];
}

/** Of tone maps of whatever they are made (ISO/IEC 23008-12, tmap): their own bytes say how. */
function toneMaps(file: HeifFile, base: HeifItem): Stated[] {
  return [...file.items.values()]
    .filter(({ type }) => type === 'tmap')
    .map((item) => {
      const [first, gain, more] = referredBy(file, 'dimg', item.id);
      const isOfBase = first === base.id && gain !== undefined && more === undefined;
      const bytes = itemBytes(file, item);
      return {
        item: isOfBase ? file.items.get(gain) : undefined,
        // A version of its own stands in front.
        map: bytes[0] === 0 ? isoGainMap(bytes.subarray(1)) : undefined,
        own: transformsOf(file, item),
        by: item,
      };
    });
}

function appleMaps(file: HeifFile, base: HeifItem): Stated[] {
  return referringTo(file, 'auxl', base.id)
    .map((id) => itemOf(file, id))
    .filter((item) => auxiliaryType(file, item) === APPLE_GAIN_MAP)
    .map((item) => {
      const blocks = referringTo(file, 'cdsc', item.id)
        .map((id) => itemOf(file, id))
        .filter(({ type }) => type === 'mime');
      const xmp = blocks.length === 1 ? Buffer.from(itemBytes(file, blocks[0]!)).toString('latin1') : '';
      return { item, map: xmpGainMap(xmp, true) ?? undefined, own: [] };
    });
}

/** Primaries of ITU-T H.273: of BT.709 and of what says nothing, BT.601, BT.2020, and both of P3. */
const NEAR_PRIMARIES = new Set([1, 2, 5, 6, 9, 11, 12]);

/** Of an item, each of which says colours near a screen's; how many do. */
function nearColours({ bytes }: HeifFile, { properties }: HeifItem): number | undefined {
  let said = 0;
  for (const { box } of properties) {
    if (box.type !== 'colr') continue;
    const reader = new BoxReader(bytes, box);
    const kind = reader.fourCc();
    const isNear =
      kind === 'nclx' ? NEAR_PRIMARIES.has(reader.u16()) : isNearProfile(bytes.subarray(reader.at, box.to));
    if (!isNear) return undefined;
    said += 1;
  }
  return said;
}

/**
 * Programs apply a gain map in the colours of the picture, or of the tone map. Where those are far from a
 * screen's, a trace of colour in them is a strong one to the eye.
 */
function areColoursNear(file: HeifFile, { map, by }: Stated): boolean {
  // Of a grid its tiles may state them as well: every item is asked.
  const said = [...file.items.values()].map((one) => nearColours(file, one));
  return (
    !said.includes(undefined) && (map?.isInBaseColours === true || (by !== undefined && nearColours(file, by)! > 0))
  );
}

async function isSame(file: HeifFile, base: HeifItem, stated: Stated, picture: RgbImage): Promise<boolean> {
  const { item, map, own } = stated;
  if (!item || !map || own.some(({ kind }) => kind === 'crop') || !areColoursNear(file, stated)) return false;
  const transforms = transformsFor(transformsOf(file, item), transformsOf(file, base));
  if (!transforms || codedPictures(file, item) > 1) return false;
  try {
    const samples = await samplesFor(picture, samplesOf(file, item, picture), transforms);
    return samples !== undefined && !showsAnotherWithGain(picture, samples, map);
  } catch {
    return false;
  }
}

/**
 * Of a map its own, where they are as the picture's; the picture's where it has none. Programs apply
 * either.
 */
function transformsFor(own: readonly Transform[], picture: readonly Transform[]): readonly Transform[] | undefined {
  const isCropped = picture.some(({ kind }) => kind === 'crop');
  if (own.length === 0) return isCropped ? undefined : picture;
  const name = (one: Transform): string => (one.kind === 'crop' ? one.kind : JSON.stringify(one));
  return own.map(name).join() === picture.map(name).join() ? own : undefined;
}

/** Coded pictures are larger than what is shown of them, and decoders reckon with an edge. */
const EDGE_PX = 128;

/** No larger than the picture it belongs to, but for that edge. Throws HeifRefusal. */
function samplesOf(file: HeifFile, item: HeifItem, { widthPx, heightPx }: RgbImage): Pixels {
  const plan = planBeside(file, item);
  const canvas = decodeSamples(plan, (widthPx + EDGE_PX) * (heightPx + EDGE_PX));
  const { colour } = colourFor(canvas, plan.colour);
  const size = { widthPx: canvas.widthPx, heightPx: canvas.heightPx };
  if (!canvas.grey) return { ...size, channels: 3, data: rgbFromSamples(canvas, colour) };
  const toByte = byteTable(canvas.bits, colour.full);
  return { ...size, channels: 1, data: Uint8Array.from(canvas.planes[0]!.samples, (value) => toByte[value]!) };
}
