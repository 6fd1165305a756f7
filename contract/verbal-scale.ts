// A likelihood ratio in words: support for one of two stated propositions, by the steps a
// laboratory chose. Never "x % forged".
import { DEFAULT_VERBAL_SCALE, type VerbalStep } from './report-template.ts';

/** Words for a log10 likelihood ratio, and the proposition they speak for. */
export function ratioWords(log10: number, scale: readonly VerbalStep[] = DEFAULT_VERBAL_SCALE): string {
  const size = Math.abs(log10);
  const lowest = scale.reduce((a, b) => (b.from < a.from ? b : a));
  const step = scale.filter((one) => one.from <= size).reduce((a, b) => (b.from >= a.from ? b : a), lowest);
  return step.from === lowest.from
    ? step.words
    : `${step.words} for ${log10 > 0 ? 'forged' : 'genuine'} over ${log10 > 0 ? 'genuine' : 'forged'}`;
}

/** How many times more probable: two significant digits, e.g. `3.1` or `120`. */
export const timesFromLog10 = (log10: number): string => {
  const times = 10 ** Math.abs(log10);
  return times < 10 ? times.toFixed(1) : String(Number(times.toPrecision(2)));
};

/**
 * e.g. `The output is 3.1 times more probable if forged than if genuine: weak support for forged
 * over genuine`. What is more probable is said each time: without it the sentence reads as the
 * probability of the forgery.
 */
export function ratioSentence(log10: number, scale: readonly VerbalStep[] = DEFAULT_VERBAL_SCALE): string {
  const [this_, other] = log10 >= 0 ? ['forged', 'genuine'] : ['genuine', 'forged'];
  const times = timesFromLog10(log10);
  const weighed =
    times === '1.0'
      ? `as probable if ${this_} as if ${other}`
      : `${times} times more probable if ${this_} than if ${other}`;
  return `The output is ${weighed}: ${ratioWords(log10, scale)}`;
}
