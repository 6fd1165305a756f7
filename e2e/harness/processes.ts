// Finds the workstation's child processes by what they are called on their command lines.
import { execFileSync } from 'node:child_process';
import type { ProcessName } from './workstation.ts';

/** Process id of the named child among the descendants of `root`, or of that itself. */
export function findProcess(root: number, name: ProcessName): number | undefined {
  if (name === 'main') return root;
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const all = lines.map((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)!;
    return { pid: Number(pid), parent: Number(parent), command: command! };
  });
  const isBelow = (pid: number): boolean => {
    const parent = all.find((one) => one.pid === pid)?.parent;
    return parent === root || (parent !== undefined && parent > 1 && isBelow(parent));
  };
  return all.find(({ pid, command }) => command.includes(`--recce-process=${name}`) && isBelow(pid))?.pid;
}
