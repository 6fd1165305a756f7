// Does the database of an open case agree with itself? SQLite says so in one piece, seconds for a
// large case: a thread with a connection of its own asks, and the engine answers others meanwhile.
import { RecceError } from '../../contract/errors.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { spawnThread } from '../process/spawn-thread.ts';
import { createSupervisedChild } from '../process/supervised-child.ts';

export type IntegrityRequest = { file: string; folder: string; most: number };

/** Beyond any case that there is: ten million faces take some minutes. */
const LIMIT_MS = 60 * 60_000;

/**
 * At most `most` things that are wrong, a line each; "ok" where nothing is. Rejects with the reason
 * of `signal`, and where the database cannot be read.
 */
export async function checkIntegrity(
  { db, folder }: ReadableCase,
  most: number,
  signal?: AbortSignal,
): Promise<string> {
  const entry = new URL('./integrity-process.ts', import.meta.url);
  const thread = createSupervisedChild<IntegrityRequest, string>({
    ...{ entry, name: 'integrity', timeoutMs: LIMIT_MS },
    spawn: spawnThread,
  });
  try {
    return await thread.call({ file: db.raw.name, folder, most }, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await thread.close();
  }
}

/**
 * A report is read through indexes, which another program can leave short of rows while the
 * layout's text is right: every index is held against its table. Throws CASE_DAMAGED.
 */
export async function expectWholeDatabase(opened: ReadableCase, signal?: AbortSignal): Promise<void> {
  const found = await checkIntegrity(opened, 1, signal);
  if (found !== 'ok')
    throw new RecceError(
      'CASE_DAMAGED',
      opened.folder,
      `its database does not agree with itself (${found}). Verify the case.`,
    );
}
