// How a likelihood ratio is put into words: support for one of two stated propositions, by steps a laboratory can choose. The
// default steps are the powers of ten of the ENFSI guideline for evaluative reporting (2015). Never "x % forged".
import * as z from 'zod';

/** The two propositions a ratio compares. The first is the one a positive log10 ratio supports. */
export const propositionsSchema = z.object({ forged: z.string().min(1), genuine: z.string().min(1) });
export type Propositions = z.infer<typeof propositionsSchema>;

export const DEFAULT_PROPOSITIONS: Propositions = {
  forged: 'the face was changed by a forgery of the kinds in the validation set',
  genuine: 'the face is as the camera took it, as the genuine faces in the validation set are',
};

/** Steps in rising order; a ratio of 10^|log10| >= `from` (as log10) gets the last step it reaches. */
export const verbalScaleSchema = z.object({
  name: z.string().min(1),
  steps: z.array(z.object({ from: z.number().nonnegative(), words: z.string().min(1) })).min(1),
});
export type VerbalScale = z.infer<typeof verbalScaleSchema>;

export const DEFAULT_VERBAL_SCALE: VerbalScale = {
  name: 'ENFSI 2015 steps',
  steps: [
    { from: Math.log10(2), words: 'weak' },
    { from: 1, words: 'moderate' },
    { from: 2, words: 'moderately strong' },
    { from: 3, words: 'strong' },
    { from: 4, words: 'very strong' },
    { from: 6, words: 'extremely strong' },
  ],
};

/** `1 in n` style of a ratio: two significant digits, at least 1. */
export function timesFromLog10(log10: number): string {
  const value = 10 ** Math.abs(log10);
  return value < 10 ? value.toFixed(1) : Number(value.toPrecision(2)).toLocaleString('en-GB');
}

/**
 * One sentence, e.g. `The result is 25 times more probable if ... than if ...: moderate support for the first proposition.` Below
 * the first step it supports neither.
 */
export function wordsFromLikelihoodRatio(
  log10: number,
  propositions: Propositions = DEFAULT_PROPOSITIONS,
  scale: VerbalScale = DEFAULT_VERBAL_SCALE,
): string {
  const step = scale.steps.findLast(({ from }) => Math.abs(log10) >= from);
  const [favoured, other] =
    log10 >= 0 ? [propositions.forged, propositions.genuine] : [propositions.genuine, propositions.forged];
  if (!step) return `The result supports neither proposition: ${propositions.forged}; ${propositions.genuine}.`;
  return `The result is ${timesFromLog10(log10)} times more probable if ${favoured} than if ${other}: ${step.words} support for the former.`;
}
