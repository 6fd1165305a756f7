// HEIF files for tests, put together box by box from coded pictures: grids, transformations,
// auxiliary pictures, and what is wrong with a file. Tests only.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type HeifFile, itemBytes, itemOf, readHeifItems } from '../heif-items.ts';

/**
 * An item to be written. Properties are whole boxes; `essential` as readers must take
 * transformations.
 */
export type MadeItem = {
  id: number;
  type: string;
  data: Uint8Array;
  properties?: readonly Buffer[];
  hidden?: boolean;
  contentType?: string;
};
export type MadeReference = { type: string; from: number; to: readonly number[] };
export type MadeFile = {
  brand?: string;
  brands?: readonly string[];
  primary: number;
  items: readonly MadeItem[];
  references?: readonly MadeReference[];
};

const u16 = (...values: number[]): Buffer => Buffer.concat(values.map((v) => Buffer.from([v >> 8, v & 255])));
export const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeInt32BE(value | 0, i * 4);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1');

export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([u32(content.length + 8), Buffer.from(type, 'latin1'), content]);
}
const fullBox = (type: string, version: number, flags: number, ...parts: readonly Uint8Array[]): Buffer =>
  box(type, u32((version << 24) | flags), ...parts);

export const ispe = (width: number, height: number): Buffer => fullBox('ispe', 0, 0, u32(width, height));
export const irot = (quarters: number): Buffer => box('irot', Buffer.from([quarters]));
export const imir = (axis: number): Buffer => box('imir', Buffer.from([axis]));
/** Width, height and offsets of the centre in halves of a pixel. */
export const clap = (width: number, height: number, offsetX2 = 0, offsetY2 = 0): Buffer =>
  box('clap', u32(width, 1, height, 1, offsetX2, 2, offsetY2, 2));
export const nclx = (primaries: number, transfer: number, matrix: number, full: boolean): Buffer =>
  box('colr', Buffer.from('nclx'), u16(primaries, transfer, matrix), Buffer.from([full ? 0x80 : 0]));
export const profile = (icc: Uint8Array): Buffer => box('colr', Buffer.from('prof'), icc);
export const auxC = (type: string): Buffer => fullBox('auxC', 0, 0, text(type));

/** A grid's recipe. */
export const gridRecipe = (rows: number, columns: number, width: number, height: number): Buffer =>
  Buffer.concat([Buffer.from([0, 0, rows - 1, columns - 1]), u16(width, height)]);

/** `Exif` item: the offset of the TIFF header behind four bytes, then the block. */
export const exifItem = (tiff: Uint8Array): Buffer => Buffer.concat([u32(0), tiff]);

const TRANSFORMS = new Set(['irot', 'imir', 'clap', 'hvcC', 'av1C']);

/** Writes a file: `ftyp`, `meta`, `mdat`. */
export function makeHeif({
  brand = 'heic',
  brands = ['mif1', 'heic'],
  primary,
  items,
  references = [],
}: MadeFile): Buffer {
  const ftyp = box('ftyp', Buffer.from(brand), u32(0), ...brands.map((one) => Buffer.from(one)));
  const metaAt = (at: number): Buffer => metaBox(primary, items, references, at);
  const dataAt = ftyp.length + metaAt(0).length + 8;
  return Buffer.concat([ftyp, metaAt(dataAt), box('mdat', ...items.map(({ data }) => data))]);
}

function metaBox(
  primary: number,
  items: readonly MadeItem[],
  references: readonly MadeReference[],
  dataAt: number,
): Buffer {
  const infe = items.map(({ id, type, hidden, contentType }) =>
    fullBox(
      'infe',
      2,
      hidden ? 1 : 0,
      u16(id, 0),
      Buffer.from(type, 'latin1'),
      text(''),
      ...(contentType ? [text(contentType)] : []),
    ),
  );
  let at = dataAt;
  const places = items.map(({ id, data }) => {
    const place = Buffer.concat([u16(id, 0, 1), u32(at, data.length)]);
    at += data.length;
    return place;
  });
  return fullBox(
    'meta',
    0,
    0,
    fullBox('hdlr', 0, 0, u32(0), Buffer.from('pict'), u32(0, 0, 0), text('')),
    fullBox('pitm', 0, 0, u16(primary)),
    fullBox('iloc', 0, 0, Buffer.from([0x44, 0]), u16(items.length), ...places),
    fullBox('iinf', 0, 0, u16(items.length), ...infe),
    propertiesBox(items),
    ...(references.length > 0
      ? [fullBox('iref', 0, 0, ...references.map(({ type, from, to }) => box(type, u16(from, to.length, ...to))))]
      : []),
  );
}

