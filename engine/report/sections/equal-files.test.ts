// Files of equal bytes are said to be so, and nothing is said where there are none.
import { expect, test } from 'vitest';
import type { Evidence } from '../../../contract/evidence.ts';
import { equalsWords, filesByHash, filesWords } from './equal-files.ts';

const file = (id: number, shownPath: string, sha256: string | null) => ({ id, shownPath, sha256 }) as Evidence;
const [one, two, three] = [file(1, 'a.jpg', 'aa'), file(2, 'b/a.jpg', 'aa'), file(3, 'c\u202Egpj.exe', 'aa')];
const [alone, unread, unreadToo] = [file(4, 'd.jpg', 'dd'), file(5, 'e.jpg', null), file(6, 'f.jpg', null)];

test('each file names another of the same bytes, never itself, in letters that cannot reorder the text', () => {
  const pair = filesByHash([one!, two!, alone!]);
  expect(equalsWords(one!, pair)).toBe('same bytes as b/a.jpg');
  expect(equalsWords(two!, pair)).toBe('same bytes as a.jpg');
  expect(equalsWords(two!, filesByHash([one!, two!, three!]))).toBe('same bytes as a.jpg and 1 more');
  expect(equalsWords(one!, filesByHash([three!, one!]))).not.toContain('\u202E');
});

test('a file without an equal, and files of which no byte could be read, are equal to none', () => {
  const byHash = filesByHash([one!, alone!, unread!, unreadToo!]);
  for (const each of [one!, alone!, unread!, unreadToo!]) expect(equalsWords(each, byHash)).toBeUndefined();
  expect(filesWords([one!, alone!, unread!, unreadToo!])).toBe('4 files');
});

test('the total says how many are distinct where some are equal', () => {
  expect(filesWords([one!, two!, three!, alone!, unread!, unreadToo!])).toBe('6 files (4 of distinct bytes)');
});
