// A vitest setup file: a test that starts a program of the list (build/test-needs.ts) without naming
// it among its tags fails, also where the program is there. Else it would be found only where the
// program is missing.
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import { afterEach, beforeEach } from 'vitest';
import { NEEDS } from './test-needs.ts';

const TAGS = new Map(NEEDS.flatMap(({ tag, programs = [] }) => programs.map((program) => [program, tag] as const)));

/** The tags of the test that runs; undefined between tests, when hooks of files and groups do. */
let tags: readonly string[] | undefined;
beforeEach(({ task }) => {
  tags = task.tags;
});
afterEach(() => {
  tags = undefined;
});

function check(program: unknown): void {
  const tag = TAGS.get(String(program));
  if (tag !== undefined && tags && !tags.includes(tag))
    throw new Error(`This test starts ${program} and does not name it among its needs: tags: ['${tag}'].`);
}

type Start = (program: string, ...rest: unknown[]) => unknown;
const guarded =
  (start: Start): Start =>
  (program, ...rest) => {
    check(program);
    return start(program, ...rest);
  };

const starters = childProcess as unknown as Record<string, Start & { [promisify.custom]?: Start }>;
for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync']) {
  const start = starters[name]!;
  const promised = start[promisify.custom];
  starters[name] = Object.assign(guarded(start), promised && { [promisify.custom]: guarded(promised) });
}
syncBuiltinESMExports();
