// A hint of double compression: decoded luma is transformed again block by block (8 x 8 DCT), each
// low-frequency coefficient is counted in steps of its quantiser, and the histograms' roughness
// measured. One compression leaves smooth histograms; a coarser one before it leaves gaps at its
// own multiples. After Lukáš and Fridrich (2003). A number, not a decision.

/**
 * Zigzag positions looked at, as (row, column): the first after DC, where natural pictures have
 * enough non-zero values.
 */
const MODES: readonly (readonly [row: number, column: number])[] = [
  [0, 1],
  [1, 0],
  [2, 0],
  [1, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [2, 1],
  [3, 0],
];
/** Where those positions stand in a zigzag table, from 0. */
const ZIGZAG = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Counts up to this many steps from zero are compared; the tails are too thin. */
const STEPS = 12;
/** Fewer values than this outside zero say nothing. */
const VALUES_NEEDED = 1000;

const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const [k, n] = [i >> 3, i & 7];
  return (k === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * n + 1) * k * Math.PI) / 16);
});

/** One coefficient of the block whose upper left sample is `at`. */
function coefficient(luma: Float32Array, at: number, width: number, row: number, column: number): number {
  let sum = 0;
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) sum += COSINES[row * 8 + y]! * COSINES[column * 8 + x]! * luma[at + y * width + x]!;
  return sum;
}

/**
 * `luma` 0..255 of a picture as stored, not turned, whose first sample is the corner of a block;
 * `table` the 64 steps of its luma quantiser in zigzag order. Null for too little picture.
 */
export function coefficientRoughness(
  luma: Float32Array,
  widthPx: number,
  heightPx: number,
  table: readonly number[],
): number | null {
  const measures = MODES.map(([row, column], i) => {
    const step = table[ZIGZAG[i]!]!;
    const counts = new Float64Array(2 * STEPS + 1);
    for (let y = 0; y + 8 <= heightPx; y += 8)
      for (let x = 0; x + 8 <= widthPx; x += 8) {
        const n = Math.round(coefficient(luma, y * widthPx + x, widthPx, row, column) / step);
        if (Math.abs(n) <= STEPS) counts[n + STEPS]! += 1;
      }
    return roughness(counts);
  }).filter((one) => one !== null);
  return measures.length === 0 ? null : measures.reduce((sum, one) => sum + one, 0) / measures.length;
}

/**
 * Sum of how far each bin but zero and its neighbours lies from the mean of its own neighbours, as
 * a share of all of them.
 */
function roughness(counts: Float64Array): number | null {
  let difference = 0;
  let total = 0;
  for (let i = 1; i + 1 < counts.length; i++) {
    if (Math.abs(i - STEPS) < 2) continue;
    difference += Math.abs(counts[i]! - (counts[i - 1]! + counts[i + 1]!) / 2);
    total += counts[i]!;
  }
  return total < VALUES_NEEDED ? null : difference / total;
}
