import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { groupNotRun, linesOfNotRun } from './not-run-reporter.ts';
import { howToMeet, NEEDS, type Need } from './test-needs.ts';

const root = path.resolve(import.meta.dirname, '..');
const need = (tag: string, packages: Partial<Need> = {}): Need => ({
  ...{ tag, what: `the ${tag} program`, isMet: () => false, otherwise: `install ${tag}` },
  ...packages,
});
const [FFMPEG, QPDF] = [need('ffmpeg', { apt: ['ffmpeg'], brew: ['ffmpeg'] }), need('qpdf', { apt: ['qpdf'] })];

test('what was not run is listed by name, below what it lacks, with what to type', () => {
  const groups = groupNotRun(
    [
      { name: 'a.test.ts > films', tags: ['ffmpeg'] },
      { name: 'b.test.ts > more films', tags: ['posix', 'ffmpeg'] },
      { name: 'b.test.ts > films in reports', tags: ['ffmpeg', 'qpdf'] },
    ],
    [FFMPEG, QPDF],
  );
  expect(linesOfNotRun(groups).slice(0, 6)).toEqual([
    '3 tests were not run.',
    'They need the ffmpeg program:',
    '  - a.test.ts > films',
    '  - b.test.ts > more films',
    'They need the ffmpeg program; and the qpdf program:',
    '  - b.test.ts > films in reports',
  ]);
  expect(linesOfNotRun(groups).at(-1)).toMatch(/^To run them: /);
});

test('a test that its own file skips is listed too, and nothing is said to be missing for it', () => {
  expect(linesOfNotRun(groupNotRun([{ name: 'c.test.ts > c', tags: ['ffmpeg'] }], []))).toEqual([
    '1 test was not run.',
    'They need nothing: their own file skips them:',
    '  - c.test.ts > c',
  ]);
});

test('where everything was run, that is the last line', () => {
  expect(linesOfNotRun([])).toEqual(['Every test was run.']);
});

test('packages go into one command; what no package brings stands by itself', { tags: ['linux'] }, () => {
  expect(howToMeet([FFMPEG, QPDF, need('linux')])).toEqual(['sudo apt-get install ffmpeg qpdf', 'install linux']);
});

/** Programs by the words that start them; helpers that do count as they do. */
const STARTS: Readonly<Record<string, RegExp>> = {
  chromium: /harness\/launch\.ts'/,
  ffmpeg: /\b(ffmpeg|ffprobe|makeTwoShots|codeByFfmpeg|probedPts)\(/,
  poppler: /\('pdf(totext|info|detach|sig)'/,
  qpdf: /\('qpdf'|findPdfAProblems\(/,
  openssl: /\bopenssl\(|makeCertificates\(/,
  redis: /startRedis\(/,
  torch: /\(PYTHON,/,
  ps: /\b(killChild|findChild|pidOf)\(/,
  refusal: /\bAS_REFUSED\b/,
  'small-disk': /\bdisk!\./,
};

test('a test file that starts a program names it among its needs', () => {
  const untagged = globSync('{models,engine,electron,cli,e2e}/**/*.test.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const tagged = (tag: string) => text.includes(`'${tag}'`) || text.includes(`@module-tag ${tag}\n`);
    return Object.entries(STARTS).flatMap(([tag, starts]) =>
      starts.test(text) && !tagged(tag) ? [`${file}: ${tag}`] : [],
    );
  });
  expect(untagged).toEqual([]);
  expect(Object.keys(STARTS).filter((tag) => !NEEDS.some((one) => one.tag === tag))).toEqual([]);
});
