// What of a TIFF is not known here (TIFF 6.0 and its supplements, BigTIFF, TIFF/EP, GeoTIFF; programs' own
// tags as libtiff's and ExifTool's tables name them). Directories of EXIF and GPS change no picture and
// are not asked. Pure.
import { type TiffEntry, TiffNumbers } from '../tiff-directories.ts';

const [SUBFILE, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, EXTRA] = [254, 258, 259, 262, 277, 338] as const;
const [STRIPS, TILES, MAP, FORMAT, SUB_DIRECTORIES] = [273, 324, 320, 339, 330] as const;
const [WIDTH, HEIGHT] = [256, 257] as const;

/** Numbers of one tag, and of the tags of its directory. */
type Of = (tag: number) => readonly number[] | undefined;
type IsKnown = (values: readonly number[], of: Of) => boolean;

const first = (of: Of, tag: number, otherwise: number): number => of(tag)?.[0] ?? otherwise;
const bitsOf = (of: Of): number => first(of, BITS, 1);
const each =
  (...known: readonly number[]): IsKnown =>
  (values) =>
    values.every((one) => known.includes(one));
const alike: IsKnown = (values) => values.every((one) => one === values[0]);
/** As it is where the tag is not there. */
const asUsual =
  (usual: (of: Of) => readonly number[]): IsKnown =>
  (values, of) => {
    const expected = usual(of);
    return values.every(
      (one, i) => Math.abs(one - expected[i % expected.length]!) <= 1e-3 * Math.max(1, Math.abs(one)),
    );
  };

/** Codings that look at the samples before they pack them. */
const WITH_PREDICTOR = [5, 8, 32946, 34925, 50000];
const FAX = [2, 3, 4];
const [YCBCR, SEPARATED, PALETTE] = [6, 5, 3] as const;
/** Samples of a photometric interpretation. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3 };

/** Tags that change the picture, and what of their values is known. */
const VALUES: ReadonlyMap<number, IsKnown> = new Map<number, IsKnown>([
  // A reduced picture, a page.
  [SUBFILE, each(0, 1, 2, 3)],
  [255, each(1, 2, 3)],
  [WIDTH, () => true],
  [HEIGHT, () => true],
  [BITS, (values, of) => alike(values, of) && each(1, 2, 4, 8, 16, 32, 64)(values, of)],
  [COMPRESSION, each(1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34661, 34712, 34925, 50000, 50001)],
  [PHOTOMETRIC, each(0, 1, 2, PALETTE, SEPARATED, YCBCR, 8)],
  // Bits from the other end: of faxes alone all programs read it.
  [266, (values, of) => each(1)(values, of) || FAX.includes(first(of, COMPRESSION, 1))],
  [STRIPS, (_, of) => of(TILES) === undefined],
  [274, each(1, 2, 3, 4, 5, 6, 7, 8)],
  [SAMPLES, (values, of) => channelsAddUp(values[0] ?? 1, of)],
  [278, () => true],
  [279, () => true],
  [284, each(1, 2)],
  [292, () => true],
  [293, () => true],
  [301, () => true],
  [
    317,
    (values, of) =>
      each(1)(values, of) || (each(2, 3)(values, of) && WITH_PREDICTOR.includes(first(of, COMPRESSION, 1))),
  ],
  [318, () => true],
  [319, () => true],
  // Written in eight bits of sixteen it is black to some.
  [MAP, (values) => Math.max(0, ...values) > 255 || values.every((one) => one === 0)],
  [322, () => true],
  [323, () => true],
  [TILES, () => true],
  [325, () => true],
  [332, each(1)],
  [334, each(4)],
  [336, asUsual((of) => [0, 2 ** bitsOf(of) - 1])],
  [EXTRA, (values) => values.length <= 1 && each(1, 2)(values, () => undefined)],
  // Signed and floating ones are told of, or scaled, by who decodes the picture.
  [FORMAT, (values, of) => alike(values, of) && each(1, 2, 3)(values, of)],
  [346, each(0)],
  [347, () => true],
  [529, asUsual(() => [0.299, 0.587, 0.114])],
  [530, each(1, 2, 4)],
  [531, each(1, 2)],
  [
    532,
    asUsual((of) => {
      const most = 2 ** bitsOf(of) - 1;
      return first(of, PHOTOMETRIC, 0) === YCBCR ? [0, most, 128, most, 128, most] : [0, most];
    }),
  ],
]);

/** Those of the interpretation and one of opacity; where no tag says what further ones are, programs differ. */
function channelsAddUp(samples: number, of: Of): boolean {
  const photometric = of(PHOTOMETRIC)?.[0];
  const own = photometric === undefined ? undefined : CHANNELS[photometric];
  return own !== undefined && samples === own + (of(EXTRA)?.length ?? 0);
}

