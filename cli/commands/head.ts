// recce head <case> --sign KEY --out FILE: the newest entry of the log, signed and time-stamped: an
// anchor outside the case.
import path from 'node:path';
import type { Command } from 'commander';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = { out: string; sign: string; timeStamp?: string; json?: boolean };

/** Adds `recce head` to the program. */
export function addHeadCommand(program: Command): void {
  program
    .command('head')
    .description('sign the newest entry of a case’s log, for verify --against; keep the file elsewhere')
    .argument('<case>', 'case folder')
    .requiredOption('--sign <p12>', 'PKCS#12 key; its password is read from RECCE_SIGN_PASSWORD')
    .requiredOption('--out <file>', 'where to write it (JSON)')
    .option('--time-stamp <url>', 'RFC 3161 authority for the signature; nothing is fetched without it')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: Options) => {
      const signing = {
        pkcs12Path: path.resolve(options.sign),
        password: process.env.RECCE_SIGN_PASSWORD ?? '',
        ...(options.timeStamp === undefined ? {} : { timeStampUrl: options.timeStamp }),
      };
      const head = await withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        return client.case.signHead({ path: path.resolve(options.out), signing });
      });
      print(processOutput(options.json ?? false), head, () => [`Signed: entry ${head.seq}:${head.hash}`]);
    });
}
