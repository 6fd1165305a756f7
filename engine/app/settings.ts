// What this installation remembers outside any case: settings and recent cases, each one JSON file
// in the application's folder.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type RecentCase, recentCaseSchema } from '../../contract/case.ts';
import { type Settings, settingsSchema } from '../../contract/settings.ts';
import { createSerialQueue } from '../async/serial-queue.ts';
import { isCaseFolder, LONGEST_TITLE } from '../case/open-case.ts';
import { writeAtomic } from '../files/write-atomic.ts';

const RECENT_LIMIT = 20;

/** Reads a JSON file through its schema; what is missing or does not fit counts as the default. */
async function readJson<T>(file: string, schema: z.ZodType<T>, fallback: T): Promise<T> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return fallback;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return fallback;
  }
}

const writeJson = (file: string, value: unknown) => writeAtomic(file, [`${JSON.stringify(value, null, 2)}\n`]);

/** Each change begins from what the one before it left. */
const inTurn = createSerialQueue();

export const readSettings = (folder: string): Promise<Settings> =>
  readJson(path.join(folder, 'settings.json'), settingsSchema, settingsSchema.parse({}));

export const changeSettings = (folder: string, change: Partial<Settings>): Promise<Settings> =>
  inTurn(async () => {
    const settings = settingsSchema.parse({ ...(await readSettings(folder)), ...change });
    await writeJson(path.join(folder, 'settings.json'), settings);
    return settings;
  });

const recentFile = (folder: string): string => path.join(folder, 'recent-cases.json');

export async function listRecentCases(folder: string): Promise<RecentCase[]> {
  const recent = await readJson(recentFile(folder), z.array(recentCaseSchema), []);
  return recent.map((one) => ({ ...one, missing: !existsSync(one.folder) || !isCaseFolder(one.folder) }));
}

/**
 * Puts a case at the head of the list. A list that cannot be written is no reason not to open a
 * case.
 */
export const rememberCase = (folder: string, opened: Omit<RecentCase, 'missing'>): Promise<void> =>
  inTurn(async () => {
    const others = (await listRecentCases(folder)).filter((one) => one.folder !== opened.folder);
    // A title from elsewhere may be of any length, and this list is read at each start.
    const kept = { ...opened, title: opened.title.slice(0, LONGEST_TITLE), missing: false };
    await writeJson(recentFile(folder), [kept, ...others].slice(0, RECENT_LIMIT)).catch(() => {});
  });
