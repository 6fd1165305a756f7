// The boxes of an ISO base media file (ISO/IEC 14496-12, 4.2), read within bounds: every step moves
// forward, nothing is read outside its box.
import { corrupt, HeifRefusal } from './heif-refusal.ts';

/** Where a box's content lies in the file, without its header. */
export type Box = { type: string; from: number; to: number };
/**
 * With its header, from `start` on; `end` as its own size says, beyond the file where it is cut.
 * `isOpen`: to the end of what it lies in.
 */
export type WholeBox = Box & { start: number; end: number; isOpen: boolean };

/** Numbers and texts one after the other, big-endian. Throws HeifRefusal beyond the end. */
export class BoxReader {
  readonly #view: DataView;
  readonly #to: number;
  readonly #name: string;
  at: number;

  constructor(bytes: Uint8Array, { from, to, type }: Box) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = from;
    this.#to = to;
    this.#name = type;
  }

  get left(): number {
    return this.#to - this.at;
  }

  /** The place of the next `size` bytes, which are then behind. */
  skip(size: number): number {
    if (size > this.left) throw corrupt({ kind: 'boxTooShort', box: this.#name });
    const at = this.at;
    this.at += size;
    return at;
  }

  u8 = (): number => this.#view.getUint8(this.skip(1));
  u16 = (): number => this.#view.getUint16(this.skip(2));
  u32 = (): number => this.#view.getUint32(this.skip(4));
  i32 = (): number => this.#view.getInt32(this.skip(4));

  /** A 64-bit number; what no file can hold is refused. */
  u64(): number {
    const value = this.#view.getBigUint64(this.skip(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt({ kind: 'boxNumberOutOfRange', box: this.#name });
    return Number(value);
  }

  /** An unsigned number of 0, 4 or 8 bytes, as item locations have them. */
  sized(size: number): number {
    if (size === 0) return 0;
    if (size === 4) return this.u32();
    if (size === 8) return this.u64();
    throw corrupt({ kind: 'boxNumberBytes', box: this.#name, bytes: size });
  }

  /** Four characters; bytes that are not printable are written as `.`. */
  fourCc(): string {
    return Array.from({ length: 4 }, () => printable(this.u8())).join('');
  }

  /** Characters up to a zero or the end. */
  text(): string {
    let text = '';
    while (this.left > 0) {
      const byte = this.u8();
      if (byte === 0) break;
      text += printable(byte);
    }
    return text;
  }

  /** Version and flags that a full box begins with. */
  fullBox(): { version: number; flags: number } {
    const word = this.u32();
    return { version: word >>> 24, flags: word & 0xffffff };
  }
}

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

/**
 * The boxes between two places. A box that reaches beyond
 * `to` is refused, except at the top of a file (`cutAllowed`), where what is missing may be a part
 * that is not needed: it ends where the file ends.
 */
export function* boxesIn(bytes: Uint8Array, from: number, to: number, cutAllowed = false): Generator<WholeBox> {
  for (let at = from; at + 8 <= to; ) {
    const header = new BoxReader(bytes, { type: 'outer', from: at, to });
    const size = header.u32();
    const type = header.fourCc();
    const length = size === 1 ? header.u64() : size === 0 ? to - at : size;
    const end = at + length;
    if (length < header.at - at) throw corrupt({ kind: 'boxSmallerThanHeader', box: type });
    if (end > to && !cutAllowed) throw corrupt({ kind: 'boxBeyondOuter', box: type });
    yield { type, from: header.at, to: Math.min(end, to), start: at, end, isOpen: size === 0 };
    at = end;
  }
}

/** The boxes at the top of a file up to what is none. */
export function* topBoxes(bytes: Uint8Array): Generator<WholeBox> {
  try {
    yield* boxesIn(bytes, 0, bytes.length, true);
  } catch (error) {
    if (!(error instanceof HeifRefusal)) throw error;
  }
}

/**
 * The first box of a type at the top of the file. Throws HeifRefusal where the file ends inside it.
 */
export function findTopBox(bytes: Uint8Array, type: string): Box | undefined {
  for (const box of boxesIn(bytes, 0, bytes.length, true)) {
    if (box.type !== type) continue;
    if (box.end > box.to) throw new HeifRefusal('truncated', { kind: 'endsInsideBox', box: type });
    return box;
  }
  return undefined;
}
