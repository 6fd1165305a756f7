// What is refused is said in sentences: the second one begins with a name as it is written, or as a
// sentence does. Read from the sources, so that a new refusal cannot be forgotten.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RecceError, refusalSentence } from '../contract/errors.ts';

const root = path.resolve(import.meta.dirname, '..');

test('what a refusal is about, where it is no name, begins as a sentence does', () => {
  const odd = globSync('{engine,cli}/**/*.ts', { cwd: root })
    .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
    .flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(/new RecceError\(\s*'\w+',\s*['"`]\p{Ll}.*/gu)].map(
        ([found]) => `${file}: ${found}`,
      ),
    );
  expect(odd).toEqual([]);
});

test('a refusal about nothing that is named is a sentence of its own; a name stays as it is written', () => {
  expect(new RecceError('OPINION_REFUSED', '', 'something else was said of it since.').message).toBe(
    'This is not recorded as an opinion. Something else was said of it since.',
  );
  expect(refusalSentence({ subject: 'ear.jpg', detail: 'No face was found.' })).toBe('ear.jpg: No face was found.');
});
