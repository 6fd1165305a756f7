// How the command line words a finding. The machine's result is never called authentic, and a raw score never a percentage.
import type { Finding } from '../contract/finding.ts';
import type { Leaning } from '../contract/verdict.ts';

const LEANINGS: Record<Leaning, string> = {
  towardsForged: 'leans towards forged',
  cannotTell: 'cannot tell',
  towardsGenuine: 'leans towards genuine',
};

/** One finding in words, e.g. `raw score 0.9312, leans towards forged` or `no face found`. */
export function wordsFromFinding(finding: Finding): string {
  if (finding.kind !== 'scored') return finding.reason ?? finding.kind;
  if (finding.score === null) return 'score hidden (blind review)';
  const leaning = finding.leaning ? LEANINGS[finding.leaning] : 'no operating points, raw score only';
  return `raw score ${finding.score.toFixed(4)}, ${leaning}`;
}

/** Said whenever the shipped model made the scores. */
export const DEMONSTRATION_NOTICE =
  'DEMONSTRATION MODEL: trained on studio portraits with synthetic forgeries. Not for casework; validate on your own material first.';