const between = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Names, times, places, units, thumbnails' places, makers' and programs' notes: no program draws by them. */
const ABOUT = new Set([
  ...[263, 264, 265, 269, 270, 271, 272, 280, 281, 282, 283, 285, 286, 287, 288, 289, 296, 297, 305, 306],
  ...[315, 316, 321, 326, 327, 328, SUB_DIRECTORIES, 333, 337, 340, 341, 351, ...between(400, 405), 700],
  // Windows: ratings, titles; properties of GDI+.
  ...between(18246, 18249),
  ...[...between(20480, 20539), 20624, 20625, ...between(20736, 20740), ...between(20752, 20755)],
  // Scanners and fax, Wang, Model Imaging, Kodak, IPTC, Intergraph, GeoTIFF, JPL, Quark.
  ...[32781, ...between(32931, 32934), ...between(32995, 33000), ...between(33300, 33306), 33405, 33432, 33434, 33437],
  ...[
    33421,
    33422,
    ...between(33445, 33452),
    33550,
    33589,
    33590,
    ...between(33628, 33631),
    33723,
    33918,
    33919,
    33920,
  ],
  ...[33921, 33922, 34016, ...between(34017, 34032), 34118, 34152, 34232, 34263, 34264, 34306, 34310, 34377, 34389],
  // EXIF, profile, GPS and their likes; what EXIF knows and programs put here as well.
  ...[34665, 34675, 34735, 34736, 34737, 34750, 34821, 34824, 34825, 34850, 34852, 34853, ...between(34855, 34859)],
  ...[
    ...between(34864, 34869),
    34908,
    34909,
    34910,
    34911,
    34926,
    34929,
    34954,
    36864,
    36867,
    36868,
    36880,
    36881,
    36882,
  ],
  ...[37121, 37122, ...between(37377, 37399), 37434, 37435, 37436, 37439, 37500, 37510, ...between(37520, 37522)],
  // Light microscopes (Molecular Devices, Zeiss, Leica, Olympus, ImageJ), Windows' texts. Photoshop's, whose
  // layers tiff-layers.ts tells of.
  ...[
    37679,
    37680,
    37681,
    37706,
    37707,
    37708,
    37709,
    37710,
    37724,
    37888,
    ...between(37892, 37893),
    ...between(40091, 40095),
  ],
  ...[...between(40960, 40965), ...between(41483, 41495), ...between(41728, 41730), ...between(41985, 41996), 42016],
  ...[...between(42032, 42037), ...between(42080, 42082), 42112, 42113, 42240, 43314, ...between(44992, 44997)],
  // Alias, HP and HD Photo's own are of files of their own; print matching, GeoTIFF of GDAL, OCE's, Adobe's notes.
  ...[48129, 48130, 48131, 48132, 50215, 50216, 50217, 50218, 50255, 50341, 50560, 50547, 50656, 50674, 50676],
  // What raw developers keep of the photograph they developed.
  ...[50708, 50709, 50735, 50736, 50740, 50741, 50781, 50827, 50828, 50838],
  ...[50839, 50908, 50909, 51159, 42112, 42113, 59932, 59933, 65000, 65001, 65002, ...between(65100, 65112)],
]);

/** Whose entries say where pieces of the file lie: read by programs as whole numbers alone. */
const STRUCTURE = new Set([WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, 266, 273, 274, 277, 278, 279, 284, 317]);
for (const tag of [322, 323, 324, 325, EXTRA, FORMAT]) STRUCTURE.add(tag);
const WHOLE_NUMBERS = [3, 4, 16];
const [MOST_DIRECTORIES, MOST_ENTRIES] = [4096, 1_000_000];
/** A palette of sixteen bits has more; strips are not asked for their values. */
const MOST_VALUES = 3 * 65536;

/** Names of parts; empty where all is known. */
export function unknownInTiff(bytes: Uint8Array): string[] {
  const numbers = new TiffNumbers(bytes);
  const found: string[] = [];
  const seen = new Set<number>();
  let [at, isSub, entries] = [numbers.first, false, 0];
  const waiting: number[] = [];
  while (at !== 0 || waiting.length > 0) {
    isSub = at === 0;
    const place = isSub ? waiting.shift()! : at;
    const read = seen.has(place) ? undefined : numbers.entriesAt(place);
    seen.add(place);
    entries += read?.entries.length ?? 0;
    if (!read || seen.size > MOST_DIRECTORIES || entries > MOST_ENTRIES)
      return [...found, 'TIFF directory that cannot be read'];
    found.push(...unknownInDirectory(numbers, read.entries, isSub));
    const below = read.entries.find(({ tag }) => tag === SUB_DIRECTORIES);
    if (!isSub) waiting.push(...((below && numbers.valuesOf(below, MOST_DIRECTORIES)) ?? []));
    if (!isSub) at = read.next;
  }
  return found;
}

function unknownInDirectory(numbers: TiffNumbers, entries: readonly TiffEntry[], isSub: boolean): string[] {
  const found: string[] = [];
  const values = new Map<number, readonly number[]>();
  for (const entry of entries) {
    const { tag, type } = entry;
    if (values.has(tag)) found.push(`TIFF tag ${tag}, twice`);
    if (STRUCTURE.has(tag) && !WHOLE_NUMBERS.includes(type)) found.push(`TIFF tag ${tag} of type ${type}`);
    const asked = VALUES.has(tag) && tag !== STRIPS && tag !== TILES && tag !== 279 && tag !== 325;
    if (!values.has(tag)) values.set(tag, (asked ? numbers.valuesOf(entry, MOST_VALUES) : undefined) ?? []);
  }
  const of: Of = (tag) => values.get(tag);
  for (const [tag, own] of values) {
    const isKnown = VALUES.get(tag);
    if (isKnown ? isKnown(own, of) : ABOUT.has(tag)) continue;
    found.push(isKnown ? `TIFF tag ${tag} of ${own.slice(0, 8).join(' ')}` : `TIFF tag ${tag}`);
  }
  if (!values.has(PHOTOMETRIC)) found.push('TIFF picture without a photometric interpretation');
  if (!values.has(SAMPLES) && !channelsAddUp(1, of) && values.has(PHOTOMETRIC))
    found.push('TIFF picture of one sample');
  // Their own marks may say otherwise, by which some programs go.
  if (first(of, COMPRESSION, 1) === 7 && first(of, PHOTOMETRIC, YCBCR) === 2)
    found.push('TIFF pieces of JPEG that are said to be red, green and blue');
  // A reduced one is a thumbnail.
  if (isSub && (first(of, SUBFILE, 0) & 1) === 0) found.push('TIFF picture in a directory below another');
  return found;
}
