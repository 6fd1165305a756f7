// The head of a JPEG XL code stream (ISO/IEC 18181-1, annex D): whether it has a preview, and channels beside
// its colours. Pure.

/** Numbers of bits, the lowest first. */
class Bits {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = 8 * from;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError('the head of the code stream is cut short');
      value += ((byte >> (this.#at & 7)) & 1) * 2 ** i;
    }
    return value;
  }

  is = (): boolean => this.read(1) === 1;

  /** One of four: so many further bits, and what is added to them. */
  oneOf(...ways: readonly (readonly [bits: number, more: number])[]): number {
    const [bits, more] = ways[this.read(2)]!;
    return this.read(bits) + more;
  }

  kind = (): number => this.oneOf([0, 0], [0, 1], [4, 2], [6, 18]);
}

const OPACITY = 0;
const [SPOT, FILTERS] = [2, 5] as const;

/** Kinds of the channels beside the colours (0 is opacity); `hasPreview`: then they are not read. Throws where it is cut. */
export function jxlHead(codestream: Uint8Array): { hasPreview: boolean; channels: number[] } {
  const bits = new Bits(codestream, 2);
  readSize(bits);
  if (bits.is()) return { hasPreview: false, channels: [] };
  if (bits.is()) {
    bits.read(3);
    if (bits.is()) readSize(bits);
    if (bits.is()) return { hasPreview: true, channels: [] };
    if (bits.is()) readAnimation(bits);
  }
  readDepth(bits);
  bits.read(1);
  const count = bits.oneOf([0, 0], [0, 1], [4, 2], [12, 1]);
  return { hasPreview: false, channels: Array.from({ length: count }, () => readChannel(bits)) };
}

function readSize(bits: Bits): void {
  const isSmall = bits.is();
  const side = (): number => (isSmall ? bits.read(5) : bits.oneOf([9, 1], [13, 1], [18, 1], [30, 1]));
  side();
  if (bits.read(3) === 0) side();
}

function readAnimation(bits: Bits): void {
  bits.oneOf([0, 100], [0, 1000], [10, 1], [30, 1]);
  bits.oneOf([0, 1], [0, 1001], [8, 1], [10, 1]);
  bits.oneOf([0, 0], [3, 0], [16, 0], [32, 0]);
  bits.read(1);
}

function readDepth(bits: Bits): void {
  if (!bits.is()) {
    bits.oneOf([0, 8], [0, 10], [0, 12], [6, 1]);
    return;
  }
  bits.oneOf([0, 32], [0, 16], [0, 24], [6, 1]);
  bits.read(4);
}

function readChannel(bits: Bits): number {
  if (bits.is()) return OPACITY;
  const kind = bits.kind();
  readDepth(bits);
  bits.oneOf([0, 0], [0, 3], [0, 4], [3, 1]);
  for (let letters = bits.oneOf([0, 0], [4, 0], [5, 16], [10, 48]); letters > 0; letters--) bits.read(8);
  if (kind === OPACITY) bits.read(1);
  if (kind === SPOT) bits.read(64);
  if (kind === FILTERS) bits.oneOf([0, 1], [2, 0], [4, 3], [8, 19]);
  return kind;
}
