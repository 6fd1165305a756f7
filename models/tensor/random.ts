// Chance that is the same everywhere: streams of numbers drawn from a name or a seed. models/ has
// no randomness of its own; whoever needs chance is given a stream.

/** FNV-1a, 32 bits, of the UTF-8 bytes of `text`. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function* utf8(text: string): Generator<number> {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) yield code;
    else if (code < 0x800) yield* [0xc0 | (code >> 6), 0x80 | (code & 63)];
    else if (code < 0x10000) yield* [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
    else yield* [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  }
}

/**
 * A stream of chance. `draws` is how many 32-bit words were taken: a stream is resumed by skipping
 * as many.
 */
export type RandomStream = {
  /** Uniform 32-bit word. */
  word(): number;
  /** Uniform in [low, high); multiples of 2^-24 of the span. */
  uniform(low?: number, high?: number): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Normal variate (Box-Muller, two words each). */
  normal(mean?: number, std?: number): number;
  /** A stream of its own for `name`, independent of how much was drawn here. */
  fork(name: string): RandomStream;
};

/**
 * mulberry32 stream of a seed (32 bits). Source: the public-domain generator of T. Ettinger;
 * counter based.
 */
export function randomStream(seed: number): RandomStream {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t = t ^ (t + Math.imul(t ^ (t >>> 7), t | 61));
    return (t ^ (t >>> 14)) >>> 0;
  };
  const uniform = (low = 0, high = 1): number => low + (high - low) * ((word() >>> 8) * 2 ** -24);
  return {
    word,
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal: (mean = 0, std = 1) => {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      return mean + std * radius * Math.cos(2 * Math.PI * uniform());
    },
    fork: (name) => randomStream(fnv1a32(`${seed >>> 0}/${name}`)),
  };
}

/** `size` float32 values, uniform in [low, high): float64 arithmetic with one rounding. */
export function uniformFloat32(stream: RandomStream, size: number, low: number, high: number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = stream.uniform(low, high);
  return values;
}
