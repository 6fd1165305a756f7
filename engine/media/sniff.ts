// What a file is, from its first bytes, never from its name. Media types of stills and videos;
// anything else is undefined.

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/** ISO base media brands (bytes 8-11 after `ftyp`) that are stills. */
const STILL_BRANDS: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  avis: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  heim: 'image/heic',
  heis: 'image/heic',
  hevc: 'image/heic',
  hevx: 'image/heic',
  hevm: 'image/heic',
  hevs: 'image/heic',
  mif1: 'image/heif',
  mif2: 'image/heif',
  mif3: 'image/heif',
  msf1: 'image/heif',
  miaf: 'image/heif',
  jpeg: 'image/heif',
  jpgs: 'image/heif',
  avci: 'image/heif',
  avcs: 'image/heif',
  vvic: 'image/heif',
  vvis: 'image/heif',
};

type Rule = (bytes: Uint8Array) => string | undefined;

const starts =
  (type: string, ...magic: number[]): Rule =>
  (bytes) =>
    magic.every((byte, i) => bytes[i] === byte) ? type : undefined;

/**
 * Packets of 188 bytes, or of 192 with a time code of 4 bytes before each (`.m2ts`), each beginning
 * with 0x47.
 */
const isTransportStream = (bytes: Uint8Array, at: number): boolean =>
  [0, 1].every((n) => bytes[at + n * (188 + at)] === 0x47);

