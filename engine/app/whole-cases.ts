// Which large databases were found to agree with themselves here, as they lay then: one that has not
// changed since is not gone through again each time it is opened. Lies outside the case: whoever can
// write its folder cannot write this.
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { createSerialQueue } from '../async/serial-queue.ts';
import { writeAtomic } from '../files/write-atomic.ts';

const wholeSchema = z.object({ folder: z.string(), stamp: z.string() });

/** Cases remembered; those closed last stay. */
const LIMIT = 2000;
const inTurn = createSerialQueue();
const fileOf = (appDataFolder: string): string => path.join(appDataFolder, 'whole-cases.json');
const placeOf = (folder: string): Promise<string> => realpath(folder).catch(() => path.resolve(folder));

async function read(appDataFolder: string): Promise<z.infer<typeof wholeSchema>[]> {
  try {
    return z.array(wholeSchema).parse(JSON.parse(await readFile(fileOf(appDataFolder), 'utf8')));
  } catch {
    return [];
  }
}

/**
 * Which files the database of a case is, and in which state: by number, size, and the times of their
 * content and of their entry in the folder, of which no program sets the last.
 */
export async function stampOf(folder: string): Promise<string> {
  const files = ['case.sqlite', 'case.sqlite-wal'].map(async (name) => {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path.join(folder, name), { bigint: true }).catch(() => NOTHING);
    return size > 0n ? `${name} ${ino} ${size} ${mtimeNs} ${ctimeNs}` : '';
  });
  return (await Promise.all(files)).join(' ');
}
const NOTHING = { ino: 0n, size: 0n, mtimeNs: 0n, ctimeNs: 0n };

/** True where the case was found whole here when it lay as the stamp says. */
export async function isKnownWhole(appDataFolder: string, folder: string, stamp: string): Promise<boolean> {
  const place = await placeOf(folder);
  return (await read(appDataFolder)).some((one) => one.folder === place && one.stamp === stamp);
}

/** A list that cannot be written costs another look, and is no reason not to close a case. */
export const rememberWhole = (appDataFolder: string, folder: string, stamp: string): Promise<void> =>
  inTurn(async () => {
    const place = await placeOf(folder);
    const others = (await read(appDataFolder)).filter((one) => one.folder !== place);
    const text = `${JSON.stringify([{ folder: place, stamp }, ...others].slice(0, LIMIT), null, 2)}\n`;
    await writeAtomic(fileOf(appDataFolder), [text]).catch(() => {});
  });
