// recce copy-out <case> --out DIR: the originals of chosen results, each held against its recorded hash,
// with a manifest.
import path from 'node:path';
import type { Command } from 'commander';
import type { CopiedOut } from '../../contract/copy-out.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { personName } from '../arguments.ts';
import { type ChosenResults, choosesResults, resultsFrom } from '../chosen-results.ts';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput, progressBar } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = ChosenResults & { out: string; examiner?: string; json?: boolean };

/** Adds `recce copy-out` to the program. */
export function addCopyOutCommand(program: Command): void {
  choosesResults(
    program
      .command('copy-out')
      .description('copy the originals of chosen results into a new folder, with a manifest of their hashes')
      .argument('<case>', 'case folder'),
  )
    .requiredOption('--out <dir>', 'a folder that is not there yet, outside the case and the evidence')
    .option('--examiner <name>', 'who does it', personName)
    .option('--json', 'print JSON')
    .action(copyOut);
}

async function copyOut(folder: string, options: Options, command: Command): Promise<void> {
  const output = processOutput(options.json ?? false);
  const { examiner } = options;
  const copied = await withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const results = await resultsFrom(client, options, command);
    const bar = progressBar(output);
    try {
      const request = { results, folder: path.resolve(options.out), ...(examiner === undefined ? {} : { examiner }) };
      for await (const event of await client.report.copyOut(request)) {
        if (event.kind === 'done') return event.copied;
        bar.update(event.done, event.total, event.shownPath);
      }
    } finally {
      bar.stop();
    }
    throw new Error('The copying ended without saying how.');
  });
  print(output, copied, () => linesOf(copied));
  if (copied.left > 0) process.exitCode = copied.copied > 0 ? exitCodes.someUnreadable : exitCodes.failed;
}

const linesOf = ({ folder, copied, sizeBytes, left, leftFiles, manifestSha256 }: CopiedOut): string[] => [
  ...leftFiles.map((one) => `left out: ${visibleText(one.shownPath)}: ${one.left?.message ?? ''}`),
  ...(left > leftFiles.length ? [`and ${left - leftFiles.length} more, which the manifest names`] : []),
  `${copied} ${copied === 1 ? 'file' : 'files'}, ${sizeBytes} bytes, in ${visibleText(folder)}`,
  `sha256 of manifest.json ${manifestSha256}`,
];
