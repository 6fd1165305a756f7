// What a network answers with and the logit that is made of it: held against arithmetic in double
// precision on a grid of logits.
import { describe, expect, test } from 'vitest';
import { logitFromAnswer } from './logit-from-answer.ts';

const LOGITS = [-60, -20, -5, -0.25, 0, 0.25, 5, 12, 16];
const sigmoid = (logit: number): number => Math.fround(1 / (1 + Math.exp(-logit)));

describe('the logit of an answer', () => {
  test('is the number itself, or the difference of two', () => {
    expect(logitFromAnswer([1.5], { answer: 'logit', forged: 1 })).toBe(1.5);
    expect(logitFromAnswer([1.5], { answer: 'logit', forged: 0 })).toBe(-1.5);
    expect(logitFromAnswer([2, -1], { answer: 'logit', forged: 0 })).toBe(3);
  });

  test.each(LOGITS)('of a softmax in single precision comes back at %d', (logit) => {
    const both = [sigmoid(-logit), sigmoid(logit)];
    expect(logitFromAnswer(both, { answer: 'softmax', forged: 1 })).toBeCloseTo(logit, 5);
    expect(logitFromAnswer(both, { answer: 'softmax', forged: 0 })).toBeCloseTo(-logit, 5);
  });

  test.each(LOGITS)(
    'of a sigmoid in single precision comes back at %d, as finely as its probability can tell',
    (logit) => {
      // Half a step of float32 at 1 over p (1 - p), the slope of the sigmoid.
      const p = 1 / (1 + Math.exp(-logit));
      const step = logit > 0 ? 2 ** -25 / (p * (1 - p)) : 1e-6;
      const found = logitFromAnswer([sigmoid(logit)], { answer: 'sigmoid', forged: 1 });
      expect(Math.abs(found - logit)).toBeLessThanOrEqual(step * 1.3);
    },
  );

  test('is held where single precision ends, and is never infinite', () => {
    expect(logitFromAnswer([1], { answer: 'sigmoid', forged: 1 })).toBeCloseTo(16.64, 2);
    expect(logitFromAnswer([0], { answer: 'sigmoid', forged: 1 })).toBeCloseTo(-87.34, 2);
    expect(logitFromAnswer([1, 0], { answer: 'softmax', forged: 1 })).toBeCloseTo(-87.34, 2);
  });

  test('is refused where the answer is not what it was declared to be', () => {
    expect(() => logitFromAnswer([3.2], { answer: 'sigmoid', forged: 1 })).toThrow(/no probability/);
    expect(() => logitFromAnswer([0.5, 0.9], { answer: 'softmax', forged: 1 })).toThrow(/add up to 1/);
    expect(() => logitFromAnswer([0.5], { answer: 'softmax', forged: 1 })).toThrow(/1 numbers a picture/);
    expect(() => logitFromAnswer([1, 2, 3], { answer: 'logit', forged: 1 })).toThrow(/3 numbers a picture/);
  });

  test('of what is no number is none', () => {
    expect(logitFromAnswer([Number.NaN], { answer: 'sigmoid', forged: 1 })).toBeNaN();
    expect(logitFromAnswer([0, Number.POSITIVE_INFINITY], { answer: 'logit', forged: 0 })).toBeNaN();
  });
});
