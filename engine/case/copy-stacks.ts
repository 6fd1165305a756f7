// Files of a case that are near copies of each other, in stacks, of what is kept of its pictures. A stack
// holds together by its pairs: two files of it need not be near copies themselves.
import type { Sha256 } from '../../contract/brand.ts';
import type { CopyPair, CopyStack } from '../../contract/copies.ts';
import type { ReadableCase } from './db/case-handle.ts';
import type { KeptPicture } from './hashes-file.ts';
import { picturePlace } from './rows/copies.ts';

/** Two files by their nearest pictures, which are named by their numbers. */
type Pair = { one: number; other: number; bits: number; likeness: number; isMirrored: boolean };

/** Each pair of files once, by their nearest pictures. */
function pairsOf(kept: readonly KeptPicture[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const [other, { of, near = [] }] of kept.entries())
    for (const [one, bits, likeness, mirrored] of near) {
      const key = [kept[one]!.of, of].sort().join(' ');
      const known = pairs.get(key);
      if (!known || bits < known.bits || (bits === known.bits && likeness > known.likeness))
        pairs.set(key, { one, other, bits, likeness, isMirrored: mirrored === 1 });
    }
  return [...pairs.values()];
}

/** Which file stands for the stack of each. */
function createRoots() {
  const above = new Map<Sha256, Sha256>();
  const rootOf = (file: Sha256): Sha256 => {
    let root = file;
    for (let up = above.get(root); up !== undefined; up = above.get(root)) root = up;
    if (root !== file) above.set(file, root);
    return root;
  };
  return {
    rootOf,
    join(one: Sha256, other: Sha256): void {
      const [a, b] = [rootOf(one), rootOf(other)];
      if (a !== b) above.set(b, a);
    },
  };
}

/** The stacks as numbers of pictures: files that each had a hash first, and pairs, nearest first. */
type Numbered = { files: number[]; pairs: Pair[] };

/** In the order of the case. */
export function numberedStacks(kept: readonly KeptPicture[]): Numbered[] {
  const pairs = pairsOf(kept);
  const roots = createRoots();
  for (const { one, other } of pairs) roots.join(kept[one]!.of, kept[other]!.of);
  const inPairs = new Set(pairs.flatMap(({ one, other }) => [kept[one]!.of, kept[other]!.of]));
  const stacks = new Map<Sha256, Numbered>();
  const seen = new Set<Sha256>();
  for (const [i, { of }] of kept.entries()) {
    if (!inPairs.has(of) || seen.has(of)) continue;
    seen.add(of);
    const root = roots.rootOf(of);
    const stack = stacks.get(root) ?? { files: [], pairs: [] };
    stack.files.push(i);
    stacks.set(root, stack);
  }
  for (const pair of pairs) stacks.get(roots.rootOf(kept[pair.one]!.of))!.pairs.push(pair);
  for (const { pairs: own } of stacks.values())
    own.sort((a, b) => a.bits - b.bits || b.likeness - a.likeness || a.one - b.one || a.other - b.other);
  return [...stacks.values()];
}

/** A stack with its places; of a film among its files no frame is named. */
export function stackShown(opened: ReadableCase, kept: readonly KeptPicture[], { files, pairs }: Numbered): CopyStack {
  const file = (i: number) => picturePlace(opened, { of: kept[i]!.of, frame: null });
  return {
    files: files.flatMap((i) => file(i) ?? []),
    pairs: pairs.flatMap(({ one, other, ...nearness }): CopyPair[] => {
      const [a, b] = [picturePlace(opened, kept[one]!), picturePlace(opened, kept[other]!)];
      return a && b ? [{ one: a, other: b, ...nearness }] : [];
    }),
  };
}
