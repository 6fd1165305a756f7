// Gain maps for tests: their metadata in each way they are written, and JPEG files with one behind the
// picture. Tests only.
import { u32 } from '../../heif/testing/make-heif.ts';

export type MadeGain = {
  baseHeadroom?: number;
  headroom?: number;
  min?: number;
  max?: number;
  gamma?: number;
  offset?: number;
  offsetOther?: number;
  needs?: number;
  writer?: number;
  flags?: number;
};

const THOUSAND = 1000;
const ratio = (value: number): Buffer => u32(Math.round(value * THOUSAND), THOUSAND);

/** As ISO 21496-1 writes them, of one channel. */
export function isoMetadata({
  baseHeadroom = 0,
  headroom = 3,
  min = 0,
  max = 3,
  gamma = 1,
  offset = 0,
  offsetOther = offset,
  needs = 0,
  writer = 0,
  flags = 0x40,
}: MadeGain = {}): Buffer {
  const head = Buffer.from([needs >> 8, needs & 255, writer >> 8, writer & 255, flags]);
  return Buffer.concat([head, ...[baseHeadroom, headroom, min, max, gamma, offset, offsetOther].map(ratio)]);
}

/** As Adobe's and Google's XMP has them; `more`: behind its attributes. */
export const adobeXmp = (
  { baseHeadroom = 0, headroom = 3, min = 0, max = 3, gamma = 1, offset = 0, offsetOther = offset }: MadeGain = {},
  more = '',
): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" hdrgm:GainMapMin="${min}" hdrgm:GainMapMax="${max}" hdrgm:Gamma="${gamma}" hdrgm:OffsetSDR="${offset}" hdrgm:OffsetHDR="${offsetOther}" hdrgm:HDRCapacityMin="${baseHeadroom}" hdrgm:HDRCapacityMax="${headroom}"${more}/></rdf:RDF></x:xmpmeta>`;

/** As Apple's JPEG files say what a picture behind the first is. */
export const auxiliaryXmp = (type: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/"><apdi:AuxiliaryImageType>${type}</apdi:AuxiliaryImageType></rdf:Description></rdf:RDF></x:xmpmeta>`;

export const appleXmp = (version = 65_536): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/"><apdi:AuxiliaryImageType>urn:com:apple:photo:2020:aux:hdrgainmap</apdi:AuxiliaryImageType><HDRGainMap:HDRGainMapVersion>${version}</HDRGainMap:HDRGainMapVersion></rdf:Description></rdf:RDF></x:xmpmeta>`;

export const xmpSegment = (xmp: string) => [1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${xmp}`, 'latin1')] as const;
export const isoSegment = (metadata: Uint8Array) =>
  [2, Buffer.concat([Buffer.from('urn:iso:std:iso:ts:21496:-1\0', 'latin1'), metadata])] as const;

/** A JPEG with segments of applications behind its start. */
export const withSegments = (jpeg: Buffer, ...segments: (readonly [number, Uint8Array])[]): Buffer =>
  Buffer.concat([
    jpeg.subarray(0, 2),
    ...segments.flatMap(([number, payload]) => [
      Buffer.from([0xff, 0xe0 + number, (payload.length + 2) >> 8, (payload.length + 2) & 255]),
      payload,
    ]),
    jpeg.subarray(2),
  ]);

/** A list of one further picture, `offset` from behind the four letters on (CIPA DC-007). */
export function mpfSegment(offset: number): readonly [number, Uint8Array] {
  const list = Buffer.alloc(8 + 2 + 12 + 4 + 32);
  list.write('MM\0*', 'latin1');
  list.writeUInt32BE(8, 4);
  list.writeUInt16BE(1, 8);
  list.writeUInt16BE(0xb002, 10);
  list.writeUInt16BE(7, 12);
  list.writeUInt32BE(32, 14);
  list.writeUInt32BE(26, 18);
  list.writeUInt32BE(offset, 26 + 16 + 8);
  return [2, Buffer.concat([Buffer.from('MPF\0', 'latin1'), list])];
}

/** EXIF whose second directory leads to a thumbnail. */
export function thumbnailSegment(jpeg: Uint8Array): readonly [number, Uint8Array] {
  const head = Buffer.alloc(8 + 6 + 2 + 24 + 4);
  head.write('MM\0*', 'latin1');
  head.writeUInt32BE(8, 4);
  // The first directory is empty, and leads to the second.
  head.writeUInt32BE(14, 10);
  head.writeUInt16BE(2, 14);
  for (const [i, [tag, value]] of [[513, head.length] as const, [514, jpeg.length] as const].entries()) {
    head.writeUInt16BE(tag, 16 + 12 * i);
    head.writeUInt16BE(4, 18 + 12 * i);
    head.writeUInt32BE(1, 20 + 12 * i);
    head.writeUInt32BE(value, 24 + 12 * i);
  }
  return [1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), head, jpeg])];
}
