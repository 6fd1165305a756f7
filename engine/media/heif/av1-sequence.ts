// The colours that an AV1-coded picture states itself (AV1 Bitstream Specification 1.0.0, 5.3 and
// 5.5), which hold where its container states none, and how many pictures it is. Reads bits, decodes
// nothing. Pure.
import type { CodedColour } from './item-properties.ts';

const [SEQUENCE_HEADER, FRAME_HEADER, FRAME] = [1, 3, 6] as const;

/** Kind and content of each unit (OBU). */
function* unitsIn(units: Uint8Array): Generator<{ kind: number; content: Uint8Array }> {
  for (let at = 0; at < units.length; ) {
    const head = units[at]!;
    const [kind, hasExtension, hasSize] = [(head >> 3) & 15, (head & 4) !== 0, (head & 2) !== 0];
    at += hasExtension ? 2 : 1;
    let size = units.length - at;
    if (hasSize) {
      size = 0;
      for (let i = 0; i < 8; i++) {
        const byte = units[at++] ?? 0;
        size += (byte & 127) * 2 ** (7 * i);
        if (byte < 128) break;
      }
    }
    yield { kind, content: units.subarray(at, at + size) };
    at += size;
  }
}

/** Of the sequence header among units; undefined where there is none, or it ends too soon. */
export function av1Colour(units: Uint8Array): CodedColour | undefined {
  for (const { kind, content } of unitsIn(units)) if (kind === SEQUENCE_HEADER) return colourOfHeader(content);
  return undefined;
}

/** Pictures that units hold: each begins with a header, alone or with its tiles. */
export const av1Pictures = (units: Uint8Array): number =>
  [...unitsIn(units)].filter(({ kind }) => kind === FRAME_HEADER || kind === FRAME).length;

/** Bits one after the other, the highest first; undefined is not told from zero beyond the end. */
function bitsOf(bytes: Uint8Array) {
  let at = 0;
  const read = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  return { read, flag: (): boolean => read(1) === 1, isBeyond: (): boolean => at > 8 * bytes.length };
}
type Bits = ReturnType<typeof bitsOf>;

function colourOfHeader(header: Uint8Array): CodedColour | undefined {
  const bits = bitsOf(header);
  const { read, flag } = bits;
  const profile = read(3);
  read(1);
  const isReduced = flag();
  if (isReduced) read(5);
  else passOperatingPoints(bits);
  const [widthBits, heightBits] = [read(4) + 1, read(4) + 1];
  read(widthBits);
  read(heightBits);
  if (!isReduced && flag()) read(7);
  read(3);
  if (!isReduced) passTools(bits);
  read(3);
  const isDeep = flag();
  if (profile === 2 && isDeep) read(1);
  const isGrey = profile !== 1 && flag();
  const [primaries, transfer, matrix] = flag() ? [read(8), read(8), read(8)] : [2, 2, 2];
  const isRgb = !isGrey && primaries === 1 && transfer === 13 && matrix === 0;
  const full = isRgb || flag();
  return bits.isBeyond() ? undefined : { primaries, transfer, matrix, full };
}

function passOperatingPoints({ read, flag }: Bits): void {
  let delayBits = 0;
  if (flag()) {
    read(64);
    if (flag()) {
      let zeros = 0;
      while (zeros < 32 && !flag()) zeros += 1;
      read(zeros);
    }
    if (flag()) {
      delayBits = read(5) + 1;
      read(42);
    }
  }
  const hasDisplayDelay = flag();
  for (let points = read(5) + 1; points > 0; points--) {
    read(12);
    if (read(5) > 7) read(1);
    if (delayBits > 0 && flag()) read(2 * delayBits + 1);
    if (hasDisplayDelay && flag()) read(4);
  }
}

function passTools({ read, flag }: Bits): void {
  read(4);
  const hasOrder = flag();
  if (hasOrder) read(2);
  const screenTools = flag() ? 2 : read(1);
  if (screenTools > 0 && !flag()) read(1);
  if (hasOrder) read(3);
}
