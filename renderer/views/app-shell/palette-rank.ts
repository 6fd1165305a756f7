// How well a command fits what was typed: its name or one of its other words exactly, then by their
// beginning, then every word typed as the beginning of a word. Letters scattered over a name fit
// nothing: what is run must be what was meant.

const EXACT = 1;
const PREFIX = 0.8;
const WORDS = 0.5;

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().trim();
const wordsOf = (text: string): string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/**
 * 0 to 1; 0 where it does not fit. `names`: the name shown first, then other words for it, which
 * count a little less.
 */
export function rankOf(names: readonly string[], search: string): number {
  const typed = fold(search);
  if (typed === '') return EXACT;
  const ranks = names.map((name, i) => rankOfName(name, typed) - (i === 0 ? 0 : 0.05));
  return Math.max(0, ...ranks);
}

function rankOfName(name: string, typed: string): number {
  const folded = fold(name);
  if (folded === typed) return EXACT;
  if (folded.startsWith(typed)) return PREFIX;
  const words = wordsOf(name);
  return wordsOf(typed).every((part) => words.some((word) => word.startsWith(part))) ? WORDS : 0;
}
