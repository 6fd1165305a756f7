import { expect, test } from 'vitest';
import { examinerNameSchema, isSameName, nameAsKept } from './examiner-name.ts';

test('names that differ in spaces and capitals alone are one, and a name has a letter', () => {
  expect(nameAsKept('  Emil \t Tab ')).toBe('Emil Tab');
  expect(isSameName('Emil  Tab', 'emil tab')).toBe(true);
  expect(isSameName('Clara Kühn', 'Clara Ku\u0308hn')).toBe(true);
  expect(isSameName('Anna', 'A\u200bnna\ufeff')).toBe(true);
  expect(isSameName('Emil Tab', 'Emil Taber')).toBe(false);
  expect(['', ' ', '7', 'É'].map((name) => examinerNameSchema.safeParse(name).success)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
