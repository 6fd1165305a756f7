// Decoded pixels with an ICC profile or transparency -> an uncompressed TIFF in memory (TIFF 6.0),
// which is then read by the one decoder that treats profile and transparency of all other
// photographs. Pure.
import type { Pixels } from './transform-picture.ts';

/** Tag numbers of TIFF 6.0; 34675 is the ICC profile (ICC.1, B.4). */
type Entry = { tag: number; type: 3 | 4 | 7; values: readonly number[] | Uint8Array };

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const SIZES = { 3: 2, 4: 4, 7: 1 } as const;
/** Bytes of a strip, about: readers hold one at a time. */
const STRIP_BYTES = 1 << 20;

/** Pixels; `isInk`: their channels are C, M, Y, K. */
type PixelsOrInk = Pixels & { isInk?: boolean };

/** One channel is grey, three are R, G, B; a fourth is unassociated alpha, or ink. */
export function tiffFromPixels(
  { widthPx, heightPx, channels, data, isInk = false }: PixelsOrInk,
  profile: Uint8Array | undefined,
): Buffer {
  const rowBytes = widthPx * channels;
  const rowsPerStrip = Math.max(1, Math.floor(STRIP_BYTES / rowBytes));
  const strips = Math.ceil(heightPx / rowsPerStrip);
  const stripRows = Array.from({ length: strips }, (_, i) => Math.min(rowsPerStrip, heightPx - i * rowsPerStrip));
  const header = 8;
  const entries: Entry[] = [
    { tag: 256, type: LONG, values: [widthPx] },
    { tag: 257, type: LONG, values: [heightPx] },
    { tag: 258, type: SHORT, values: Array.from({ length: channels }, () => 8) },
    { tag: 259, type: SHORT, values: [1] },
    { tag: 262, type: SHORT, values: [isInk ? 5 : channels === 1 ? 1 : 2] },
    { tag: 273, type: LONG, values: stripRows.map((_, i) => header + i * rowsPerStrip * rowBytes) },
    { tag: 277, type: SHORT, values: [channels] },
    { tag: 278, type: LONG, values: [rowsPerStrip] },
    { tag: 279, type: LONG, values: stripRows.map((rows) => rows * rowBytes) },
    { tag: 284, type: SHORT, values: [1] },
    ...(channels === 4 && !isInk ? [{ tag: 338, type: SHORT, values: [2] } as const] : []),
    ...(profile ? [{ tag: 34675, type: UNDEFINED, values: profile } as const] : []),
  ];
  const directoryAt = header + data.length + (data.length % 2);
  const head = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(directoryAt, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2), directoryFrom(entries, directoryAt)]);
}

/** The image file directory and, behind it, the values that do not fit into an entry. */
function directoryFrom(entries: readonly Entry[], at: number): Buffer {
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  const behind: Buffer[] = [];
  let next = at + directory.length;
  for (const [i, entry] of entries.entries()) {
    const place = 2 + i * 12;
    const value = valueBytes(entry);
    directory.writeUInt16LE(entry.tag, place);
    directory.writeUInt16LE(entry.type, place + 2);
    directory.writeUInt32LE(entry.values.length, place + 4);
    if (value.length <= 4) value.copy(directory, place + 8);
    else {
      directory.writeUInt32LE(next, place + 8);
      behind.push(value);
      next += value.length;
    }
  }
  return Buffer.concat([directory, ...behind]);
}

/** Little-endian, padded to an even length so that every value begins at one. */
function valueBytes({ type, values }: Entry): Buffer {
  const size = SIZES[type];
  const bytes = Buffer.alloc(values.length * size + ((values.length * size) % 2));
  for (let i = 0; i < values.length; i++) bytes.writeUIntLE(values[i]!, i * size, size);
  return bytes;
}
