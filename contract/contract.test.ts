import { expect, test } from 'vitest';
import { DIFFERENCE_COLOURS, differenceFromGrey, greyFromDifference } from './colour-scale.ts';
import { pictureAddress, pictureFromAddress } from './picture.ts';
import { keptTemplateSchema, reportTemplateSchema } from './report-template.ts';
import { verdictKindSchema, verdictOutcomeSchema } from './verdict.ts';

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
  const ofCase = { ...ref, of: 'ab'.repeat(16) };
  expect(pictureFromAddress(pictureAddress(ofCase))).toEqual(ofCase);
  for (const address of ['picture/crop/0', 'picture/crop/../1', 'picture/file/1', '/etc/passwd', 'picture/crop/1?x=2'])
    expect(pictureFromAddress(address)).toBeUndefined();
});

const HASH = 'a'.repeat(64);
const SCORELESS = [
  { kind: 'noFace' },
  { kind: 'unreadable', reason: 'corrupt', message: 'It is damaged.' },
  { kind: 'toolError', message: 'It ended.' },
  { kind: 'faceTooSmall', sizePx: 30, minimumPx: 40, cropSha256: null },
  {
    kind: 'outOfDomain',
    reasons: ['dark', { kind: 'beyondLimit', measure: 'facePx', value: 30.4, limit: 36, end: 'low' }],
    cropSha256: HASH,
  },
];

test('no outcome without a score can carry one', () => {
  const kinds = verdictKindSchema.options.filter((kind) => kind !== 'scored');
  expect(SCORELESS.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  for (const outcome of SCORELESS)
    expect(verdictOutcomeSchema.parse({ ...outcome, score: 0.1, leaning: 'towardsGenuine', logit: -2 })).toEqual(
      outcome,
    );
});

test('there is no kind of outcome that says a file is authentic, and no score without what it rests on', () => {
  expect(verdictOutcomeSchema.safeParse({ kind: 'authentic' }).success).toBe(false);
  expect(verdictOutcomeSchema.safeParse({ kind: 'scored', score: 0.1, leaning: 'towardsGenuine' }).success).toBe(false);
});

test('a template is kept with the steps of its scale in order; one of before is read as it is', () => {
  const scale = (...from: number[]) => ({ name: 'T', verbalScale: from.map((one) => ({ from: one, words: 'w' })) });
  expect(keptTemplateSchema.safeParse(scale(0, 1, 4)).success).toBe(true);
  for (const wrong of [scale(0, 5, 4), scale(0, 1, 1), scale(1, 0)]) {
    expect(keptTemplateSchema.safeParse(wrong).error?.issues[0]?.message).toMatch(/more than the one above/);
    expect(reportTemplateSchema.safeParse(wrong).success).toBe(true);
  }
});

test('a logo is a PNG or a JPEG, nothing that a program draws', () => {
  const logo = (bytes: string) => reportTemplateSchema.safeParse({ name: 'T', logo: btoa(bytes) }).success;
  expect(logo('\x89PNG\r\n\x1a\n....')).toBe(true);
  expect(logo('\xff\xd8\xff\xe0........')).toBe(true);
  for (const other of [
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<?xml version="1.0"?><svg/>',
    'GIF89a',
    '%PDF-1.7',
  ])
    expect(logo(other), other).toBe(false);
});
