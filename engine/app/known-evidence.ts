// Paths of every file this installation knows as evidence: of the open case, and of the cases opened here lately, looked at read-only.

import { evidencePaths } from './case/evidence.ts';
import { closeCase, openCaseForReading } from './case/open-case.ts';
import type { EngineState } from './engine-state.ts';
import { refuseOverwrite } from './refuse-overwrite.ts';
import { listRecentCases } from './settings.ts';
import { wholePath } from './whole-path.ts';

function* pathsOf(state: EngineState, recent: readonly string[]): Generator<string> {
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

/** Before `file` is written from `inputs`: throws WRITE_FAILED where that would replace evidence, or is no whole path. See refuse-overwrite.ts. */
export async function guardOutput(state: EngineState, file: string, inputs: readonly string[] = []): Promise<void> {
  wholePath(file);
  const recent = (await listRecentCases(state.options.appDataFolder)).filter((one) => !one.missing);
  const evidence = () =>
    pathsOf(
      state,
      recent.map((one) => one.folder),
    );
  await refuseOverwrite(file, { evidence, inputs });
}
