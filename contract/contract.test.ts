import { expect, test } from 'vitest';
import { DIFFERENCE_COLOURS, differenceFromGrey, greyFromDifference } from './colour-scale.ts';
import { pictureAddress, pictureFromAddress } from './picture.ts';
import { verdictOutcomeSchema } from './verdict.ts';

test('the colour scale gets lighter from every value to the next', () => {
  const luma = (v: number) =>
    0.2126 * DIFFERENCE_COLOURS[v * 3]! +
    0.7152 * DIFFERENCE_COLOURS[v * 3 + 1]! +
    0.0722 * DIFFERENCE_COLOURS[v * 3 + 2]!;
  for (let v = 1; v < 256; v++) expect(luma(v)).toBeGreaterThanOrEqual(luma(v - 1) - 0.5);
  expect(luma(255) - luma(0)).toBeGreaterThan(200);
});

test('a grey value and the difference it stands for are one another’s inverse', () => {
  for (let grey = 0; grey < 256; grey++) expect(greyFromDifference(differenceFromGrey(grey))).toBe(grey);
  expect(greyFromDifference(2)).toBe(255);
});

test('a picture’s address names it and nothing else does', () => {
  const ref = { kind: 'evidence', id: 3, maxPx: 640 } as const;
  expect(pictureFromAddress(pictureAddress(ref))).toEqual(ref);
  for (const address of ['picture/crop/0', 'picture/crop/../1', 'picture/file/1', '/etc/passwd', 'picture/crop/1?x=2'])
    expect(pictureFromAddress(address)).toBeUndefined();
});

test('no outcome without a score can carry one', () => {
  for (const kind of ['noFace', 'unreadable', 'toolError', 'faceTooSmall', 'outOfDomain'])
    expect(
      verdictOutcomeSchema.safeParse({ kind, score: 0.1, leaning: 'towardsGenuine' }).data ?? {},
    ).not.toHaveProperty('score');
  expect(verdictOutcomeSchema.safeParse({ kind: 'authentic' }).success).toBe(false);
});
