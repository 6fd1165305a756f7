// Which file was hashed, so that it can be told whether the one that is read later is the same:
// a path may lead to another one meanwhile, whose size and time of change anybody can set.
import { type BigIntStats, fstatSync, readdirSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * File system, number, size, and both times of change in nanoseconds. The system alone sets the
 * time of the last change of status: it moves with every write, renaming and setting of times, but
 * not with each store into memory that a program has mapped the file to, and on a file server it is
 * the server's word (docs/security.md).
 */
export type FileIdentity = string & { readonly brand?: 'FileIdentity' };

export const identityFrom = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileIdentity =>
  [dev, ino, size, mtimeNs, ctimeNs].join(':');

/** False as well where the path leads nowhere any more. */
export const isStill = async (path: string, identity: FileIdentity): Promise<boolean> =>
  stat(path, { bigint: true }).then(
    (now) => identityFrom(now) === identity,
    () => false,
  );

/** Where a system lists what a process has open; elsewhere nothing does. */
const DESCRIPTORS: Partial<Record<NodeJS.Platform, string>> = { linux: '/proc/self/fd', darwin: '/dev/fd' };

/** Descriptors of this process, whoever opened them, that are of this file as it was. */
function countOpen(folder: string, identity: FileIdentity): number {
  const isOf = (name: string): boolean => {
    try {
      return identityFrom(fstatSync(Number(name), { bigint: true })) === identity;
    } catch {
      return false;
    }
  };
  return readdirSync(folder).filter(isOf).length;
}

/**
 * Whether what `open` opens by the path is this very file. Asked of the descriptor where the system
 * lists them, which no exchange of files in between deceives; else of the path before and after.
 */
export async function opensSame(path: string, identity: FileIdentity, open: () => Promise<void>): Promise<boolean> {
  const folder = DESCRIPTORS[process.platform];
  const look = (): number =>
    folder ? countOpen(folder, identity) : Number(identityFrom(statSync(path, { bigint: true })) === identity);
  const before = look();
  await open();
  return folder ? look() > before : before === 1 && look() === 1;
}
