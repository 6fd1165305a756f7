// No process that a test started outlives it, however the test ends. Tests only.
import type { ChildProcess } from 'node:child_process';

const living = new Set<ChildProcess>();

function killAll(): void {
  for (const child of living) child.kill('SIGKILL');
}

/** Kills `child` when this process ends before it does; gives it back. */
export function killAtExit<T extends ChildProcess>(child: T): T {
  if (living.size === 0) {
    process.once('exit', killAll);
    // A runner that gives up on its worker asks it to end, which makes no 'exit' of its own.
    process.once('SIGTERM', () => process.exit(143));
  }
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
}
