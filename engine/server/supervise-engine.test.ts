// An engine that never comes to be ready, as a broken installation has it: real processes that end
// at once.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { type EngineChild, EngineGoneError, superviseEngine } from './supervise-engine.ts';

/** A process that ends with this code before it has said anything. */
function spawnEnding(code: number): EngineChild<never> {
  const child = spawn(process.execPath, ['-e', `process.exit(${code})`], { stdio: 'ignore' });
  return {
    get pid() {
      return child.pid;
    },
    post: () => {},
    postWithPort: () => {
      throw new Error('Nobody is there to be connected with.');
    },
    onMessage: () => {},
    onExit: (listener) => child.once('exit', (ended) => listener(`exit code ${ended}`)),
    kill: () => child.kill(),
  };
}

// A rejection that nobody has in hand would end `recce serve` with a stack before it could say why;
// here it fails the run.
test('an engine that cannot start is tried five times, and whoever asks, then or later, is told why there is none', async () => {
  let spawned = 0;
  const restarts: string[] = [];
  const engine = superviseEngine({
    spawn: () => {
      spawned += 1;
      return spawnEnding(3);
    },
    start: { appDataFolder: '/nowhere' },
    forks: 'self',
  });
  engine.onRestart((reason) => restarts.push(reason));
  await expect(engine.failed).rejects.toThrow('The engine ended 5 times within a minute, lastly with exit code 3.');
  await new Promise(setImmediate);
  expect(spawned).toBe(5);
  expect(restarts).toEqual(Array(4).fill('exit code 3'));
  await expect(engine.connect()).rejects.toThrow(EngineGoneError);
  await expect(engine.readPicture({ kind: 'crop', id: 1 })).rejects.toThrow(EngineGoneError);
  await engine.close();
});
