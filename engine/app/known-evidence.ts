// Paths of every file this installation knows as evidence: of the open case, and of the cases opened here lately, looked at read-only.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isTrustedPlace } from '../blobs/evidence-place.ts';
import { closeCase, openCaseForReading } from '../case/open-case.ts';
import { evidencePaths } from '../case/rows/evidence.ts';
import { refuseOverwrite } from '../custody/output-guard.ts';
import { absolutePath } from '../files/absolute-path.ts';
import { homeFolders } from './known-cases.ts';
import type { Services } from './services.ts';
import { listRecentCases } from './settings.ts';

function* pathsOf(state: Services, recent: readonly string[]): Generator<string> {
  const open = state.isOpen ? state.opened.handle : undefined;
  if (open) for (const one of evidencePaths(open)) if (isTrustedPlace(open.folder, one)) yield one;
  for (const folder of recent) if (folder !== open?.folder) yield* pathsOfClosed(folder);
}

function realPathOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

/** A case that cannot be looked at now (away, newer, damaged) names none. */
function pathsOfClosed(folder: string): string[] {
  try {
    const opened = openCaseForReading(folder);
    try {
      return evidencePaths(opened);
    } finally {
      closeCase(opened);
    }
  } catch {
    return [];
  }
}

/** Before `file` is written from `inputs`: throws WRITE_FAILED where that would replace evidence, or is no whole path. See output-guard.ts. */
export async function guardOutput(state: Services, file: string, inputs: readonly string[] = []): Promise<void> {
  absolutePath(file);
  // Paths in a case from elsewhere are its author's: none of them is asked for.
  const home = await homeFolders(state.options.appDataFolder);
  const all = await listRecentCases(state.options.appDataFolder);
  const isOurs = (folder: string): boolean => home === undefined || home.has(realPathOf(folder));
  const recent = all.filter((one) => !one.missing && isOurs(one.folder));
  const evidence = () =>
    pathsOf(
      state,
      recent.map((one) => one.folder),
    );
  await refuseOverwrite(file, { evidence, inputs });
}
