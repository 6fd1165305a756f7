// A cursor over bytes that knows where the file ends.
import { CheckpointError } from './checkpoint-error.ts';

/** Characters put together at a time: one by one, V8 keeps a node of 32 bytes for each. */
const CHUNK = 4096;

/** UTF-8 bytes as text; malformed sequences become U+FFFD. */
export function textFromUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const { code, length } = characterAt(bytes, i);
    codes.push(code);
    i += length;
    if (codes.length < CHUNK) continue;
    parts.push(String.fromCodePoint(...codes));
    codes = [];
  }
  return parts.join('') + String.fromCodePoint(...codes);
}

function characterAt(bytes: Uint8Array, i: number): { code: number; length: number } {
  const first = bytes[i]!;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
  if (length === 0 || i + length > bytes.length) return { code: 0xfffd, length: 1 };
  let code = length === 1 ? first : first & (0xff >> (length + 1));
  for (let k = 1; k < length; k++) code = (code << 6) | (bytes[i + k]! & 0x3f);
  return { code: code <= 0x10ffff ? code : 0xfffd, length };
}

/**
 * Reads little-endian numbers from `bytes`, from `at` on. Throws CheckpointError `truncated` past
 * the end.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves on by `size` bytes and returns where they begin. */
  #take(size: number): number {
    const start = this.at;
    if (size < 0 || start + size > this.bytes.length)
      throw new CheckpointError(
        'truncated',
        `The file ends too early: ${size} bytes were expected at ${start}, the file has ${this.bytes.length}. Copy it again.`,
      );
    this.at = start + size;
    return start;
  }

  u8 = (): number => this.#view.getUint8(this.#take(1));
  u16 = (): number => this.#view.getUint16(this.#take(2), true);
  u32 = (): number => this.#view.getUint32(this.#take(4), true);
  i32 = (): number => this.#view.getInt32(this.#take(4), true);
  f64BigEndian = (): number => this.#view.getFloat64(this.#take(8), false);

  /** 64-bit length; refuses what no file can hold. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new CheckpointError('badStructure', `A length of ${value} is impossible.`);
    return Number(value);
  }

  /** A view of the next `size` bytes, not a copy. */
  take(size: number): Uint8Array {
    const start = this.#take(size);
    return this.bytes.subarray(start, start + size);
  }

  /** Text up to the next line feed, which is skipped. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new CheckpointError('truncated', 'The file ends inside a line of text.');
    const text = textFromUtf8(this.take(end - this.at));
    this.at += 1;
    return text;
  }
}
