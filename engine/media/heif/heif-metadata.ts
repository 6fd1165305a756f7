// The blocks of metadata in a HEIF or AVIF file: EXIF, XMP and the ICC profile, found by this
// project's own bounded reader. The metadata library reads the blocks; it is never given the boxes,
// in which a hostile length would keep it for ever.
import { BoxReader, findTopBox } from './boxes.ts';
import {
  type HeifFile,
  type HeifItem,
  isIsoMedia,
  itemBytes,
  itemOf,
  readHeifItems,
  referringTo,
} from './heif-items.ts';
import { colourOf, sizeOf } from './item-properties.ts';
import { primaryCoding } from './picture-plan.ts';

/**
 * `structure`: what the file is made of, as names and values for display. The blocks are absent
 * where the file has none or they cannot be found. `tiff`: EXIF from its TIFF header on.
 */
export type HeifMetadata = { structure: [string, string][]; tiff?: Uint8Array; xmp?: Uint8Array; icc?: Uint8Array };

/** Undefined for a file that is no ISO base media file; empty where its items cannot be read. */
export function findHeifMetadata(bytes: Uint8Array): HeifMetadata | undefined {
  if (!isIsoMedia(bytes)) return undefined;
  const file = orAbsent(() => readHeifItems(bytes));
  if (!file) return { structure: [] };
  const exif = blockOf(file, ({ type }) => type === 'Exif');
  const xmp = blockOf(file, ({ type, contentType }) => type === 'mime' && contentType === 'application/rdf+xml');
  const tiff = exif && tiffFrom(exif);
  const icc = orAbsent(() => profileOf(file));
  const structure = orAbsent(() => structureOf(file)) ?? [];
  return { structure, ...(tiff ? { tiff } : {}), ...(xmp ? { xmp } : {}), ...(icc ? { icc } : {}) };
}

function orAbsent<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The block that describes the primary picture, else the first of its kind. */
function blockOf(file: HeifFile, isOne: (item: HeifItem) => boolean): Uint8Array | undefined {
  const all = [...file.items.values()].filter(isOne);
  const describing = new Set(referringTo(file, 'cdsc', file.primaryId));
  const item = all.find(({ id }) => describing.has(id)) ?? all[0];
  return item && orAbsent(() => itemBytes(file, item));
}

/**
 * An EXIF item begins with the distance from behind these four bytes to the TIFF header (ISO/IEC
 * 23008-12, A.2.1). Undefined where it does not lead there.
 */
function tiffFrom(item: Uint8Array): Uint8Array | undefined {
  if (item.length < 8) return undefined;
  const offset = Buffer.from(item.buffer, item.byteOffset, 4).readUInt32BE(0);
  return offset > item.length - 8 ? undefined : item.subarray(4 + offset);
}

const profileOf = (file: HeifFile): Uint8Array | undefined => colourOf(file, itemOf(file, file.primaryId)).profile;

/** Brands, the primary picture, and how many items there are of each kind. */
function structureOf(file: HeifFile): [string, string][] {
  const counts = new Map<string, number>();
  for (const { type } of file.items.values()) counts.set(type, (counts.get(type) ?? 0) + 1);
  const { widthPx, heightPx } = sizeOf(file, itemOf(file, file.primaryId)) ?? { widthPx: 0, heightPx: 0 };
  const primary = itemOf(file, file.primaryId).type;
  return [
    ['Brands', brandsOf(file.bytes).join(' ')],
    [
      'Primary picture',
      `item ${file.primaryId}, ${primary}, coded ${primaryCoding(file)}, ${widthPx} x ${heightPx} before turning`,
    ],
    ['Items', [...counts].map(([type, count]) => `${count} ${type}`).join(', ')],
    ['Image sequence', file.hasSequence ? 'yes' : 'no'],
  ];
}

/** The major brand, then the compatible ones. */
function brandsOf(bytes: Uint8Array): string[] {
  const box = findTopBox(bytes, 'ftyp');
  if (!box) return [];
  const reader = new BoxReader(bytes, box);
  const major = reader.fourCc();
  reader.u32();
  const brands = [major];
  while (reader.left >= 4 && brands.length < 32) brands.push(reader.fourCc());
  return brands;
}
