// Kills at random moments: how many, from which seed, and the processes that are killed.
// RECCE_KILLS sets the number of each kind (1 here, 100 for a release), RECCE_SEED the seed. Tests
// only.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type RandomStream, randomStream } from '../../../models/tensor/random.ts';
import { killAtExit } from '../../process/testing/kill-at-exit.ts';

export const KILLS = Number(process.env.RECCE_KILLS ?? 1);
export const SEED = Number(process.env.RECCE_SEED ?? 20_260_101);

/** Time for one test: a kill with all that follows takes seconds, on a busy machine minutes. */
export const KILLS_LIMIT_MS = 900_000 + KILLS * 120_000;

/**
 * The moments of one kind of kill, and a word on standard output from which they can be made again.
 */
export function momentsOf(kind: string): RandomStream {
  console.log(`kills of ${kind}: ${KILLS}, seed ${SEED}`);
  return randomStream(SEED).fork(kind);
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * How a process that works until it is killed came to its end: `ended` had said so before the kill.
 */
export type Ending = { kind: 'killed' | 'ended'; workedMs: number };

/**
 * Runs `script` (of this folder), which says "started" and, when its work is done, "ended". Kills
 * it `moment` ms after "started", or once it ended; Infinity lets it end. A negative `moment`
 * counts from the start of the process: it may never come to "started". A function is waited for
 * instead of milliseconds.
 */
export async function runAndKill(
  moment: number | (() => Promise<void>),
  script: string,
  ...args: string[]
): Promise<Ending> {
  const afterMs = typeof moment === 'number' ? moment : 0;
  const come = (): Promise<void>[] =>
    afterMs === Infinity ? [] : [typeof moment === 'number' ? wait(moment) : moment()];
  const child = killAtExit(
    spawn(process.execPath, [path.join(import.meta.dirname, script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const exited = once(child, 'exit');
  const [started, ended] = [saying(child, 'started'), saying(child, 'ended')];
  if (afterMs < 0) await Promise.race([wait(-afterMs), ended, exited]);
  else await Promise.race([started, exited]);
  const since = performance.now();
  const word = afterMs < 0 ? undefined : await Promise.race([ended, exited, ...come()]);
  const workedMs = performance.now() - since;
  if (child.exitCode !== null) throw new Error(`${script} ended by itself with ${child.exitCode}.`);
  child.kill('SIGKILL');
  await exited;
  return { kind: word === 'ended' ? 'ended' : 'killed', workedMs };
}

function saying(child: ChildProcess, word: string): Promise<string> {
  let said = '';
  return new Promise((resolve) => {
    child.stdout!.on('data', (part: Buffer) => {
      said += part;
      if (said.includes(word)) resolve(word);
    });
  });
}

/** Process id of a child of this process by what it is called on its command line. */
export function findChild(name: string): number | undefined {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const found = lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)!)
    .find(([, , parent, args]) => Number(parent) === process.pid && args!.includes(`--recce-process=${name}`));
  return found && Number(found[1]);
}

/**
 * Kills the child of that name as soon as `afterMs` have passed and it lives; false when `isOver`
 * by then.
 */
export async function killChild(name: string, afterMs: number, isOver: () => boolean): Promise<boolean> {
  await wait(afterMs);
  while (!isOver()) {
    const pid = findChild(name);
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      return true;
    }
    await wait(20);
  }
  return false;
}
