// A network's answer as one logit that speaks for forged, whatever the network was made to answer
// with: a logit, two of them, a probability or two.

/** `forged`: which class, or which value of a single output, means forged. */
export type AnswerMeaning = { answer: 'logit' | 'sigmoid' | 'softmax'; forged: 0 | 1 };

/**
 * Where float32 holds a probability no more finely: 1 - 2^-24 is the largest below 1, 2^-126 the
 * smallest with full precision.
 */
const LARGEST = 1 - 2 ** -24;
const SMALLEST = 2 ** -126;

/** How far a probability may lie outside 0..1, and a sum of two from 1, by rounding. */
const ROUNDING = 1e-3;

/**
 * The logit of one picture. `values`: one number, or one a class. Of a logit it is the number
 * itself, of two their difference, exact but for one rounding. Of a probability p it is ln p -
 * ln(1 - p): float32 keeps p near 0 to its last digit and near 1 only to 2^-24, so that a sigmoid
 * tells logits from -87.3 to 16.6 (beyond that it is held at the end); of two probabilities it is
 * the difference of their logarithms, -87.3 to 87.3. NaN where a value is no number. Throws
 * RangeError where the values are not what they were declared to be.
 */
export function logitFromAnswer(values: ArrayLike<number>, { answer, forged }: AnswerMeaning): number {
  const towardsOne = towardsLast(values, answer);
  return forged === 1 ? towardsOne : -towardsOne;
}

/** For class 1, or for an output of 1. */
function towardsLast(values: ArrayLike<number>, answer: AnswerMeaning['answer']): number {
  const [first, second] = [values[0]!, values[1]];
  const expected = answer === 'sigmoid' ? 1 : answer === 'softmax' ? 2 : undefined;
  if (values.length < 1 || values.length > 2 || (expected !== undefined && values.length !== expected))
    throw new RangeError(
      `${values.length} numbers a picture came out; ${expected ?? '1 or 2'} were expected of a ${answer}.`,
    );
  if (!Number.isFinite(first) || (second !== undefined && !Number.isFinite(second))) return Number.NaN;
  if (answer === 'logit') return second === undefined ? first : second - first;
  if (second === undefined) return logOf(first) - Math.log1p(-Math.min(LARGEST, Math.max(0, first)));
  if (Math.abs(first + second - 1) > ROUNDING)
    throw new RangeError(`${first} and ${second} came out, which do not add up to 1: it is no softmax.`);
  return logOf(second) - logOf(first);
}

/** ln p, held where float32 ends. */
function logOf(p: number): number {
  if (p < -ROUNDING || p > 1 + ROUNDING) throw new RangeError(`${p} came out, which is no probability.`);
  return Math.log(Math.min(1, Math.max(SMALLEST, p)));
}
