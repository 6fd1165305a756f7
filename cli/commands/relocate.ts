// recce relocate <case> --from OLD --to NEW: evidence that lies elsewhere now is told to the case,
// by hash.
import path from 'node:path';
import type { Command } from 'commander';
import type { Relocation, RelocationRefusal } from '../../contract/relocation.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput, progressBar } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type RelocateOptions = { from: string; to: string; check?: boolean; json?: boolean };

const REFUSAL_WORDS: Readonly<Record<RelocationRefusal, string>> = {
  missing: 'not there',
  unreadable: 'cannot be read there',
  otherContent: 'other content there',
  withoutHash: 'no hash recorded',
  placeTaken: 'the place is another file of the case',
};

const KEPT_HERE =
  'The case cannot be written and says nothing of it: this workstation remembers the places, and looks there while the case is viewed here.';

/** Adds `recce relocate` to the program. */
export function addRelocateCommand(program: Command): void {
  program
    .command('relocate')
    .description('tell a case that its evidence lies elsewhere now; every file is checked by its hash first')
    .argument('<case>', 'case folder')
    .requiredOption('--from <path>', 'folder or file as the case has it')
    .requiredOption('--to <path>', 'where it lies now')
    .option('--check', 'look only, enter nothing')
    .option('--json', 'print JSON')
    .action(relocate);
}

/** A path of the case may be of another system: one that is whole in any is left as it is. */
const asRecorded = (from: string): string => (/^([A-Za-z]:)?[\\/]/.test(from) ? from : path.resolve(from));

async function relocate(folder: string, options: RelocateOptions): Promise<void> {
  const output = processOutput(options.json ?? false);
  const relocation = await withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const bar = progressBar(output);
    try {
      const request = { from: asRecorded(options.from), to: path.resolve(options.to), check: options.check ?? false };
      for await (const event of await client.case.relocate(request)) {
        if (event.kind === 'done') return event.relocation;
        bar.update(event.done, event.total, event.shownPath);
      }
    } finally {
      bar.stop();
    }
    throw new Error('The relocation ended without saying how.');
  });
  print(output, relocation, () => linesOf(relocation, options.check ?? false));
  const stayed = Object.keys(relocation.refused).length > 0;
  if (stayed) process.exitCode = relocation.moved > 0 ? exitCodes.someUnreadable : exitCodes.failed;
}

function linesOf({ moved, files, to, refused, refusals, entered, keptBy }: Relocation, check: boolean): string[] {
  const counts = Object.entries(refused).map(([reason, n]) => `${n} ${REFUSAL_WORDS[reason as RelocationRefusal]}`);
  const found = check ? 'would be looked for in' : 'are looked for in';
  return [
    ...refusals.map(
      ({ shownPath, reason, message }) => `stays: ${visibleText(shownPath)}: ${REFUSAL_WORDS[reason]}. ${message}`,
    ),
    `${moved} of ${files} files ${found} ${visibleText(to)} now.${counts.length > 0 ? ` The others stay as they were: ${counts.join(', ')}.` : ''}`,
    ...(entered && keptBy === 'workstation' ? [KEPT_HERE] : []),
  ];
}
