import { expect, test } from 'vitest';
import { rankOf } from './palette-rank.ts';

const COMMANDS = [
  'Go to Faces',
  'New case',
  'Open a case',
  'Show new faces',
  'Next face',
  'Dark theme',
  'Close the case',
];
const best = (search: string, commands = COMMANDS): string | undefined =>
  commands
    .map((name) => [name, rankOf([name], search)] as const)
    .filter(([, rank]) => rank > 0)
    .toSorted((a, b) => b[1] - a[1])[0]?.[0];

test('exact comes before a beginning, a beginning before a word within', () => {
  expect(best('open')).toBe('Open a case');
  expect(best('new case')).toBe('New case');
  expect(best('dark')).toBe('Dark theme');
  expect(best('close')).toBe('Close the case');
  expect(best('faces')).toBe('Go to Faces');
  expect(rankOf(['Go to Faces', 'Faces'], 'faces')).toBeGreaterThan(rankOf(['Show new faces'], 'faces'));
});

test('letters scattered over a name fit nothing', () => {
  expect(rankOf(['Opinion: genuine'], 'open')).toBe(0);
  expect(best('import')).toBeUndefined();
  expect(rankOf(['Show new faces'], 'new case')).toBe(0);
});

test('words are told in any script and case', () => {
  expect(rankOf(['Open Überwachung 2026'], 'überw')).toBeGreaterThan(0);
  expect(rankOf(['Open Дело'], 'дело')).toBeGreaterThan(0);
});
