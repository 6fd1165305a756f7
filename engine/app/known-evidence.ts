// Paths of every file this installation knows as evidence: of the open case, and of the cases opened here lately, looked at read-only.

import { closeCase, openCaseForReading } from '../case/open-case.ts';
import { evidencePaths } from '../case/rows/evidence.ts';
import { refuseOverwrite } from '../custody/output-guard.ts';
import { absolutePath } from '../files/absolute-path.ts';
import type { Services } from './services.ts';
import { listRecentCases } from './settings.ts';

function* pathsOf(state: Services, recent: readonly string[]): Generator<string> {
  const open = state.isOpen ? state.opened.handle : undefined;
  if (open) yield* evidencePaths(open);
  for (const folder of recent) if (folder !== open?.folder) yield* pathsOfClosed(folder);
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
  const recent = (await listRecentCases(state.options.appDataFolder)).filter((one) => !one.missing);
  const evidence = () =>
    pathsOf(
      state,
      recent.map((one) => one.folder),
    );
  await refuseOverwrite(file, { evidence, inputs });
}
