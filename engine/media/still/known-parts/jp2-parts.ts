// What of a JPEG 2000 file or code stream is not known here (ISO/IEC 15444-1, annexes A and I). A second code
// stream, and what lies behind, is told of by other code. Pure.
import { type Box, BoxReader, boxesIn, topBoxes } from '../../heif/boxes.ts';
import { jp2End } from '../boxed-end.ts';
import { isKnownUuid } from './known-uuids.ts';

const AT_TOP = /^(jP {2}|ftyp|jp2h|jp2c|rreq|xml |uinf|jp2i|jumb|free)$/;
const IN_HEAD = /^(ihdr|bpcc|colr|pclr|cmap|cdef|res )$/;
/** Of sizes, coding, lengths, comments. Those of regions and of other parts of the standard are not. */
const MARKERS = new Set([0xff50, 0xff51, 0xff52, 0xff53, 0xff55, 0xff57, 0xff58, 0xff59, 0xff5c, 0xff5d, 0xff5f]);
for (const marker of [0xff60, 0xff61, 0xff63, 0xff64]) MARKERS.add(marker);
const [START, SIZE, STYLE, TILE_PART, DATA, END] = [0xff4f, 0xff51, 0xff52, 0xff90, 0xff93, 0xffd9] as const;

type Coded = {
  widthPx: number;
  heightPx: number;
  components: number;
  /** Of the first component, unsigned. */
  bits: number;
  isMixed: boolean;
  unknown: string[];
};

/** Names of parts; empty where all is known. Throws HeifRefusal. */
export function unknownInJp2(bytes: Uint8Array): string[] {
  if (bytes[0] === 0xff) {
    const coded = unknownInCodestream(bytes, 0);
    // Three components that are not mixed on coding may be red, green and blue, or light and two colours.
    const isUnstated = coded.components > 1 && !coded.isMixed;
    return [...coded.unknown, ...(isUnstated ? ['JPEG 2000 components of colours that are not stated'] : [])];
  }
  const found: string[] = [];
  const seen = new Set<string>();
  const end = jp2End(bytes) ?? bytes.length;
  let [head, coded]: [Box | undefined, Coded | undefined] = [undefined, undefined];
  for (const box of topBoxes(bytes)) {
    const { type, start } = box;
    if (start >= end) break;
    if (type === 'uuid' ? !isKnownUuid(bytes, box) : !AT_TOP.test(type)) found.push(`JPEG 2000 box ${type}`);
    if (seen.has(type) && /^(jp2h|ftyp)$/.test(type)) found.push(`JPEG 2000 box ${type}, twice`);
    if (type === 'jp2h') head ??= box;
    if (type === 'jp2c') coded ??= unknownInCodestream(bytes, box.from);
    seen.add(type);
  }
  if (!head || !coded) return [...found, 'JPEG 2000 file without a head'];
  return [...found, ...unknownInHead(bytes, head, coded), ...coded.unknown];
}

function unknownInHead(bytes: Uint8Array, head: Box, coded: Coded): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const box of boxesIn(bytes, head.from, head.to)) {
    const name = `JPEG 2000 box ${box.type}`;
    if (!IN_HEAD.test(box.type)) found.push(name);
    else if (seen.has(box.type)) found.push(`${name}, twice`);
    else if (!isAsItShould(new BoxReader(bytes, box), box.type, coded)) found.push(name);
    seen.add(box.type);
  }
  return isUsualPalette(bytes, head, coded) ? found : [...found, 'JPEG 2000 palette of another kind'];
}

const [SRGB, GREY] = [16, 17] as const;
/** Three columns of eight bits, each mapped to from the one component. */
const THREE_COLUMNS = [3, 7, 7, 7];
const MAPPED = [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2];

