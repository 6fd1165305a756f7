// Which faces lie so near each other that they may be of one person: average link over their
// embeddings, exactly, in memory that grows with the faces alone. Pure; the same numbers in the same
// order give the same groups on every machine.
//
// [Note: average link without a matrix] The distance of two groups is the mean of the squared distances
// of all pairs between them. It follows from the groups' middles and their spreads: |a - b|² + s(a) + s(b),
// s being the mean squared distance from the middle. So nothing is kept of pairs. Groups are found by
// following nearest neighbours until two are each other's nearest (the chain of Benzécri and de Rham;
// Murtagh 1983), which joins the same groups as joining the nearest two of all each time, for this link
// is reducible: what two groups become lies no nearer to a third than the nearer of them did. For the
// same reason one that has nothing within the threshold never will, and is left out of all that follows.
import { NUMBERS } from '../case/embeddings-file.ts';
import { turnToPrincipalAxes } from './principal-axes.ts';

/** Distances reckoned between two pauses: some ten milliseconds to some hundred. */
const COMPARED_AT_ONCE = 4_000_000;
/** Numbers by which a stranger is told, after they were turned (principal-axes.ts). */
const HEAD = 16;

/** How far it has come: faces that are settled, of those there are. */
export type LinkProgress = { settled: number; faces: number };

/**
 * Groups of at least two rows, in the order of their first rows, each ascending. `numbers`: f32
 * [faces, 128], which is written over. `within`: two groups are joined as long as the root of the mean
 * squared distance between their faces is at most this.
 */
export function* linkFaces(numbers: Float32Array, within: number): Generator<LinkProgress, number[][], undefined> {
  const faces = numbers.length / NUMBERS;
  for (const _ of turnToPrincipalAxes(numbers)) yield { settled: 0, faces };
  const groups = createGroups(numbers, faces);
  const chain: number[] = [];
  const isInChain = new Uint8Array(faces);
  let [compared, settled] = [0, 0];
  for (;;) {
    if (chain.length === 0) {
      const first = groups.first();
      if (first === undefined) break;
      chain.push(first);
      isInChain[first] = 1;
    }
    compared += groups.left();
    if (compared >= COMPARED_AT_ONCE) {
      yield { settled, faces };
      compared = 0;
    }
    const last = chain.at(-1)!;
    const nearest = groups.nearest(last, chain.at(-2), within * within, isInChain);
    if (nearest !== undefined && nearest !== chain.at(-2)) {
      chain.push(nearest);
      isInChain[nearest] = 1;
      continue;
    }
    chain.pop();
    isInChain[last] = 0;
    settled += 1;
    if (nearest === undefined) {
      groups.leaveOut(last);
      continue;
    }
    chain.pop();
    isInChain[nearest] = 0;
    groups.join(nearest, last);
  }
  return groups.all();
}

/** Groups by the row that stands for each; at the beginning every row is one. */
function createGroups(middles: Float32Array, faces: number) {
  // The first numbers of all of them lie together: most of what is compared ends there, and what
  // lies apart in memory takes longer to come than to be compared.
  const heads = new Float32Array(faces * HEAD);
  for (let row = 0; row < faces; row++) heads.set(middles.subarray(row * NUMBERS, row * NUMBERS + HEAD), row * HEAD);
  const spread = new Float64Array(faces);
  const size = new Int32Array(faces).fill(1);
  /** The group that a row was joined to; itself where it stands for one. */
  const joinedTo = Int32Array.from({ length: faces }, (_, i) => i);
  const isOut = new Uint8Array(faces);
  let open = Int32Array.from(joinedTo);
  let left = faces;
  const close = (row: number): void => {
    isOut[row] = 1;
    left -= 1;
    if (left < open.length * 0.9) open = open.filter((one) => isOut[one] === 0);
  };
  return {
    left: () => left,
    first: (): number | undefined => open.find((one) => isOut[one] === 0),
    leaveOut: close,
    /**
     * The nearest that is open and not in the chain, or `before`, which is chosen of equals; then the
     * lowest. Undefined where none is within the root of `most`.
     */
    nearest(of: number, before: number | undefined, most: number, isInChain: Uint8Array): number | undefined {
      const own = spread[of]!;
      let found = before;
      let least = most;
      if (before !== undefined) least = squaredDistance(middles, of, before, 0) + own + spread[before]!;
      const from = of * HEAD;
      for (let i = 0; i < open.length; i++) {
        const one = open[i]!;
        const at = one * HEAD;
        let distance = own + spread[one]!;
        for (let k = 0; k < HEAD; k++) {
          const difference = heads[from + k]! - heads[at + k]!;
          distance += difference * difference;
        }
        if (distance > least || isOut[one] === 1 || isInChain[one] === 1) continue;
        distance += squaredDistance(middles, of, one, HEAD);
        if (distance > least || (distance === least && found !== undefined)) continue;
        [found, least] = [one, distance];
      }
      return found;
    },
    /** The lower row stands for both. */
    join(a: number, b: number): void {
      const [to, from] = a < b ? [a, b] : [b, a];
      const [m, n] = [size[to]!, size[from]!];
      const all = m + n;
      spread[to] =
        (m * spread[to]! + n * spread[from]!) / all + ((m * n) / (all * all)) * squaredDistance(middles, to, from, 0);
      for (let k = 0; k < NUMBERS; k++) {
        const at = to * NUMBERS + k;
        middles[at] = (m * middles[at]! + n * middles[from * NUMBERS + k]!) / all;
      }
      heads.set(middles.subarray(to * NUMBERS, to * NUMBERS + HEAD), to * HEAD);
      size[to] = all;
      joinedTo[from] = to;
      close(from);
    },
    /** Of at least two rows. */
    all(): number[][] {
      const rows = new Map<number, number[]>();
      for (let row = 0; row < faces; row++) {
        let standsFor = row;
        while (joinedTo[standsFor] !== standsFor) standsFor = joinedTo[standsFor]!;
        // The way to it is short the next time.
        joinedTo[row] = standsFor;
        if (size[standsFor]! < 2) continue;
        const known = rows.get(standsFor);
        if (known) known.push(row);
        else rows.set(standsFor, [row]);
      }
      return [...rows.values()];
    },
  };
}

/** Of two middles, from their number `first` on. */
function squaredDistance(middles: Float32Array, a: number, b: number, first: number): number {
  const [from, to] = [a * NUMBERS, b * NUMBERS];
  let sum = 0;
  for (let k = first; k < NUMBERS; k++) {
    const difference = middles[from + k]! - middles[to + k]!;
    sum += difference * difference;
  }
  return sum;
}
