// Where the picture of a file ends whose length follows from its head and its coding: bitmaps,
// portable maps, PCX, QOI, SGI, Windows icons. Decodes nothing. Each gives the place behind the
// picture, beyond the bytes where they end too soon, undefined where it cannot be told. Pure.

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const [RGB, RLE8, RLE4, BITFIELDS, ALPHA_BITFIELDS] = [0, 1, 2, 3, 6];
const OLD_BITMAP_HEAD_BYTES = 12;
const EMBEDDED_PROFILE = 0x4d424544;

/** Microsoft's BITMAPCOREHEADER, BITMAPINFOHEADER and BITMAPV5HEADER; the size in the head is often wrong. */
export function bmpEnd(bytes: Uint8Array): number | undefined {
  if (bytes.length < 26) return undefined;
  const view = viewOf(bytes);
  const [from, headBytes] = [view.getUint32(10, true), view.getUint32(14, true)];
  if (headBytes === OLD_BITMAP_HEAD_BYTES)
    return from + rowBytes(view.getUint16(18, true), view.getUint16(24, true)) * view.getUint16(20, true);
  if (bytes.length < 54) return undefined;
  const [width, height, bits] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true)), view.getUint16(28, true)];
  const compression = view.getUint32(30, true);
  const end = [RGB, BITFIELDS, ALPHA_BITFIELDS].includes(compression)
    ? from + rowBytes(width, bits) * height
    : compression === RLE8 || compression === RLE4
      ? runsEnd(bytes, from, compression === RLE4)
      : undefined;
  if (end === undefined || headBytes < 124 || bytes.length < 138) return end;
  if (view.getUint32(70, true) !== EMBEDDED_PROFILE) return end;
  return Math.max(end, 14 + view.getUint32(126, true) + view.getUint32(130, true));
}

/** Bytes of a row of a bitmap, filled to whole words. */
export const rowBytes = (width: number, bits: number): number => 4 * Math.ceil((width * bits) / 32);

/** Behind the mark that ends a bitmap of runs. */
function runsEnd(bytes: Uint8Array, from: number, isHalfBytes: boolean): number | undefined {
  for (let at = from; at + 2 <= bytes.length; ) {
    const [count, what] = [bytes[at]!, bytes[at + 1]!];
    at += 2;
    if (count > 0 || what === 0) continue;
    if (what === 1) return at;
    const literal = isHalfBytes ? Math.ceil(what / 2) : what;
    at += what === 2 ? 2 : literal + (literal & 1);
  }
  return undefined;
}

/** The maps of netpbm, whose files may hold several behind each other. Space behind one belongs to it. */
export function portableMapEnd(bytes: Uint8Array): number | undefined {
  const end = bytes[1] === 0x37 ? arbitraryMapEnd(bytes) : plainMapEnd(bytes);
  if (end === undefined) return undefined;
  let at = end;
  while (at < bytes.length && isSpace(bytes[at]!)) at++;
  return at;
}

/** Blank, tab, line feed, vertical tab, form feed, carriage return. */
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const sampleBytes = (most: number): number => (most > 255 ? 2 : 1);
const MOST_HEAD_BYTES = 65_536;

function arbitraryMapEnd(bytes: Uint8Array): number | undefined {
  const text = Buffer.from(bytes.subarray(0, MOST_HEAD_BYTES)).toString('latin1');
  const mark = /^ENDHDR[^\n]*\n/m.exec(text);
  if (!mark) return undefined;
  const head = text.slice(0, mark.index);
  const number = (name: string): number => Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(head)?.[1]);
  const samples = number('WIDTH') * number('HEIGHT') * number('DEPTH');
  const end = mark.index + mark[0].length + samples * sampleBytes(number('MAXVAL'));
  return Number.isNaN(end) ? undefined : end;
}

function plainMapEnd(bytes: Uint8Array): number | undefined {
  const kind = bytes[1]! - 0x30;
  const isOfBits = kind === 1 || kind === 4;
  const reader = { bytes, at: 2 };
  const [width, height] = [nextNumber(reader), nextNumber(reader)];
  const most = isOfBits ? 1 : nextNumber(reader);
  if (width === undefined || height === undefined || most === undefined) return undefined;
  const samples = width * height * (kind === 3 || kind === 6 ? 3 : 1);
  if (kind > 3) return reader.at + 1 + (isOfBits ? Math.ceil(width / 8) * height : samples * sampleBytes(most));
  for (let n = 0; n < samples; n++) if (nextNumber(reader, isOfBits) === undefined) return undefined;
  return reader.at;
}

