// Paths of every file this installation knows as evidence: of the open case, and of the cases
// opened here lately, looked at read-only.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isTrustedPlace, pathsHere } from '../blobs/evidence-place.ts';
import { closeCase, openCaseForReading } from '../case/open-case.ts';
import { evidencePaths } from '../case/rows/evidence.ts';
import { refuseOverwrite } from '../custody/output-guard.ts';
import { absolutePath } from '../files/absolute-path.ts';
import type { CurrentCase } from './current-case.ts';
import { homeFolders } from './known-cases.ts';
import type { Services } from './services.ts';
import { listRecentCases } from './settings.ts';

/**
 * A share of another machine: asking for it would be a call to an address that a case from
 * elsewhere has chosen.
 */
export const isOfNetwork = (file: string): boolean => /^[\\/]{2}/.test(file);

function* pathsOf(
  currentCase: CurrentCase,
  recent: readonly string[],
  isHome: (folder: string) => boolean,
): Generator<string> {
  const open = currentCase.isOpen ? currentCase.opened.handle : undefined;
  if (open) {
    yield* pathsHere(open.folder);
    yield* evidencePaths(open).filter((one) => isTrustedPlace(open.folder, one) || !isOfNetwork(one));
  }
  for (const folder of recent)
    if (folder !== open?.folder) yield* pathsOfClosed(folder).filter((one) => isHome(folder) || !isOfNetwork(one));
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

/**
 * Before `file` is written from `inputs`: throws WRITE_FAILED where that would replace evidence, or
 * is no whole path. See output-guard.ts.
 */
export async function guardOutput(
  deps: Pick<Services, 'currentCase' | 'installation'>,
  file: string,
  inputs: readonly string[] = [],
): Promise<void> {
  absolutePath(file);
  const home = await homeFolders(deps.installation.appDataFolder);
  const isHome = (folder: string): boolean => home === undefined || home.has(realPathOf(folder));
  const recent = (await listRecentCases(deps.installation.appDataFolder)).filter((one) => !one.missing);
  const evidence = () =>
    pathsOf(
      deps.currentCase,
      recent.map((one) => one.folder),
      isHome,
    );
  await refuseOverwrite(file, { evidence, inputs });
}
