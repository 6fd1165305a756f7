import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');

/** Rows of the table of numbered inputs: number and the files whose tests name it. */
function numberedCases(): { number: number; files: string[] }[] {
  const [, part = ''] = read('docs/validation.md').split("## The world's files");
  return part
    .split('\n## ')[0]!
    .split('\n')
    .flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const number = Number(cells[1]);
      return number > 0 ? [{ number, files: [...cells[4]!.matchAll(/`([^`]+)`/g)].map(([, file]) => file!) }] : [];
    });
}

test('each of the thirty-one numbered inputs has its test, by its number, in the files that are named', () => {
  const all = numberedCases();
  expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
  const without = all.flatMap(({ number, files }) => {
    const named = new RegExp(`\\bcases? (?:\\d+, )*${number}(?:, \\d+)*\\)`);
    const missing = files.filter((file) => !named.test(read(file)));
    return files.length === 0 ? [`${number}: no file`] : missing.map((file) => `${number}: ${file}`);
  });
  expect(without).toEqual([]);
});
