// recce pack <case> --out FILE and recce unpack <file> --case DIR: a whole case in one file, to
// another workstation and back.

import path from 'node:path';
import type { Command } from 'commander';
import { visibleText } from '../../contract/visible-text.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type PackOptions = { out: string; evidence?: boolean; replace?: boolean; models: boolean; json?: boolean };

/** Adds `recce pack` and `recce unpack` to the program. */
export function addPackCommands(program: Command): void {
  program
    .command('pack')
    .description('write a case as one file that another workstation can open, verify and rerun')
    .argument('<case>', 'case folder')
    .requiredOption('--out <file>', 'where to write it')
    .option('--evidence', 'put the evidence files in')
    .option('--replace', 'replace a file that is there')
    .option('--no-models', 'leave the model weights out')
    .option('--json', 'print JSON')
    .action(pack);
  program
    .command('unpack')
    .description('open a packed case in a new folder; every hash is checked first')
    .argument('<file>', 'packed case')
    .requiredOption('--case <dir>', 'new case folder')
    .option('--json', 'print JSON')
    .action(unpack);
}

async function pack(folder: string, options: PackOptions): Promise<void> {
  const packed = await withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    return client.case.pack({
      file: path.resolve(options.out),
      evidence: options.evidence ?? false,
      models: options.models,
      replace: options.replace ?? false,
    });
  });
  print(processOutput(options.json ?? false), packed, () => [
    ...packed.leftOut.map(({ subject, reason }) => `left out: ${visibleText(subject)}: ${reason}`),
    ...(options.evidence ? [] : ['evidence NOT included; add --evidence to put it in']),
    `${packed.path}, ${packed.files} files, ${packed.sizeBytes} bytes`,
    `sha256 ${packed.sha256}`,
  ]);
}

async function unpack(file: string, options: { case: string; json?: boolean }): Promise<void> {
  const opened = await withEngine((client) =>
    client.case.unpack({ file: path.resolve(file), folder: path.resolve(options.case) }),
  );
  print(processOutput(options.json ?? false), opened, () => [
    ...opened.remarks.map(visibleText),
    `${opened.title}: ${opened.counts.evidence} evidence files, ${opened.counts.verdicts} verdicts. Case: ${opened.folder}`,
  ]);
}
