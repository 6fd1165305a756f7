// Whether two renderings of one picture, whose light may differ from place to place as that of a screen of
// high dynamic range does from that of an ordinary one, keep the same order: what is lighter than its
// neighbours in one is not darker in the other. In fine and in coarse. Pure.
import { hasPatches, PATCH, SEEN_REST, type Shades, spreadsOf } from './other-renderings.ts';

/** What differs by no more is alike to the eye, and to the search for faces. */
const ALIKE = 2;
/** Renderings of cameras and phones lift contrast up to five times where the base is nearly white. */
const MOST_LIFTED = 6;
/** What has fewer cells on its longer side is not made smaller once more. */
const SMALLEST = 36;

/** Fewer cells on a side hold no place that is as large as a face. */
const FEWEST = 3 * PATCH;

/**
 * Does `other` show what is not in `looked`, or hardly? Both of one size. `leastPx`: pixels of a side of
 * the smallest cells that are compared; `rest`: from what difference on. What has too few cells to be
 * compared at all may show anything.
 */
export function isOfOtherOrder(
  other: Shades,
  looked: Shades,
  { leastPx = 0, rest = SEEN_REST }: { leastPx?: number; rest?: number } = {},
): boolean {
  let [a, b] = [other, looked];
  let wasCompared = false;
  while (Math.min(a.widthPx, a.heightPx) >= FEWEST) {
    const isCompared = a.blockPx >= leastPx;
    wasCompared ||= isCompared;
    if (isCompared && hasPatches(b, (at) => isOtherPatch(a, b, at, rest))) return true;
    if (isCompared && Math.max(a.widthPx, a.heightPx) < 2 * SMALLEST) return false;
    [a, b] = [halved(a), halved(b)];
  }
  return !wasCompared;
}

function isOtherPatch(other: Shades, looked: Shades, at: number, rest: number): boolean {
  const { inA, inB, n } = spreadsOf(other, looked, at);
  if (inB <= n * rest ** 2) return false;
  return inA * MOST_LIFTED ** 2 < inB || outOfOrder(other, looked, at) > n * rest ** 2;
}

/** Sum of squares that the best rising steps, by the light of the one that is looked at, leave over. */
function outOfOrder(other: Shades, looked: Shades, at: number): number {
  const cells = Array.from(
    { length: PATCH * PATCH },
    (_, i) => at + Math.floor(i / PATCH) * looked.widthPx + (i % PATCH),
  ).sort((a, b) => looked.values[a]! - looked.values[b]!);
  const steps: { sum: number; squares: number; n: number }[] = [];
  for (let from = 0; from < cells.length; ) {
    const step = { sum: 0, squares: 0, n: 0 };
    const darkest = looked.values[cells[from]!]!;
    for (; from < cells.length && looked.values[cells[from]!]! - darkest <= ALIKE; from++) {
      const value = other.values[cells[from]!]!;
      step.sum += value;
      step.squares += value ** 2;
      step.n += 1;
    }
    // A step that falls is one with the steps before it (pool adjacent violators).
    for (let last = steps.at(-1); last && last.sum / last.n > step.sum / step.n; last = steps.at(-1)) {
      step.sum += last.sum;
      step.squares += last.squares;
      step.n += last.n;
      steps.pop();
    }
    steps.push(step);
  }
  return steps.reduce((rest, { sum, squares, n }) => rest + squares - sum ** 2 / n, 0);
}

/** Each two by two cells as one; a last row or column that is alone is left away. */
function halved({ widthPx, heightPx, blockPx, values }: Shades): Shades {
  const [columns, rows] = [widthPx >> 1, heightPx >> 1];
  const out = new Float32Array(columns * rows);
  for (let y = 0, at = 0; y < rows; y++)
    for (let x = 0; x < columns; x++, at++) {
      const from = 2 * y * widthPx + 2 * x;
      out[at] = (values[from]! + values[from + 1]! + values[from + widthPx]! + values[from + widthPx + 1]!) / 4;
    }
  return { widthPx: columns, heightPx: rows, blockPx: 2 * blockPx, values: out };
}
