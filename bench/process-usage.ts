// What processes have used so far, as the system counts it. Only Linux tells it of other processes;
// elsewhere they count as 0.
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc; 100 on every Linux this runs on. */
const TICKS = 100;

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** Processor time of this process, seconds. */
export function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Processor time of another process, seconds. */
export function secondsOf(pid: number | undefined): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
  return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS : 0;
}

const statusOf = (pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

/** Resident memory of a process, MB. */
export const megabytesOf = (pid: number | undefined): number => statusOf(pid, 'VmRSS');

/** The most that a process has had resident, MB. */
export const peakMegabytesOf = (pid: number | undefined): number => statusOf(pid, 'VmHWM');

/** Processor time of another process and of everything it started that still runs, seconds. */
export function treeSeconds(pid: number | undefined): number {
  if (pid === undefined) return 0;
  // Each thread names what it started itself.
  const threads = listed(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
  return secondsOf(pid) + children.reduce((sum, child) => sum + treeSeconds(Number(child)), 0);
}
