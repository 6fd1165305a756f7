// recce head <case> --sign KEY --out FILE: the newest entry of the log, signed and time-stamped: an
// anchor outside the case.
import path from 'node:path';
import type { Command } from 'commander';
import { print, processOutput } from '../output.ts';
import { PASSWORD, type SigningOptions, signingFrom, TIME_STAMP_HELP } from '../signing-options.ts';
import { withEngine } from '../with-engine.ts';

type Options = SigningOptions & { out: string; json?: boolean };

/** The entry that was signed, as `verify` names one. */
export const signedLine = ({ seq, hash }: { seq: number; hash: string }): string => `Signed: entry ${seq}:${hash}`;

/** Adds `recce head` to the program. */
export function addHeadCommand(program: Command): void {
  program
    .command('head')
    .description('sign the newest entry of a case’s log, for verify --against; keep the file elsewhere')
    .argument('<case>', 'case folder')
    .requiredOption('--sign <p12>', `PKCS#12 key; its password is read from ${PASSWORD}`)
    .requiredOption('--out <file>', 'where to write it (JSON)')
    .option('--time-stamp <url>', TIME_STAMP_HELP)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: Options) => {
      const head = await withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        return client.case.signHead({ path: path.resolve(options.out), signing: signingFrom(options) });
      });
      print(processOutput(options.json ?? false), head, () => [signedLine(head)]);
    });
}
