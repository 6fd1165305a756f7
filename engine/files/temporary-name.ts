// The name a file bears while it is written. It says which process of which machine writes it, so
// that the next one to write there can clear away what a killed process left, and never what is
// still being written. Engine process.
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * Eight hexadecimal digits of this machine's name: a number of a process means nothing on another
 * one.
 */
const machine = (): string => createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);

/**
 * What follows the file's name: machine, process, and eight digits of its own for each of two that
 * are written at once.
 */
const PASSING = /^\.([0-9a-f]{8})-([1-9]\d{0,9})-[0-9a-f]{8}\.tmp$/;

/** `<file>.<machine>-<process>-<8 hex>.tmp` of this process. */
export const temporaryName = (file: string): string =>
  `${file}.${machine()}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;

/**
 * Removes the passing names of `file` that processes of this machine left which are no more. A
 * number that was given to another process since keeps its leftover: rather one too many than one
 * of a living process. What cannot be listed or removed stays; nothing is thrown.
 */
export async function clearLeftovers(file: string): Promise<void> {
  const [folder, base] = [path.dirname(file), path.basename(file)];
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(base) && isLeftBehind(name.slice(base.length)));
  await Promise.all(left.map((name) => rm(path.join(folder, name), { force: true }).catch(() => {})));
}

function isLeftBehind(suffix: string): boolean {
  const [, where, pid] = PASSING.exec(suffix) ?? [];
  return where === machine() && !isAlive(Number(pid));
}

/** True as well of a process that may not be asked. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
