// Which files of a case hold the same bytes, by the SHA-256 that was recorded when they were taken
// in. Pure; engine process.
import type { Evidence } from '../../../contract/evidence.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { count } from '../wording.ts';

type Hashed = Pick<Evidence, 'id' | 'shownPath' | 'sha256'>;

/**
 * Files by their hash, each list in the order taken in; those of which no byte could be read are in
 * none.
 */
export const filesByHash = <T extends Hashed>(evidence: readonly T[]): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(
    evidence.filter(({ sha256 }) => sha256 !== null),
    ({ sha256 }) => sha256!,
  );

/**
 * `same bytes as a.jpg and 2 more`; undefined for a file that has no equal. The first equal is
 * named that is not the file itself.
 */
export function equalsWords(file: Hashed, byHash: ReadonlyMap<string, readonly Hashed[]>): string | undefined {
  const equal = byHash.get(file.sha256 ?? '') ?? [];
  const [first, second] = equal;
  if (!second) return undefined;
  const more = equal.length > 2 ? ` and ${equal.length - 2} more` : '';
  return `same bytes as ${visibleText((first!.id === file.id ? second : first!).shownPath)}${more}`;
}

/**
 * `12 files`, and how many are distinct where some are equal: `12 files (10 of distinct bytes)`. A
 * file without a hash has no known equal.
 */
export function filesWords(evidence: readonly Hashed[]): string {
  const distinct = filesByHash(evidence).size + evidence.filter(({ sha256 }) => sha256 === null).length;
  return `${count(evidence.length, 'file')}${distinct < evidence.length ? ` (${distinct} of distinct bytes)` : ''}`;
}
