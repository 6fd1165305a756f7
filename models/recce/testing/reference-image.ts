// The reference's input pictures, integer arithmetic only: the same in every language. Tests and
// benches only.
import { randomStream } from '../../tensor/random.ts';

/** Triangle wave 0..255 of half period `period`. */
const triangle = (t: number, period: number): number => {
  const r = ((t % (2 * period)) + 2 * period) % (2 * period);
  return Math.floor(((r < period ? r : 2 * period - r) * 255) / period);
};

/** Picture `n`, 8-bit, [3, side, side] plane by plane. */
export function referenceImage(n: number, side: number): Uint8Array {
  const out = new Uint8Array(3 * side * side);
  for (let c = 0; c < 3; c++) {
    const stream = randomStream(Number((BigInt(n * 3 + c + 1) * 2654435761n) % 4294967296n));
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const even = n % 2 === 0;
        const a = even
          ? triangle(x * (3 + c) + y * 2 + n * 40, 128)
          : triangle(x * (1 + c) + y * (4 - c) + n * 91, 211);
        const b = even ? triangle(y * (5 - c) + x + 17 * n, 97) : triangle(Math.floor((x * y) / 16) + 31 * c, 53);
        const p = Math.floor((a * 2 + b) / 4) + (stream.word() & 63);
        const q = Math.floor((p * (3 + n)) / 4) - 20 * n + 10 * c;
        out[(c * side + y) * side + x] = Math.min(255, Math.max(0, q));
      }
  }
  return out;
}
