// What this installation remembers of the cases that were opened here, outside their folders: where
// each lay, how far its log was, and whether its evidence lies where its rows say. Whoever can
// write a case's folder cannot write this.
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';
import { createSerialQueue } from '../async/serial-queue.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { auditLink, firstEntryHash } from '../case/log/audit.ts';
import { isCaseFolder } from '../case/open-case.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { listRecentCases } from './settings.ts';

const knownCaseSchema = z.object({
  folder: z.string(),
  /** Hash of the first entry of its log: which case it is. */
  first: sha256Schema,
  /** The newest entry when it was last seen. */
  seq: z.number().int().positive(),
  hash: sha256Schema,
  /** True where its rows were written here: its evidence is looked for where they say. */
  home: z.boolean(),
  /**
   * Folders that somebody working here has named: evidence of a case from elsewhere is looked for
   * below them alone.
   */
  roots: z.array(z.string()).default([]),
});
export type KnownCase = z.infer<typeof knownCaseSchema>;

/**
 * How a case came to be opened: made here, unpacked, brought back from a backup, or simply opened.
 */
export type Origin = 'made' | 'unpacked' | 'restored' | 'opened';

/** Cases remembered; those seen last stay. */
const LIMIT = 2000;
const inTurn = createSerialQueue();
const fileOf = (appDataFolder: string): string => path.join(appDataFolder, 'known-cases.json');

async function read(appDataFolder: string): Promise<KnownCase[] | undefined> {
  try {
    return z.array(knownCaseSchema).parse(JSON.parse(await readFile(fileOf(appDataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

const placeOf = (folder: string): Promise<string> => realpath(folder).catch(() => path.resolve(folder));

/**
 * What is remembered of a case that is being opened: of its folder, else of a folder that it was
 * moved away from.
 */
export async function recall(
  appDataFolder: string,
  handle: ReadableCase,
): Promise<{ last: KnownCase | undefined; isHome: boolean; roots: readonly string[] }> {
  const folder = await placeOf(handle.folder);
  const first = firstEntryHash(handle);
  const all = await read(appDataFolder);
  const here = all?.find((one) => one.folder === folder);
  const moved = all?.find((one) => one.first === first && !isCaseFolder(one.folder));
  const own = here?.first === first ? here : moved;
  if (own) return { last: own, isHome: own.home, roots: own.roots };
  // Cases that were worked on before this was remembered.
  const recent =
    all === undefined && (await listRecentCases(appDataFolder)).some((one) => one.folder === handle.folder);
  return { last: here, isHome: recent, roots: [] };
}

/**
 * Puts what is so now at the head of the list. A list that cannot be written is no reason not to
 * work on a case.
 */
export const remember = (
  appDataFolder: string,
  handle: ReadableCase,
  { home, roots }: Pick<KnownCase, 'home' | 'roots'>,
): Promise<void> =>
  inTurn(async () => {
    const [first, link] = [firstEntryHash(handle), auditLink(handle)];
    // A hash that is none is a log somebody has changed: what was seen before stays remembered.
    if (![first, link?.hash].every((one) => sha256Schema.safeParse(one).success) || !first || !link) return;
    const folder = await placeOf(handle.folder);
    const others = ((await read(appDataFolder)) ?? []).filter((one) => one.folder !== folder);
    const now: KnownCase = { folder, first, seq: link.seq, hash: link.hash, home, roots };
    const text = `${JSON.stringify([now, ...others].slice(0, LIMIT), null, 2)}\n`;
    await writeAtomic(fileOf(appDataFolder), [text]).catch(() => {});
  });

/** Folders of cases whose rows were written here. */
export async function homeFolders(appDataFolder: string): Promise<ReadonlySet<string> | undefined> {
  const all = await read(appDataFolder);
  return all && new Set(all.filter((one) => one.home).map((one) => one.folder));
}
