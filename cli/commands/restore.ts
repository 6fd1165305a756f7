// recce restore <case>: a damaged database is set aside whole, and the newest backup that is whole
// takes its place.
import path from 'node:path';
import type { Command } from 'commander';
import type { Client } from '../../engine/index.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Adds `recce restore` to the program. */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('set a damaged case database aside, whole, and open the newest backup in its place')
    .argument('<case>', 'case folder')
    .option('--anyway', 'also when the case opens: what was done since its newest backup is set aside')
    .option('--json', 'print JSON')
    .action(async (named: string, options: { anyway?: boolean; json?: boolean }) => {
      const folder = path.resolve(named);
      const restored = await withEngine(async (client) => {
        if (!options.anyway) await refuseIfItOpens(client, folder);
        return client.case.restore({ folder });
      });
      print(processOutput(options.json ?? false), restored, () => [
        `${restored.case.title}: as of audit entry ${restored.backup}. The damaged files are in ${restored.setAside}.`,
        'Run the same scans again: files with verdicts are passed over.',
      ]);
    });
}

/**
 * A case that opens has work in it that no backup has: it is not set aside by a command given in
 * haste.
 */
async function refuseIfItOpens(client: Client, folder: string): Promise<void> {
  const state = await client.case.open({ folder }).catch((error: { code?: string }) => {
    if (error.code !== 'CASE_DAMAGED') throw error;
    return undefined;
  });
  if (state)
    throw new Error(
      `${folder}: this case opens, so nothing was changed. "recce verify" says whether it is whole; with --anyway its newest backup takes its place all the same.`,
    );
}
