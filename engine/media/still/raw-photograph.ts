// Raw photographs: what a camera's sensor gave, with pictures of it beside. The sensor's data are
// not developed here; the largest picture inside is looked at, and named as what it is. Runs in the
// decode process.
import { type TiffDirectory, type TiffTags, tiffDirectories } from './tiff-directories.ts';

/**
 * Photometric interpretations of sensors' data: a colour filter array, and such data made linear
 * (TIFF/EP; DNG 1.7).
 */
const SENSOR_DATA: readonly number[] = [32803, 34892];
const [WIDTH, HEIGHT, PHOTOMETRIC, KIND, ORIENTATION, DNG_VERSION] = [256, 257, 262, 254, 274, 50706] as const;

/**
 * Beginnings of raw photographs that are no TIFF by number: Panasonic, Olympus, Minolta, Fujifilm,
 * Sigma, Canon (CR2, CR3).
 */
const OWN_BEGINNINGS: readonly (readonly [number, string])[] = [
  [0, 'IIU\0'],
  [0, 'IIRO'],
  [0, 'IIRS'],
  [0, 'MMOR'],
  [0, '\0MRM'],
  [0, 'FUJIFILMCCD-RAW'],
  [0, 'FOVb'],
  [8, 'CR\u0002'],
  [4, 'ftypcrx '],
];

/**
 * A picture inside a raw photograph: bytes of a JPEG of its own, or a directory of the file that
 * libvips reads.
 */
export type InnerPicture = { widthPx: number; heightPx: number } & (
  | { kind: 'jpeg'; bytes: Uint8Array }
  | { kind: 'directory'; page: number; sub: number | undefined }
);

export type RawPhotograph = {
  /** The sensor's size as the file states it; undefined where it does not. */
  sensor: { widthPx: number; heightPx: number } | undefined;
  /** The largest first. */
  pictures: InnerPicture[];
  /** EXIF orientation of the photograph; pictures inside often do not state it again. */
  orientation: number;
};

const numberOf = (tags: TiffTags, tag: number): number => tags.get(tag)?.[0] ?? 0;
const areaOf = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }): number => widthPx * heightPx;
const sizeOf = ({ tags }: TiffDirectory) => ({ widthPx: numberOf(tags, WIDTH), heightPx: numberOf(tags, HEIGHT) });

/** The raw photograph that bytes are; undefined for any other file. */
export function readRawPhotograph(bytes: Uint8Array): RawPhotograph | undefined {
  const own = OWN_BEGINNINGS.some(
    ([at, begin]) => Buffer.from(bytes.subarray(at, at + begin.length)).toString('latin1') === begin,
  );
  const directories = tiffDirectories(bytes);
  const sensors = directories.filter(({ tags }) => SENSOR_DATA.includes(numberOf(tags, PHOTOMETRIC)));
  const isReduced = (one: TiffDirectory | undefined): boolean =>
    one !== undefined && (numberOf(one.tags, KIND) & 1) === 1;
  const isRaw = own || sensors.length > 0 || directories.some(({ tags }) => tags.has(DNG_VERSION));
  // A first picture that calls itself a reduced one is none to be taken for the photograph.
  if (!isRaw && !(isReduced(directories[0]) && directories.length > 1)) return undefined;
  const readable = directories
    .filter(({ tags }) => [1, 2, 6].includes(numberOf(tags, PHOTOMETRIC)))
    .map((one): InnerPicture => ({ kind: 'directory', page: one.page, sub: one.sub, ...sizeOf(one) }));
  return {
    sensor: sensors.map(sizeOf).sort((a, b) => areaOf(b) - areaOf(a))[0],
    pictures: [...embeddedJpegs(bytes), ...readable].sort((a, b) => areaOf(b) - areaOf(a)),
    orientation: numberOf(directories[0]?.tags ?? new Map(), ORIENTATION) || 1,
  };
}

/** JPEG pictures looked at inside one file. */
const MOST_JPEGS = 64;

/**
 * Every JPEG that begins somewhere in the bytes and can be shown (lossless ones are the sensor's
 * data).
 */
function embeddedJpegs(bytes: Uint8Array): InnerPicture[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = Buffer.from([0xff, 0xd8, 0xff]);
  const found: InnerPicture[] = [];
  for (let at = all.indexOf(begin); at >= 0 && found.length < MOST_JPEGS; at = all.indexOf(begin, at + 2)) {
    const size = jpegSize(bytes, at);
    if (size) found.push({ kind: 'jpeg', bytes: bytes.subarray(at), ...size });
  }
  return found;
}

/** Size of a JPEG of 8 bits that a reader of photographs decodes; undefined for anything else. */
function jpegSize(bytes: Uint8Array, from: number): { widthPx: number; heightPx: number } | undefined {
  for (let at = from + 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (length < 2 || marker < 0xc0) return undefined;
    if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) {
      const [heightPx, widthPx] = [(bytes[at + 5]! << 8) | bytes[at + 6]!, (bytes[at + 7]! << 8) | bytes[at + 8]!];
      return bytes[at + 4] === 8 && widthPx > 0 && heightPx > 0 ? { widthPx, heightPx } : undefined;
    }
    if (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xcc) return undefined;
    if (marker === 0xda) return undefined;
    at += 2 + length;
  }
  return undefined;
}
