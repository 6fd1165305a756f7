import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { killAtExit } from '../engine/process/testing/kill-at-exit.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-with-node-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Closes something when it is interrupted, for a while, and ends with a status of its own. */
const SCRIPT = `
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => setTimeout(() => { console.log('closed'); process.exit(7); }, 500));
setInterval(() => {}, 1000);
console.log('ready');
`;

test.each([
  ['Ctrl+C', 'SIGINT', true],
  ['SIGTERM', 'SIGTERM', false],
] as const)(
  'after %s the command ends when its child has closed what it had open, with its status',
  {
    tags: ['posix'],
  },
  async (_, signal, reachesAll) => {
    const script = path.join(folder, 'closes.mjs');
    writeFileSync(script, SCRIPT);
    const args = [path.join(import.meta.dirname, 'with-node.mjs'), script];
    // A group of its own, as a terminal gives every command.
    const command = killAtExit(spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] }));
    let said = '';
    command.stdout.on('data', (part) => {
      said += part;
    });
    await once(command.stdout, 'data');
    const exited = once(command, 'exit');
    // Ctrl+C reaches the whole group, a service manager the command alone.
    process.kill(reachesAll ? -command.pid! : command.pid!, signal);
    expect(await exited).toEqual([7, null]);
    expect(said).toBe('ready\nclosed\n');
  },
);
