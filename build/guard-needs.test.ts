import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const starts: Readonly<Record<string, () => unknown>> = {
  spawn: () => spawn('qpdf', ['--version']),
  spawnSync: () => spawnSync('qpdf', ['--version']),
  execFile: () => execFile('qpdf', ['--version']),
  'execFile, promised': () => promisify(execFile)('qpdf', ['--version']),
  execFileSync: () => execFileSync('qpdf', ['--version']),
};

test.each(Object.entries(starts))('a test that starts a program it does not name fails: %s', async (_, start) => {
  await expect((async () => start())()).rejects.toThrow(
    "This test starts qpdf and does not name it among its needs: tags: ['qpdf'].",
  );
});

test('one that names it starts it, and whatever is no program of the list is started', {
  tags: ['qpdf'],
}, async () => {
  expect(spawnSync('qpdf', ['--version']).status).toBe(0);
  expect((await promisify(execFile)(process.execPath, ['--version'])).stdout).toContain('v');
});
