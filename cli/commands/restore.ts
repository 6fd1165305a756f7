// recce restore <case>: a damaged database is set aside whole, and the newest backup that is whole takes its place.
import path from 'node:path';
import type { Command } from 'commander';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Adds `recce restore` to the program. */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('set a damaged case database aside, whole, and open the newest backup in its place')
    .argument('<case>', 'case folder')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { json?: boolean }) => {
      const restored = await withEngine((client) => client.case.restore({ folder: path.resolve(folder) }));
      print(processOutput(options.json ?? false), restored, () => [
        `${restored.case.title}: as of audit entry ${restored.backup}. The damaged files are in ${restored.setAside}.`,
        'Run the same scans again: files with verdicts are passed over.',
      ]);
    });
}