const RULES: readonly Rule[] = [
  starts('image/jpeg', 0xff, 0xd8, 0xff),
  starts('image/png', 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  (b) => (/^GIF8[79]a/.test(ascii(b, 0, 6)) ? 'image/gif' : undefined),
  (b) => (ascii(b, 0, 4) === 'RIFF' && ascii(b, 8, 12) === 'WEBP' ? 'image/webp' : undefined),
  (b) => (ascii(b, 0, 4) === 'RIFF' && ascii(b, 8, 12) === 'AVI ' ? 'video/x-msvideo' : undefined),
  (b) => (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(ascii(b, 0, 4)) ? 'image/tiff' : undefined),
  (b) => (ascii(b, 0, 2) === 'BM' && b.length > 26 && b[14]! >= 12 && b[14]! <= 124 ? 'image/bmp' : undefined),
  (b) => {
    if (ascii(b, 4, 8) !== 'ftyp') return undefined;
    const brand = ascii(b, 8, 12);
    return STILL_BRANDS[brand] ?? (brand === 'qt  ' ? 'video/quicktime' : 'video/mp4');
  },
  (b) => (['moov', 'mdat', 'wide'].includes(ascii(b, 4, 8)) ? 'video/quicktime' : undefined),
  starts('video/x-matroska', 0x1a, 0x45, 0xdf, 0xa3),
  (b) => (isTransportStream(b, 0) || isTransportStream(b, 4) ? 'video/mp2t' : undefined),
  starts('video/mpeg', 0, 0, 1, 0xba),
  starts('video/mpeg', 0, 0, 1, 0xb3),
  starts('video/mpeg', 0, 0, 1, 0xb0),
  starts('video/h264', 0, 0, 0, 1, 0x67),
  starts('video/h264', 0, 0, 0, 1, 0x09),
  starts('video/h265', 0, 0, 0, 1, 0x40),
  starts('video/x-ms-asf', 0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11),
  starts('video/ogg', 0x4f, 0x67, 0x67, 0x53),
  starts('video/mxf', 0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05),
  starts('video/x-flv', 0x46, 0x4c, 0x56, 1),
];

/**
 * JPEG pictures one behind the other: known by the whole file alone (still/jpeg-ending.ts). Named
 * after FFmpeg's demuxer.
 */
export const JPEG_STREAM = 'video/x-mjpeg';

/** Bytes of the beginning of a file that sniffing needs. */
export const SNIFF_BYTES = 512;

/**
 * Beginnings that pipeline 1 did not know: photographs of other programs, cameras' own raw formats,
 * streams without a container.
 */
const LATER_RULES: readonly Rule[] = [
  starts('image/jp2', 0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20),
  starts('image/jp2', 0xff, 0x4f, 0xff, 0x51),
  starts('image/jxl', 0xff, 0x0a),
  starts('image/jxl', 0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20),
  starts('image/vnd.adobe.photoshop', 0x38, 0x42, 0x50, 0x53, 0),
  (b) => (isIcon(b) ? 'image/vnd.microsoft.icon' : undefined),
  starts('image/qoi', 0x71, 0x6f, 0x69, 0x66),
  (b) => (b[0] === 0x0a && b[1]! <= 5 && b[2] === 1 && [1, 2, 4, 8].includes(b[3]!) ? 'image/x-pcx' : undefined),
  (b) => (b[0] === 1 && b[1] === 0xda && b[2]! <= 1 && (b[3] === 1 || b[3] === 2) ? 'image/x-sgi' : undefined),
  (b) => portableMap(ascii(b, 0, 3)),
  ...['IIU\0', 'IIRO', 'IIRS', 'MMOR', '\0MRM', 'FOVb', 'FUJIFILMCCD-RAW'].map(
    (begin): Rule =>
      (b) =>
        ascii(b, 0, begin.length) === begin ? 'image/x-raw' : undefined,
  ),
  (b) => (['free', 'skip', 'moof', 'styp', 'sidx'].includes(ascii(b, 4, 8)) ? 'video/mp4' : undefined),
];

/** One to 64 entries, whose fourth byte is nothing. */
const isIcon = (b: Uint8Array): boolean =>
  b[0] === 0 &&
  b[1] === 0 &&
  (b[2] === 1 || b[2] === 2) &&
  b[3] === 0 &&
  b[4]! >= 1 &&
  b[4]! <= 64 &&
  b[5] === 0 &&
  b[9] === 0;

function portableMap(begin: string): string | undefined {
  const kinds: Readonly<Record<string, string>> = {
    1: 'bit',
    4: 'bit',
    2: 'gray',
    5: 'gray',
    3: 'pix',
    6: 'pix',
    7: 'arbitrary',
  };
  const kind = /^P([1-7])\s$/.exec(begin)?.[1];
  return kind && `image/x-portable-${kinds[kind]}map`;
}

/**
 * Of a file whose major brand is a film's and which says to be a still as well: browsers go by any of
 * the brands. A film that it holds too is told of beside the picture.
 */
export function stillBrandOf(bytes: Uint8Array): string | undefined {
  if (ascii(bytes, 4, 8) !== 'ftyp' || bytes.length < 16) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands: string[] = [];
  for (let at = 16; at + 4 <= Math.min(size, bytes.length); at += 4) brands.push(ascii(bytes, at, at + 4));
  const isStill = STILL_BRANDS[ascii(bytes, 8, 12)] !== undefined;
  return isStill ? undefined : ['avif', 'heic', 'heix', 'mif1'].find((brand) => brands.includes(brand));
}

/**
 * Media type from the content, or undefined when it is neither a still nor a video known here.
 * `pipeline` 1 knew fewer; that of now when absent.
 */
export function mediaTypeFromBytes(bytes: Uint8Array, pipeline?: number): string | undefined {
  if (pipeline !== 1 && ascii(bytes, 4, 12) === 'ftypcrx ') return 'image/x-canon-cr3';
  const still = pipeline === 1 ? undefined : stillBrandOf(bytes);
  if (still) return STILL_BRANDS[still];
  for (const rule of pipeline === 1 ? RULES : [...RULES, ...LATER_RULES]) {
    const type = rule(bytes);
    if (type) return type;
  }
  return undefined;
}

const TYPE_OF_ENDING: readonly [RegExp, RegExp][] = [
  [/\.(jpe?g|jpe|jfif)$/i, /^image\/jpeg$/],
  [/\.png$/i, /^image\/png$/],
  [/\.gif$/i, /^image\/gif$/],
  [/\.webp$/i, /^image\/webp$/],
  [/\.tiff?$/i, /^image\/tiff$/],
  [/\.bmp$/i, /^image\/bmp$/],
  [/\.(jp2|j2k|jpf|jpx)$/i, /^image\/jp2$/],
  [/\.jxl$/i, /^image\/jxl$/],
  [/\.(psd|psb)$/i, /^image\/vnd\.adobe\.photoshop$/],
  [/\.(ico|cur)$/i, /^image\/vnd\.microsoft\.icon$/],
  [/\.(avif|heic|heif)$/i, /^image\/(avif|heic|heif)$/],
  [/\.(mp4|m4v|mov|3gp)$/i, /^video\/(mp4|quicktime)$/],
  [/\.(mkv|webm)$/i, /^video\/x-matroska$/],
  [/\.avi$/i, /^video\/x-msvideo$/],
  [/\.(ts|mts|m2ts)$/i, /^video\/mp2t$/],
  [/\.(mpg|mpeg|vob)$/i, /^video\/(mpeg|mp2t)$/],
  [/\.mjpe?g$/i, /^video\/x-mjpeg$/],
  [/\.(wmv|asf)$/i, /^video\/x-ms-asf$/],
  [/\.flv$/i, /^video\/x-flv$/],
];

/** True for a name that promises a video: a guess that costs no look at the file. */
export const endsLikeVideo = (name: string): boolean =>
  TYPE_OF_ENDING.some(([ending, type]) => type.source.includes('video') && ending.test(name));

/** True when the name's ending promises another type than the content has. */
export function endingContradicts(name: string, mediaType: string): boolean {
  const rule = TYPE_OF_ENDING.find(([ending]) => ending.test(name));
  return rule ? !rule[1].test(mediaType) : false;
}