function propertiesBox(items: readonly MadeItem[]): Buffer {
  const all = items.flatMap(({ properties = [] }) => properties);
  let next = 1;
  const owners = items.filter(({ properties = [] }) => properties.length > 0);
  const associations = owners.map(({ id, properties = [] }) => {
    const words = properties.map((one) => (TRANSFORMS.has(one.toString('latin1', 4, 8)) ? 0x8000 : 0) | next++);
    return Buffer.concat([u16(id), Buffer.from([words.length]), u16(...words)]);
  });
  return box('iprp', box('ipco', ...all), fullBox('ipma', 0, 1, u32(owners.length), ...associations));
}

/** A coded picture: what an item of it needs. */
export type CodedPicture = { type: string; data: Uint8Array; properties: Buffer[] };

/** The primary item of a file, to be put into another. */
export function codedPictureOf(
  bytes: Uint8Array,
  keep: readonly string[] = ['hvcC', 'av1C', 'ispe', 'pixi'],
): CodedPicture {
  const file: HeifFile = readHeifItems(bytes);
  const item = itemOf(file, file.primaryId);
  const properties = item.properties
    .filter(({ box: { type } }) => keep.includes(type))
    .map(({ box: { type, from, to } }) => box(type, bytes.subarray(from, to)));
  return { type: item.type, data: itemBytes(file, item), properties };
}

/** A file of one coded picture with further properties. */
export const singlePicture = (coded: CodedPicture, more: readonly Buffer[] = [], brand?: string): Buffer =>
  makeHeif({
    ...(brand ? { brand, brands: ['mif1', brand] } : {}),
    primary: 1,
    items: [{ id: 1, ...coded, properties: [...coded.properties, ...more] }],
  });

/** A file of coded pictures in rows and columns. */
export function tiledPicture(
  tiles: readonly CodedPicture[],
  {
    rows,
    columns,
    width,
    height,
    more = [],
  }: { rows: number; columns: number; width: number; height: number; more?: readonly Buffer[] },
): Buffer {
  const ids = tiles.map((_, i) => i + 2);
  return makeHeif({
    primary: 1,
    items: [
      {
        id: 1,
        type: 'grid',
        data: gridRecipe(rows, columns, width, height),
        properties: [ispe(width, height), ...more],
      },
      ...tiles.map((tile, i) => ({ id: i + 2, ...tile, hidden: true })),
    ],
    references: [{ type: 'dimg', from: 1, to: ids }],
  });
}

/**
 * One picture coded by the ffmpeg program
 * (`input`: its arguments up to the codec), as an item. `size` as it comes out.
 */
export function codeByFfmpeg(
  input: readonly string[],
  size: readonly [number, number],
  file: string,
  x265 = '',
): CodedPicture {
  const params = `log-level=none${x265 && `:${x265}`}`;
  const args = [
    ...input,
    '-frames:v',
    '1',
    '-c:v',
    'libx265',
    '-x265-params',
    params,
    '-tag:v',
    'hvc1',
    '-f',
    'mp4',
    file,
  ];
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-threads', '1', ...args], { stdio: 'pipe' });
  return codedPictureOfFilm(file, size);
}

/**
 * The first frame of an mp4 file of one frame, as an item: its configuration record and all of its
 * `mdat`.
 */
function codedPictureOfFilm(file: string, [width, height]: readonly [number, number]): CodedPicture {
  const bytes = readFileSync(file);
  const boxAt = (type: string): Buffer => {
    const at = bytes.indexOf(type, 0, 'latin1') - 4;
    return bytes.subarray(at, at + bytes.readUInt32BE(at));
  };
  return { type: 'hvc1', data: boxAt('mdat').subarray(8), properties: [boxAt('hvcC'), ispe(width, height)] };
}
