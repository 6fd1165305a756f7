// What of a Windows bitmap is not known here (Microsoft's BITMAPCOREHEADER to BITMAPV5HEADER). Its palette's
// size, colours and profile are held against its head by other-colours.ts. Pure.

const HEADS = [12, 40, 52, 56, 64, 108, 124];
/** OS/2's numbers of codings beyond the first three are others. */
const OS2_HEAD = 64;
const BITS = [1, 4, 8, 16, 24, 32];
const [RGB, RLE8, RLE4, BITFIELDS, ALPHA_BITFIELDS] = [0, 1, 2, 3, 6] as const;
/** Red, green, blue. */
const MASKS = new Set([
  ...['7c00 3e0 1f', 'f800 7e0 1f', 'f00 f0 f'],
  ...['ff0000 ff00 ff', 'ff ff00 ff0000', 'ff000000 ff0000 ff00', 'ff00 ff0000 ff000000'],
]);

/** Names of parts; empty where all is known. */
export function unknownInBmp(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = view.getUint32(14, true);
  const found = HEADS.includes(head) ? [] : [`BMP head of ${head} bytes`];
  const isOld = head < 40;
  const [planes, bits] = isOld
    ? [view.getUint16(22, true), view.getUint16(24, true)]
    : [view.getUint16(26, true), view.getUint16(28, true)];
  if (planes !== 1) found.push(`BMP of ${planes} planes`);
  if (!BITS.includes(bits)) found.push(`BMP of ${bits} bits`);
  const compression = isOld ? RGB : view.getUint32(30, true);
  if (!isOld) found.push(...unknownCoding(view, { head, bits, compression }));
  const from = view.getUint32(10, true);
  const masks = (compression === BITFIELDS || compression === ALPHA_BITFIELDS) && head === 40 ? 16 : 0;
  const colours = isOld ? 0 : view.getUint32(46, true);
  const room = from - 14 - head - masks - (bits > 8 ? 4 * colours : 0);
  // Where the head says that pixels lie, and where they would without that.
  if (bits > 8 && (room > 0 || room < -4) && !isFilling(bytes, from - room, from))
    found.push('BMP bytes between its head and its pixels');
  return found;
}

const isFilling = (bytes: Uint8Array, from: number, to: number): boolean =>
  from <= to && bytes.subarray(from, to).every((byte) => byte === 0);

function unknownCoding(
  view: DataView,
  { head, bits, compression }: { head: number; bits: number; compression: number },
): string[] {
  const found: string[] = [];
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)];
  const isPacked = compression === RLE8 || compression === RLE4;
  const hasMasks = head !== OS2_HEAD && (compression === BITFIELDS || compression === ALPHA_BITFIELDS);
  const isUsual =
    compression === RGB ||
    (compression === RLE8 && bits === 8) ||
    (compression === RLE4 && bits === 4) ||
    (hasMasks && (bits === 16 || bits === 32));
  if (!isUsual) found.push(`BMP coding ${compression} of ${bits} bits`);
  if (width <= 0 || (height < 0 && isPacked)) found.push('BMP sides of another kind');
  if (isPacked && skipsPixels(view, { width, height, isHalfBytes: compression === RLE4 }))
    found.push('BMP runs that leave pixels out');
  if (!hasMasks || view.byteLength < 70) return found;
  const colours = [54, 58, 62].map((at) => view.getUint32(at, true));
  const masks = colours.map((mask) => mask.toString(16)).join(' ');
  const opacity = head >= 56 || compression === ALPHA_BITFIELDS ? view.getUint32(66, true) : 0;
  // Of 32 bits it is what the colours leave; of 16 it is left aside here, and drawn by others.
  const left = bits === 32 ? ~colours.reduce((all, mask) => all | mask, 0) >>> 0 : 0;
  if (!MASKS.has(masks) || (opacity !== 0 && opacity !== left))
    found.push(`BMP masks ${masks} ${opacity.toString(16)}`);
  return found;
}

/** Programs show what is left out black, in the first colour, or not at all. */
function skipsPixels(
  view: DataView,
  { width, height, isHalfBytes }: { width: number; height: number; isHalfBytes: boolean },
): boolean {
  let [inLine, lines] = [0, 0];
  for (let at = view.getUint32(10, true); at + 2 <= view.byteLength; ) {
    const [count, what] = [view.getUint8(at), view.getUint8(at + 1)];
    at += 2;
    if (count > 0) inLine += count;
    else if (what === 0 || what === 1) {
      // The last line may end with the picture.
      if (inLine < width && (what === 0 || inLine > 0)) return true;
      if (inLine > 0) lines += 1;
      if (what === 1) return lines < height;
      inLine = 0;
    } else if (what === 2) return true;
    else {
      inLine += what;
      const literal = isHalfBytes ? Math.ceil(what / 2) : what;
      at += literal + (literal & 1);
    }
  }
  return true;
}