/** Decoders differ in which palettes they apply: one of sRGB for one component, mapped whole, all do. */
function isUsualPalette(bytes: Uint8Array, head: Box, { components, bits }: Coded): boolean {
  const boxes = [...boxesIn(bytes, head.from, head.to)];
  const [palette, map, colours] = ['pclr', 'cmap', 'colr'].map((type) => boxes.find((box) => box.type === type));
  const space = colours && bytes[colours.from] === 1 ? new BoxReader(bytes, colours) : undefined;
  space?.skip(3);
  const named = space?.u32();
  // Grey is one component, and perhaps opacity.
  if (!palette && !map) return named === undefined || components <= 2 === (named === GREY);
  if (!palette || !map || components !== 1 || named !== SRGB) return false;
  // Of more entries, or of samples that have more values, FFmpeg applies none.
  const entries = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(palette.from);
  const isWhole = palette.to - palette.from === 2 + THREE_COLUMNS.length + 3 * entries;
  if (bits > 8 || entries === 0 || entries > 256 || !isWhole) return false;
  const isSame = (from: number, values: readonly number[]): boolean =>
    values.every((one, i) => bytes[from + i] === one);
  return isSame(palette.from + 2, THREE_COLUMNS) && map.to - map.from === MAPPED.length && isSame(map.from, MAPPED);
}

function isAsItShould(reader: BoxReader, type: string, { widthPx, heightPx, components }: Coded): boolean {
  switch (type) {
    case 'ihdr': {
      const [height, width, count] = [reader.u32(), reader.u32(), reader.u16()];
      return height === heightPx && width === widthPx && count === components;
    }
    // What is opacity, and which component is which colour.
    case 'cdef':
      return Array.from({ length: reader.u16() }, () => [reader.u16(), reader.u16(), reader.u16()] as const).every(
        ([own, kind, colour]) => (kind === 0 && (colour === own + 1 || colour === 0)) || (kind === 1 && colour === 0),
      );
    case 'colr':
      return [1, 2, 3].includes(reader.u8());
    default:
      return true;
  }
}

function unknownInCodestream(bytes: Uint8Array, from: number): Coded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const coded: Coded = { widthPx: 0, heightPx: 0, components: 0, bits: 0, isMixed: false, unknown: [] };
  if (view.getUint16(from) !== START) return { ...coded, unknown: ['JPEG 2000 code stream of another kind'] };
  let tileEnd = 0;
  for (let at = from + 2; at + 4 <= bytes.length; ) {
    const marker = view.getUint16(at);
    if (marker === END) break;
    if (marker === DATA) {
      if (tileEnd <= at) break;
      at = tileEnd;
      continue;
    }
    const next = at + 2 + view.getUint16(at + 2);
    if (marker === TILE_PART) {
      const length = view.getUint32(at + 6);
      tileEnd = length === 0 ? 0 : at + length;
    } else if (!MARKERS.has(marker)) coded.unknown.push(`JPEG 2000 marker ${marker.toString(16).toUpperCase()}`);
    else if (marker === SIZE && coded.components > 0) coded.unknown.push('JPEG 2000 size, twice');
    else if (marker === SIZE) readSize(view, at + 4, coded);
    // Mixed as red, green and blue are, before they are coded.
    else if (marker === STYLE && tileEnd === 0) coded.isMixed = view.getUint8(at + 8) === 1;
    at = next;
  }
  return coded;
}

function readSize(view: DataView, at: number, coded: Coded): void {
  const number = (which: number): number => view.getUint32(at + 2 + 4 * which);
  [coded.widthPx, coded.heightPx] = [number(0) - number(2), number(1) - number(3)];
  coded.components = view.getUint16(at + 34);
  const parts = Array.from({ length: coded.components }, (_, i) =>
    [0, 1, 2].map((k) => view.getUint8(at + 36 + 3 * i + k)),
  );
  const first = parts[0] ?? [];
  coded.bits = ((first[0] ?? 0) & 0x7f) + 1;
  if (parts.some(([bits]) => bits !== first[0])) coded.unknown.push('JPEG 2000 components of unlike bits');
  if (parts.some(([bits]) => (bits ?? 0) & 0x80)) coded.unknown.push('JPEG 2000 signed samples');
}
