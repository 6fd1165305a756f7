// One still, looked at for its structure and its content credentials. Runs in the decode process:
// the bytes may be hostile.
import exifr from 'exifr';
import sharp, { type Sharp } from 'sharp';
import type { JpegStructure, Provenance } from '../../../contract/provenance.ts';
import { readExifrBlock } from '../exifr-block.ts';
import { findHeifMetadata, type HeifMetadata } from '../heif/heif-metadata.ts';
import { coefficientRoughness } from './coefficient-roughness.ts';
import { readContentCredentials } from './content-credentials.ts';
import { type JpegBytes, readJpegStructure } from './jpeg-structure.ts';

/** A part of this side is enough for the histograms; larger pictures are cut, at block borders. */
const PART_PX = 1024;
const PIXEL_LIMIT = 268_435_456;

/** Examines a still. Parts that cannot be read are absent; the rest stands. */
export async function examineStill(bytes: Uint8Array, mediaType: string, trustAnchors: string): Promise<Provenance> {
  const structure = readJpegStructure(bytes);
  return {
    kind: 'examined',
    jpeg: structure && (await withMeasures(bytes, structure)),
    contentCredentials: await readContentCredentials(bytes, mediaType, trustAnchors),
    named: await namesIn(bytes),
  };
}

async function withMeasures(bytes: Uint8Array, structure: JpegBytes): Promise<JpegStructure> {
  const picture = await readLuma(bytes).catch(() => undefined);
  const table = structure.tables.find((one) => one.id === 0)?.values;
  const roughness = picture && table ? coefficientRoughness(picture.luma, picture.width, picture.height, table) : null;
  const thumbnail = await compareThumbnail(bytes).catch(() => null);
  return { ...structure, coefficientRoughness: roughness, thumbnail };
}

const open = (bytes: Uint8Array) =>
  sharp(bytes, { ignoreIcc: true, limitInputPixels: PIXEL_LIMIT, failOn: 'truncated' }).toColourspace('srgb');

/** Luma as stored: not turned, no colour profile applied, from the middle of large pictures. */
async function readLuma(bytes: Uint8Array) {
  const { width = 0, height = 0 } = await sharp(bytes).metadata();
  const start = (size: number) => (size <= PART_PX ? 0 : Math.floor((size - PART_PX) / 2 / 8) * 8);
  const { data, info } = await open(bytes)
    .extract({
      left: start(width),
      top: start(height),
      width: Math.min(width, PART_PX),
      height: Math.min(height, PART_PX),
    })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (i: number, channel: number) => data[i * info.channels + Math.min(channel, info.channels - 1)]!;
  const luma = Float32Array.from(
    { length: info.width * info.height },
    (_, i) => 0.299 * at(i, 0) + 0.587 * at(i, 1) + 0.114 * at(i, 2),
  );
  return { luma, width: info.width, height: info.height };
}

/**
 * The EXIF thumbnail against the picture at its size; a thumbnail with bars is compared without
 * them.
 */
async function compareThumbnail(bytes: Uint8Array): Promise<JpegStructure['thumbnail']> {
  const found = await exifr.thumbnail(Buffer.from(bytes));
  if (!found) return null;
  const grey = (source: Sharp) => source.greyscale().raw().toBuffer({ resolveWithObject: true });
  const { data, info } = await grey(sharp(found));
  const fits = await Promise.all(
    (['fill', 'contain'] as const).map(async (fit) => {
      const resized = open(bytes).resize(info.width, info.height, { fit, background: '#000' });
      return meanDifference(data, (await grey(resized)).data);
    }),
  );
  return { widthPx: info.width, heightPx: info.height, meanDifference: Math.min(...fits) };
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length / 255;

const NAMING = ['Make', 'Model', 'Software', 'ProcessingSoftware', 'CreatorTool', 'HistorySoftwareAgent'];

/** Who wrote the file, by its metadata. */
async function namesIn(bytes: Uint8Array): Promise<string[]> {
  const heif = findHeifMetadata(bytes);
  const found = heif ? await namesInBlocks(heif) : await parse(bytes);
  return NAMING.filter((name) => typeof found?.[name] === 'string').map((name) => `${name}: ${String(found![name])}`);
}

type Found = Record<string, unknown> | undefined;

const parse = (bytes: Uint8Array): Promise<Found> =>
  exifr.parse(Buffer.from(bytes), { tiff: true, xmp: true }).catch(() => undefined);

/** Of a HEIF or AVIF file: its EXIF and its XMP, each by itself. */
async function namesInBlocks({ tiff, xmp }: HeifMetadata): Promise<Found> {
  const named = tiff ? await parse(tiff) : undefined;
  return { ...named, ...(xmp && (await readExifrBlock(xmp, 'xmp'))) };
}
