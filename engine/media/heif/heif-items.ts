// The items of a HEIF file: its `meta` box (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 6) as a table
// of what the file holds, where it lies and how the parts refer to each other. Decodes nothing.
import { type Box, BoxReader, boxesIn, findTopBox } from './boxes.ts';
import { corrupt, HeifRefusal } from './heif-refusal.ts';

type Extent = { offset: number; length: number };

/** One item: a coded picture, a recipe for one, or a block of metadata. */
export type HeifItem = {
  id: number;
  /** `hvc1`, `grid`, `Exif`, `mime`, ... */
  type: string;
  /** Of a `mime` item. */
  contentType: string;
  /** Not to be shown by itself: a tile, an auxiliary picture. */
  hidden: boolean;
  /** Encrypted. */
  isProtected: boolean;
  /** 0: in the file, 1: in the `idat` box, 2: in another item. */
  construction: number;
  extents: readonly Extent[];
  /** In the order the file gives them: transformations are applied in it. */
  properties: readonly { essential: boolean; box: Box }[];
};

/**
 * `from` refers to `to`, in order: `dimg` what it is made of, `auxl` what it belongs to,
 * `thmb`, `cdsc`, `prem`.
 */
export type ItemReference = { type: string; from: number; to: readonly number[] };

export type HeifFile = {
  bytes: Uint8Array;
  primaryId: number;
  items: ReadonlyMap<number, HeifItem>;
  references: readonly ItemReference[];
  /** True where an image sequence lies beside the still. */
  hasSequence: boolean;
  idat: Box | undefined;
  /** Tables, or entries of them, that stand again, of which readers take one. */
  again: ReadonlySet<string>;
};

/** A grid of the largest size has 65,536 tiles; more extents than this no photograph has. */
const EXTENT_LIMIT = 200_000;

/** True for an ISO base media file whose brands are those of stills. */
export const isIsoMedia = (bytes: Uint8Array): boolean =>
  bytes.length >= 12 && Buffer.from(bytes.buffer, bytes.byteOffset + 4, 4).toString('latin1') === 'ftyp';

/** Reads the item tables. Throws HeifRefusal. */
export function readHeifItems(bytes: Uint8Array): HeifFile {
  const meta = findTopBox(bytes, 'meta');
  const hasSequence = findTopBox(bytes, 'moov') !== undefined;
  if (!meta) throw withoutMeta(bytes, hasSequence);
  const parts = new Map<string, Box>();
  const again = new Set<string>();
  for (const box of boxesIn(bytes, meta.from + 4, meta.to)) {
    if (parts.has(box.type)) again.add(box.type);
    else parts.set(box.type, box);
  }
  const places = readPlaces(bytes, parts.get('iloc'), again);
  const properties = readAssociations(bytes, parts.get('iprp'), again);
  const items = new Map<number, HeifItem>();
  for (const named of readNames(bytes, parts.get('iinf'))) {
    if (items.has(named.id)) {
      again.add('infe');
      continue;
    }
    const place = places.get(named.id) ?? { construction: 0, extents: [] };
    items.set(named.id, { ...named, ...place, properties: properties.get(named.id) ?? [] });
  }
  const primaryId = readPrimary(bytes, parts.get('pitm'));
  const references = readReferences(bytes, parts.get('iref'));
  return { bytes, primaryId, items, references, hasSequence, idat: parts.get('idat'), again };
}

function withoutMeta(bytes: Uint8Array, hasSequence: boolean): HeifRefusal {
  if (hasSequence) return new HeifRefusal('unsupportedFormat', { kind: 'sequenceWithoutStill' });
  const ended = ![...boxesIn(bytes, 0, bytes.length, true)].some((box) => box.type === 'mdat');
  return ended ? new HeifRefusal('truncated', { kind: 'endsBeforeItems' }) : corrupt({ kind: 'noMetaBox' });
}

/** The item of this id. Throws HeifRefusal where a reference leads nowhere. */
export function itemOf({ items }: HeifFile, id: number): HeifItem {
  const item = items.get(id);
  if (!item) throw corrupt({ kind: 'itemNotThere', item: id });
  return item;
}

/** What an item refers to by one kind of reference, in order. */
export const referredBy = ({ references }: HeifFile, type: string, from: number): number[] =>
  references.filter((one) => one.type === type && one.from === from).flatMap(({ to }) => to);

/** The items that refer to this one by one kind of reference. */
export const referringTo = ({ references }: HeifFile, type: string, to: number): number[] =>
  references.filter((one) => one.type === type && one.to.includes(to)).map(({ from }) => from);

/**
 * The bytes of an item, without a copy where they lie in one piece. Throws HeifRefusal where the
 * file does not hold them.
 */
