// What a terminal gets to see of hostile names, and who may read what is written: each command in a
// process of its own, under the system's usual umask.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectBody, pickleOf, trainersFile, zeros } from '../models/checkpoint/testing/trainers-file.ts';
import { writeZip } from '../models/checkpoint/zip-writer.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-terminal-'));
const at = (...parts: string[]): string => path.join(root, ...parts);
const repository = path.resolve(import.meta.dirname, '..');
const sample = path.join(repository, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');
/** Sets the window's title, colours what follows, and turns it round. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[31m\u009b1m\u202e';
const MOVES = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Under umask 022: everybody may read what a program makes, unless it takes care. */
function recce(...args: string[]) {
  const command = ['-c', 'umask 022; exec "$@"', 'sh', process.execPath, path.join(repository, 'build/recce.mjs')];
  const run = spawnSync('sh', [...command, ...args], {
    env: { ...process.env, RECCE_HOME: at('home'), HOME: root, TMPDIR: root },
    encoding: 'utf8',
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

beforeAll(() => {
  mkdirSync(at('media'));
  copyFileSync(sample, at('media', 'one.jpg'));
});

test('an error says a hostile name as text: of a global, of a tensor, of a file, of an entry', () => {
  const files: [string, Uint8Array][] = [
    ['global.pth', writeZip(new Map([['a/data.pkl', pickleOf(objectBody('os', `sys${'\u001b'}[31mtem`))]]))],
    ['tensor.pth', trainersFile({ tensors: new Map([[`evil${'\u001b'}[31m`, zeros(1)]]) })],
    [`name${HOSTILE}.pth`, Buffer.from('nothing')],
  ];
  for (const [name, bytes] of files) {
    writeFileSync(at(name), bytes);
    const { code, err } = recce('model', 'inspect', at(name));
    expect([code, MOVES.test(err)], err).toEqual([1, false]);
    expect(err).toContain('[U+001B]');
  }
});

test('a usage error shows what was typed as text', () => {
  const { code, err } = recce('model', 'list', `--bogus${HOSTILE}`);
  expect([code, MOVES.test(err)], err).toEqual([2, false]);
  expect(err).toContain('[U+001B]');
});

test('a case, its title on the terminal, and its files: read by nobody else, in JSON and in lines', {
  tags: ['posix'],
}, () => {
  copyFileSync(sample, at('media', `two${HOSTILE.replaceAll('/', '')}.jpg`));
  const scan = (...more: string[]) =>
    recce('scan', at('media'), '--case', at('case'), '--title', `T${HOSTILE}`, ...more);
  for (const { code, out, err } of [scan(), scan('--json')]) {
    expect([code, MOVES.test(out), MOVES.test(err)], out + err).toEqual([0, false, false]);
  }
  expect(recce('pack', at('case'), '--out', at('packed.recce')).code).toBe(0);
  const unpacked = recce('unpack', at('packed.recce'), '--case', at('unpacked'));
  expect([unpacked.code, MOVES.test(unpacked.out + unpacked.err)], unpacked.err).toEqual([0, false]);
  expect(unpacked.out).toContain('[U+001B]');
  for (const folder of ['case', 'unpacked', 'home']) {
    const open = readdirSync(at(folder), { recursive: true, encoding: 'utf8' })
      .concat('')
      .filter((name) => (statSync(at(folder, name)).mode & 0o077) !== 0);
    expect(open, folder).toEqual([]);
  }
});
