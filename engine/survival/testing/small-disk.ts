// A small disk of a test's own that can be filled, enlarged and made unwritable. Only root on Linux
// may mount one: the tests that need it have the tag small-disk. Tests only.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

const run = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: 'pipe' }).status === 0;

export type SmallDisk = {
  readonly folder: string;
  /** Writes until nothing more fits, then frees `leaveBytes`. */
  fill(leaveBytes?: number): void;
  /** Frees what `fill` took. */
  empty(): void;
  resize(megabytes: number): void;
  setWritable(writable: boolean): void;
  remove(): void;
};

/** A disk mounted at `folder`, or undefined where nobody may mount one. */
export function makeSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  if (process.platform !== 'linux' || !run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'recce-test', folder))
    return undefined;
  const filler = path.join(folder, 'filler');
  const remount = (option: string): void => {
    if (!run('mount', '-o', `remount,${option}`, folder))
      throw new Error(`The disk at ${folder} could not be ${option}.`);
  };
  return {
    folder,
    fill: (leaveBytes = 0) => fillWith(filler, leaveBytes),
    empty: () => rmSync(filler, { force: true }),
    resize: (size) => remount(`size=${size}m`),
    setWritable: (writable) => remount(writable ? 'rw' : 'ro'),
    remove: () => void run('umount', '-l', folder),
  };
}

function fillWith(filler: string, leaveBytes: number): void {
  const page = Buffer.alloc(4096, 0xff);
  rmSync(filler, { force: true });
  const spare = `${filler}-spare`;
  const reserve = openSync(spare, 'w');
  for (let left = leaveBytes; left > 0; left -= page.length) writeSync(reserve, page);
  closeSync(reserve);
  const handle = openSync(filler, 'a');
  try {
    for (;;) if (writeSync(handle, page) === 0) break;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(handle);
    rmSync(spare);
  }
}
