// `recce serve --open`: what other users of the machine can see of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-open-'));
const repository = path.resolve(import.meta.dirname, '..');
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the browser is given a file that this user alone may read; the token is on no command line, and the file goes with the server', {
  tags: ['linux'],
}, async () => {
  const [programs, said, home] = ['programs', 'said', 'home'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(programs);
  // Stands in for the desktop's opener, and says what it was started with.
  writeFileSync(
    path.join(programs, 'xdg-open'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > ${said}.part; mv ${said}.part ${said}\n`,
  );
  chmodSync(path.join(programs, 'xdg-open'), 0o755);
  const server = spawn(process.execPath, [path.join(repository, 'cli/main.ts'), 'serve', '--open'], {
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}`, DISPLAY: ':0', RECCE_HOME: home, HOME: root },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    while (!existsSync(said)) await new Promise((resolve) => setTimeout(resolve, 50));
    const [file, ...others] = readFileSync(said, 'utf8').trim().split('\n');
    expect(others).toEqual([]);
    expect(file).not.toContain('token');
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(readFileSync(file!, 'utf8')).toMatch(/url=http:\/\/127\.\d+\.\d+\.\d+:\d+\/open\?token=[\w-]{43}"/);
  } finally {
    server.kill('SIGINT');
    await once(server, 'exit');
  }
  expect(readdirSync(home).filter((name) => name.startsWith('open-'))).toEqual([]);
});
