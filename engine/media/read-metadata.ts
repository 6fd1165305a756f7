// What a still says about itself: EXIF, XMP, IPTC, ICC and the JPEG's own tables, grouped for
// display. Offline, read-only.
import exifr from 'exifr';
import type { EvidenceMetadata } from '../../contract/evidence.ts';
import { readExifrBlock } from './exifr-block.ts';
import { findHeifMetadata, type HeifMetadata } from './heif/heif-metadata.ts';
import { qualityFromSum, segmentsBeforeScan } from './jpeg-header.ts';

const GROUPS: Readonly<Record<string, string>> = {
  ifd0: 'EXIF image',
  exif: 'EXIF',
  gps: 'GPS',
  xmp: 'XMP',
  iptc: 'IPTC',
  icc: 'ICC profile',
  jfif: 'JFIF',
  ihdr: 'PNG',
};
const VALUE_LIMIT = 500;

function valueText(value: unknown): string {
  const text =
    value instanceof Date
      ? value.toISOString()
      : value instanceof Uint8Array
        ? `${value.length} bytes`
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value);
  return text.length > VALUE_LIMIT ? `${text.slice(0, VALUE_LIMIT)}...` : text;
}

/**
 * EXIF dates have no time zone (Exif 2.32, 4.6.5): the parser takes them for this machine's, which
 * would show another hour on every machine. They are shown as they stand in the file; an offset,
 * where there is one, is an entry of its own.
 */
const asWritten = (value: unknown, written: unknown): unknown =>
  value instanceof Date && typeof written === 'string' ? written : value;

/** Metadata groups of a still; empty where there is none or it cannot be read. */
export async function readMetadata(bytes: Uint8Array): Promise<EvidenceMetadata> {
  const options = {
    tiff: true,
    xmp: true,
    icc: true,
    iptc: true,
    jfif: true,
    ihdr: true,
    mergeOutput: false,
    sanitize: true,
  };
  const heif = findHeifMetadata(bytes);
  const read = (reviveValues: boolean): Promise<Found> =>
    heif ? readExifrBlocks(heif, { ...options, reviveValues }) : parse(bytes, { ...options, reviveValues });
  const [found, written] = [await read(true), await read(false)];
  const groups = Object.entries(found).map(([group, entries]) => ({
    group: Object.hasOwn(GROUPS, group) ? GROUPS[group]! : group,
    entries: Object.entries(entries ?? {}).map(([name, value]) => ({
      name,
      value: valueText(asWritten(value, written[group]?.[name])),
    })),
  }));
  return [...jpegTables(bytes), ...heifStructure(heif), ...groups.filter((group) => group.entries.length > 0)];
}

function heifStructure(heif: HeifMetadata | undefined): EvidenceMetadata {
  const entries = (heif?.structure ?? []).map(([name, value]) => ({ name, value }));
  return entries.length > 0 ? [{ group: 'HEIF', entries }] : [];
}

type Found = Record<string, Record<string, unknown>>;

const parse = async (bytes: Uint8Array, options: object): Promise<Found> =>
  (await exifr.parse(bytes, options).catch(() => undefined)) ?? {};

/** The blocks of a HEIF or AVIF file, each by itself. */
async function readExifrBlocks({ tiff, xmp, icc }: HeifMetadata, options: object): Promise<Found> {
  const own = tiff ? await parse(tiff, options) : {};
  const alone = async (kind: 'xmp' | 'icc', block: Uint8Array | undefined): Promise<Found> => {
    const found = block && (await readExifrBlock(block, kind, options));
    return found ? { [kind]: found } : {};
  };
  return { ...own, ...(await alone('xmp', xmp)), ...(await alone('icc', icc)) };
}

/**
 * Sums of the first quantisation table and the quality setting of the Independent JPEG Group's
 * encoder nearest to it.
 */
function jpegTables(bytes: Uint8Array): EvidenceMetadata {
  const table = firstQuantisationTable(bytes);
  if (!table) return [];
  const sum = table.reduce((a, b) => a + b, 0);
  return [
    {
      group: 'JPEG',
      entries: [
        { name: 'Luma quantisation table', value: table.join(' ') },
        { name: 'Nearest IJG quality', value: String(qualityFromSum(sum)) },
      ],
    },
  ];
}

/** The 64 entries of table 0, in zigzag order, 8-bit precision. */
function firstQuantisationTable(bytes: Uint8Array): number[] | undefined {
  for (const { marker, payload } of segmentsBeforeScan(bytes))
    if (marker === 0xdb && payload[0] === 0 && payload.length >= 65) return [...payload.subarray(1, 65)];
  return undefined;
}