/** The next number in digits, or the next digit alone, behind space and comments. */
function nextNumber(reader: { bytes: Uint8Array; at: number }, isOneDigit = false): number | undefined {
  const { bytes } = reader;
  while (reader.at < bytes.length && !isDigit(bytes[reader.at]!)) {
    if (bytes[reader.at] === 0x23) while (reader.at < bytes.length && bytes[reader.at] !== 0x0a) reader.at++;
    else if (!isSpace(bytes[reader.at]!)) return undefined;
    reader.at++;
  }
  if (reader.at >= bytes.length) return undefined;
  let value = 0;
  do value = value * 10 + bytes[reader.at++]! - 0x30;
  while (!isOneDigit && reader.at < bytes.length && isDigit(bytes[reader.at]!));
  return value;
}

const QOI_HEAD_BYTES = 14;
const QOI_END_MARK = [0, 0, 0, 0, 0, 0, 0, 1];

/** Chunks of one to five bytes, each of one pixel or a run of up to 62, and an end mark (QOI's specification). */
export function qoiEnd(bytes: Uint8Array): number {
  if (bytes.length < QOI_HEAD_BYTES) return QOI_HEAD_BYTES;
  const view = viewOf(bytes);
  let missing = view.getUint32(4) * view.getUint32(8);
  let at = QOI_HEAD_BYTES;
  while (missing > 0 && at < bytes.length) {
    const chunk = bytes[at]!;
    at += chunk === 0xff ? 5 : chunk === 0xfe ? 4 : chunk >> 6 === 2 ? 2 : 1;
    missing -= chunk < 0xfe && chunk >> 6 === 3 ? (chunk & 63) + 1 : 1;
  }
  if (missing > 0) return bytes.length + 1;
  return QOI_END_MARK.every((byte, i) => bytes[at + i] === byte) ? at + QOI_END_MARK.length : at;
}

const PCX_HEAD_BYTES = 128;
const [PCX_PALETTE, PCX_PALETTE_BYTES] = [0x0c, 769];

/** Lines of runs, a run ends with its line, and a palette of 256 colours (ZSoft's technical reference). */
export function pcxEnd(bytes: Uint8Array): number {
  if (bytes.length < PCX_HEAD_BYTES) return PCX_HEAD_BYTES;
  const view = viewOf(bytes);
  const lines = view.getUint16(10, true) - view.getUint16(6, true) + 1;
  const lineBytes = bytes[65]! * view.getUint16(66, true);
  let at = PCX_HEAD_BYTES;
  for (let line = 0; line < lines; line++)
    for (let filled = 0; filled < lineBytes; ) {
      if (at >= bytes.length) return bytes.length + 1;
      const isRun = bytes[at]! >= 0xc0;
      filled += isRun ? bytes[at]! & 63 : 1;
      at += isRun ? 2 : 1;
    }
  const hasPalette = bytes[3] === 8 && bytes[65] === 1 && bytes[at] === PCX_PALETTE;
  return hasPalette && at + PCX_PALETTE_BYTES <= bytes.length ? at + PCX_PALETTE_BYTES : at;
}

const SGI_HEAD_BYTES = 512;

/** Planes of rows, or of rows in runs that a table places (SGI's image file format). */
export function sgiEnd(bytes: Uint8Array): number | undefined {
  if (bytes.length < SGI_HEAD_BYTES) return undefined;
  const view = viewOf(bytes);
  const dimensions = view.getUint16(4);
  const rows = (dimensions > 1 ? view.getUint16(8) : 1) * (dimensions > 2 ? view.getUint16(10) : 1);
  if (bytes[2] === 0) return SGI_HEAD_BYTES + rows * view.getUint16(6) * bytes[3]!;
  const [starts, lengths] = [SGI_HEAD_BYTES, SGI_HEAD_BYTES + 4 * rows];
  let end = SGI_HEAD_BYTES + 8 * rows;
  if (end > bytes.length) return undefined;
  for (let row = 0; row < rows; row++)
    end = Math.max(end, view.getUint32(starts + 4 * row) + view.getUint32(lengths + 4 * row));
  return end;
}

/** The farthest byte of the pictures that a Windows icon's directory names. */
export function iconEnd(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  const count = view.getUint16(4, true);
  if (6 + 16 * count > bytes.length) return undefined;
  const ends = Array.from(
    { length: count },
    (_, i) => view.getUint32(6 + 16 * i + 8, true) + view.getUint32(6 + 16 * i + 12, true),
  );
  return Math.max(6 + 16 * count, ...ends);
}
