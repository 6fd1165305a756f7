// What this installation remembers of the cases that were opened here, outside their folders: where
// each lay, how far its log was, and whether its evidence lies where its rows say. Whoever can
// write a case's folder cannot write this.
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';
import { createSerialQueue } from '../async/serial-queue.ts';
import { type Anchor, identityMarks, missingAnchors } from '../case/custody/anchors.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { auditEntriesOf, auditLink, firstEntryHash } from '../case/log/audit.ts';
import { isCaseFolder } from '../case/open-case.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { listRecentCases } from './settings.ts';

/** An entry of a log as it was seen: of a case, the newest when it was last open here. */
const seenSchema = z.object({ seq: z.number().int().positive(), hash: sha256Schema });

const knownCaseSchema = seenSchema.extend({
  folder: z.string(),
  /** Hash of the first entry of its log: which case it is. */
  first: sha256Schema,
  /** What it is known by under another path (identityMarks), and its folder under another name. */
  marks: z.array(z.string()).default([]),
  /**
   * What copies of the case under other paths are held against in place of its own end, where that
   * says nothing of them: it lacks these entries, or went a way of its own behind them.
   */
  forOthers: z.array(seenSchema).default([]),
  /**
   * The newest entries that portable cases written of it had: what was unpacked of one goes a way of
   * its own behind that entry.
   */
  packed: z.array(seenSchema).default([]),
  /** True where it was itself unpacked from a case that was packed here. */
  branched: z.boolean().default(false),
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
 * The folder as the system knows it, whatever its name: undefined where it says no time of making,
 * by which a number that is used again is told apart.
 */
async function folderMark(folder: string): Promise<string | undefined> {
  const { dev, ino, birthtimeNs } = await stat(folder, { bigint: true }).catch(() => NOTHING);
  return birthtimeNs > 0n && ino > 0n ? `folder ${dev} ${ino} ${birthtimeNs}` : undefined;
}
const NOTHING = { dev: 0n, ino: 0n, birthtimeNs: 0n };

async function marksOf(handle: ReadableCase): Promise<string[]> {
  const folder = await folderMark(handle.folder);
  return [...identityMarks(handle), ...(folder ? [folder] : [])];
}

/** What was seen of a case that is being opened. */
export type Recalled = {
  seen: readonly Anchor[];
  isHome: boolean;
  /** The case that this one was packed from, and its newest entry then; null where none is known. */
  branch: { folder: string; seq: number } | null;
} & Pick<KnownCase, 'roots' | 'forOthers' | 'branched'>;

/**
 * In its folder, or where it was moved to, the newest entry of the last time; in another folder, as
 * a copy beside it or under another name, what was seen of the same case under every path. A copy
 * of what was seen is held against nothing else.
 */
export async function recall(
  appDataFolder: string,
  handle: ReadableCase,
  origin: Origin = 'opened',
): Promise<Recalled> {
  const folder = await placeOf(handle.folder);
  const first = firstEntryHash(handle);
  const all = await read(appDataFolder);
  const here = all?.find((one) => one.folder === folder);
  const moved = all?.find((one) => one.first === first && !isCaseFolder(one.folder));
  const own = here?.first === first ? here : moved;
  const marks = new Set(await marksOf(handle));
  const others = (all ?? []).filter((one) => one !== here && isOneOf(one, marks));
  const isAlone = own !== undefined && (own === here || !others.some((one) => isCaseFolder(one.folder)));
  const end = auditLink(handle);
  const same = isAlone ? own : here ? undefined : others.find(({ seq, hash }) => seq === end?.seq && hash === end.hash);
  const packedFrom = others.flatMap((one) => {
    const head = one.packed.findLast((packed) => isUnpackedBehind(handle, packed, origin));
    return head ? [{ one, head }] : [];
  });
  const branch = packedFrom[0] ? { folder: packedFrom[0].one.folder, seq: packedFrom[0].head.seq } : null;
  const ofOther = (one: KnownCase): Anchor[] => {
    const from = packedFrom.find((packed) => packed.one === one);
    if (from) return [{ ...from.head, source: `${LAST} in ${one.folder}` }];
    // Another branch of the same case has nothing that this one must have but what both were packed with.
    return branch && one.branched ? [] : anchorsOf(one);
  };
  const seen = same
    ? [{ seq: same.seq, hash: same.hash, source: LAST }]
    : once([...(here ? anchorsOf(here) : []), ...others.flatMap(ofOther)]);
  const forOthers = same?.forOthers ?? [];
  const branched = branch !== null || own?.branched === true;
  if (own) return { seen, branch, branched, isHome: own.home, roots: own.roots, forOthers };
  // Cases that were worked on before this was remembered.
  const recent =
    all === undefined && (await listRecentCases(appDataFolder)).some((one) => one.folder === handle.folder);
  return { seen, branch, branched, isHome: recent, roots: [], forOthers };
}

const LAST = 'what this workstation saw last';
/** Portable cases remembered of one case. */
const PACKED = 100;

/** True where the log has the entry that was packed, and says behind it that it was unpacked. */
const isUnpackedBehind = (handle: ReadableCase, head: KnownCase['packed'][number], origin: Origin): boolean =>
  missingAnchors(handle, [{ ...head, source: '' }]).length === 0 &&
  (origin === 'unpacked' || auditEntriesOf(handle, 'case.unpacked').some(({ seq }) => seq > head.seq));

const once = (anchors: readonly Anchor[]): Anchor[] => [...new Map(anchors.map((one) => [one.hash, one])).values()];

const isOneOf = ({ first, marks }: KnownCase, of: ReadonlySet<string>): boolean =>
  of.has(`first ${first}`) || marks.some((mark) => of.has(mark));

const anchorsOf = ({ folder, seq, hash, forOthers }: KnownCase): Anchor[] =>
  (forOthers.length > 0 ? forOthers : [{ seq, hash }]).map((one) => ({ ...one, source: `${LAST} in ${folder}` }));

/**
 * Puts what is so now at the head of the list. A list that cannot be written is no reason not to
 * work on a case.
 */
export const remember = (
  appDataFolder: string,
  handle: ReadableCase,
  { home, roots, forOthers, branched }: Pick<KnownCase, 'home' | 'roots' | 'forOthers' | 'branched'>,
): Promise<void> =>
  inTurn(async () => {
    const [first, link] = [firstEntryHash(handle), auditLink(handle)];
    // A hash that is none is a log somebody has changed: what was seen before stays remembered.
    if (![first, link?.hash].every((one) => sha256Schema.safeParse(one).success) || !first || !link) return;
    const folder = await placeOf(handle.folder);
    const all = (await read(appDataFolder)) ?? [];
    const others = all.filter((one) => one.folder !== folder);
    const packed = all.find((one) => one.folder === folder && one.first === first)?.packed ?? [];
    const marks = await marksOf(handle);
    const { seq, hash } = link;
    const now: KnownCase = { folder, first, seq, hash, marks, forOthers, packed, branched, home, roots };
    const text = `${JSON.stringify([now, ...others].slice(0, LIMIT), null, 2)}\n`;
    await writeAtomic(fileOf(appDataFolder), [text]).catch(() => {});
  });

/** A portable case was written whose log ends with `head`. */
export const rememberPacked = (
  appDataFolder: string,
  handle: ReadableCase,
  head: KnownCase['packed'][number],
): Promise<void> =>
  inTurn(async () => {
    const folder = await placeOf(handle.folder);
    const known = ((await read(appDataFolder)) ?? []).map((one) =>
      one.folder === folder ? { ...one, packed: [...one.packed, head].slice(-PACKED) } : one,
    );
    await writeAtomic(fileOf(appDataFolder), [`${JSON.stringify(known, null, 2)}\n`]).catch(() => {});
  });

/** Folders of cases whose rows were written here. */
export async function homeFolders(appDataFolder: string): Promise<ReadonlySet<string> | undefined> {
  const all = await read(appDataFolder);
  return all && new Set(all.filter((one) => one.home).map((one) => one.folder));
}