export function itemBytes(file: HeifFile, { id, construction, extents }: HeifItem): Uint8Array {
  if (construction > 1) throw new HeifRefusal('unsupportedFormat', { kind: 'itemBuiltFromOthers', item: id });
  if (construction === 1 && !file.idat) throw corrupt({ kind: 'itemWithoutIdat', item: id });
  if (extents.length === 0) throw corrupt({ kind: 'itemWithoutPlace', item: id });
  const within = construction === 1 ? file.idat! : { from: 0, to: file.bytes.length };
  const total = extents.reduce((sum, { length }) => sum + length, 0);
  if (total > file.bytes.length)
    throw new HeifRefusal('truncated', {
      kind: 'itemLargerThanFile',
      item: id,
      bytes: total,
      fileBytes: file.bytes.length,
    });
  if (extents.length > 1 && extents.some(({ length }) => length === 0))
    throw corrupt({ kind: 'itemPieceWithoutLength', item: id });
  const pieces = extents.map(({ offset, length }) => {
    const from = within.from + offset;
    const to = length === 0 ? within.to : from + length;
    if (to > within.to || from > within.to)
      throw new HeifRefusal('truncated', { kind: 'itemBeyondFile', item: id, from: within.to, to });
    return file.bytes.subarray(from, to);
  });
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

function readPrimary(bytes: Uint8Array, box: Box | undefined): number {
  if (!box) throw corrupt({ kind: 'noPrimary' });
  const reader = new BoxReader(bytes, box);
  return reader.fullBox().version === 0 ? reader.u16() : reader.u32();
}

type Named = Pick<HeifItem, 'id' | 'type' | 'contentType' | 'hidden' | 'isProtected'>;

function readNames(bytes: Uint8Array, box: Box | undefined): Named[] {
  if (!box) throw corrupt({ kind: 'noItemList' });
  const reader = new BoxReader(bytes, box);
  reader.skip(reader.fullBox().version === 0 ? 2 : 4);
  const named: Named[] = [];
  for (const entry of boxesIn(bytes, reader.at, box.to)) {
    const item = entry.type === 'infe' ? readName(bytes, entry) : undefined;
    if (item) named.push(item);
  }
  return named;
}

/** An entry of version 2 or 3; older ones name no item type and hold no pictures. */
function readName(bytes: Uint8Array, box: Box): Named | undefined {
  const reader = new BoxReader(bytes, box);
  const { version, flags } = reader.fullBox();
  if (version < 2) return undefined;
  const id = version === 2 ? reader.u16() : reader.u32();
  const isProtected = reader.u16() !== 0;
  const type = reader.fourCc();
  reader.text();
  const contentType = type === 'mime' ? reader.text() : '';
  return { id, type, contentType, hidden: (flags & 1) === 1, isProtected };
}

type Place = Pick<HeifItem, 'construction' | 'extents'>;

function readPlaces(bytes: Uint8Array, box: Box | undefined, again: Set<string>): Map<number, Place> {
  const places = new Map<number, Place>();
  if (!box) return places;
  const reader = new BoxReader(bytes, box);
  const { version } = reader.fullBox();
  if (version > 2) throw corrupt({ kind: 'boxVersion', box: 'iloc', version });
  const [sizes, more] = [reader.u8(), reader.u8()];
  const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, more >> 4];
  const indexSize = version === 0 ? 0 : more & 15;
  let extentsSoFar = 0;
  for (let n = version < 2 ? reader.u16() : reader.u32(); n > 0; n--) {
    const id = version < 2 ? reader.u16() : reader.u32();
    const construction = version === 0 ? 0 : reader.u16() & 15;
    const inThisFile = reader.u16() === 0;
    const base = reader.sized(baseSize);
    const count = reader.u16();
    extentsSoFar += count;
    if (extentsSoFar > EXTENT_LIMIT) throw corrupt({ kind: 'itemsInManyPieces', limit: EXTENT_LIMIT });
    const extents = Array.from({ length: count }, () => {
      reader.sized(indexSize);
      return { offset: base + reader.sized(offsetSize), length: reader.sized(lengthSize) };
    });
    if (places.has(id)) again.add('iloc');
    // What lies in another file is not opened: the item has no place here.
    if (inThisFile && !places.has(id)) places.set(id, { construction, extents });
  }
  return places;
}

/** Properties of each item: `ipco` is the list, `ipma` says which of it belong to whom. */
function readAssociations(
  bytes: Uint8Array,
  box: Box | undefined,
  again: Set<string>,
): Map<number, HeifItem['properties'][number][]> {
  const found = new Map<number, HeifItem['properties'][number][]>();
  if (!box) return found;
  const inner = [...boxesIn(bytes, box.from, box.to)];
  const container = inner.find(({ type }) => type === 'ipco');
  const all = container ? [...boxesIn(bytes, container.from, container.to)] : [];
  for (const association of inner.filter(({ type }) => type === 'ipma')) {
    const reader = new BoxReader(bytes, association);
    const { version, flags } = reader.fullBox();
    for (let n = reader.u32(); n > 0; n--) {
      const id = version < 1 ? reader.u16() : reader.u32();
      const properties = found.get(id) ?? [];
      if (properties.length > 0) again.add('ipma');
      for (let count = reader.u8(); count > 0; count--) {
        properties.push(...propertyAt(all, (flags & 1) === 1 ? reader.u16() : widened(reader.u8())));
      }
      found.set(id, properties);
    }
  }
  return found;
}

/** An association of one byte as one of two: its first bit stays the first. */
const widened = (byte: number): number => ((byte & 0x80) << 8) | (byte & 0x7f);

/** `word`: one bit whether it is essential, fifteen its number from 1; 0 is none. */
function propertyAt(all: readonly Box[], word: number): HeifItem['properties'][number][] {
  const index = word & 0x7fff;
  if (index === 0) return [];
  const box = all[index - 1];
  if (!box) throw corrupt({ kind: 'propertyNotThere', property: index, properties: all.length });
  return [{ essential: (word & 0x8000) !== 0, box }];
}

function readReferences(bytes: Uint8Array, box: Box | undefined): ItemReference[] {
  if (!box) return [];
  const reader = new BoxReader(bytes, box);
  const { version } = reader.fullBox();
  return [...boxesIn(bytes, reader.at, box.to)].map((one) => {
    const inner = new BoxReader(bytes, one);
    const id = (): number => (version === 0 ? inner.u16() : inner.u32());
    const from = id();
    const count = inner.u16();
    return { type: one.type, from, to: Array.from({ length: count }, id) };
  });
}
