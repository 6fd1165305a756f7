// Properties of a HEIF item (ISO/IEC 23008-12, 6.5): size, decoder configuration, colour, and the
// transformations it is shown with.
import { type Box, BoxReader } from './boxes.ts';
import type { HeifFile, HeifItem } from './heif-items.ts';
import { corrupt, HeifRefusal } from './heif-refusal.ts';

export type Size = { widthPx: number; heightPx: number };

/**
 * How a picture is shown, in the order given. A rotation is anticlockwise by quarters; a mirror
 * exchanges the named sides.
 */
export type Transform =
  | { kind: 'crop'; width: Ratio; height: Ratio; offsetX: Ratio; offsetY: Ratio }
  | { kind: 'rotate'; quarters: 0 | 1 | 2 | 3 }
  | { kind: 'mirror'; exchanges: 'topAndBottom' | 'leftAndRight' };
export type Ratio = { numerator: number; denominator: number };

/** Code points of ITU-T H.273. */
export type CodedColour = { primaries: number; transfer: number; matrix: number; full: boolean };

/** What is said of colour outside the coded picture; both may be there. */
export type ItemColour = { coded: CodedColour | undefined; profile: Uint8Array | undefined };

/** Properties that a reader must know or leave the picture alone, as far as they are known here. */
const KNOWN = new Set(
  'hvcC av1C avcC jpgC vvcC ispe pixi colr pasp rloc auxC irot imir clap lsel clli mdcv cclv amve ndwt reve udes altt aebr afbr dobr wbbr cdef rref'.split(
    ' ',
  ),
);

/** The first property of a type. */
export const propertyOf = ({ properties }: HeifItem, type: string): Box | undefined =>
  properties.find(({ box }) => box.type === type)?.box;

/** Refuses an item that says it must not be shown without something unknown here. */
export function refuseUnknown({ properties }: HeifItem): void {
  const unknown = properties.find(({ essential, box }) => essential && !KNOWN.has(box.type));
  if (unknown) throw new HeifRefusal('unsupportedFormat', { kind: 'essentialProperty', property: unknown.box.type });
}

export function sizeOf({ bytes }: HeifFile, item: HeifItem): Size | undefined {
  const box = propertyOf(item, 'ispe');
  if (!box) return undefined;
  const reader = new BoxReader(bytes, box);
  reader.fullBox();
  const size = { widthPx: reader.u32(), heightPx: reader.u32() };
  if (size.widthPx === 0 || size.heightPx === 0) throw corrupt({ kind: 'pictureWithoutSides' });
  return size;
}

/**
 * What an auxiliary picture is, e.g. `urn:com:apple:photo:2020:aux:hdrgainmap`; empty where it is
 * none or does not say.
 */
export function auxiliaryType({ bytes }: HeifFile, item: HeifItem): string {
  const box = propertyOf(item, 'auxC');
  if (!box) return '';
  const reader = new BoxReader(bytes, box);
  reader.fullBox();
  return reader.text();
}

export function transformsOf(file: HeifFile, { properties }: HeifItem): Transform[] {
  return properties.flatMap(({ box }) => transformFrom(file.bytes, box) ?? []);
}

function transformFrom(bytes: Uint8Array, box: Box): Transform | undefined {
  const reader = new BoxReader(bytes, box);
  if (box.type === 'irot') return { kind: 'rotate', quarters: (reader.u8() & 3) as 0 | 1 | 2 | 3 };
  // Axis 0 exchanges top and bottom: ISO/IEC 23008-12:2022, which corrects the words of 2017 to
  // what decoders had always done.
  if (box.type === 'imir')
    return { kind: 'mirror', exchanges: (reader.u8() & 1) === 0 ? 'topAndBottom' : 'leftAndRight' };
  if (box.type !== 'clap') return undefined;
  const ratio = (): Ratio => ({ numerator: reader.i32(), denominator: reader.i32() });
  return { kind: 'crop', width: ratio(), height: ratio(), offsetX: ratio(), offsetY: ratio() };
}

/** Up to one coded description and one ICC profile (`prof`, or the restricted `rICC`). */
export function colourOf({ bytes }: HeifFile, { properties }: HeifItem): ItemColour {
  const colour: ItemColour = { coded: undefined, profile: undefined };
  for (const { box } of properties) {
    if (box.type !== 'colr') continue;
    const reader = new BoxReader(bytes, box);
    const kind = reader.fourCc();
    if (kind === 'nclx')
      colour.coded ??= {
        primaries: reader.u16(),
        transfer: reader.u16(),
        matrix: reader.u16(),
        full: reader.u8() >= 0x80,
      };
    if (kind === 'prof' || kind === 'rICC') colour.profile ??= bytes.subarray(reader.at, box.to);
  }
  return colour;
}
