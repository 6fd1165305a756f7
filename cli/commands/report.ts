// recce report <case> --out report.pdf: the case as a PDF, JSON or CSV exhibit.
import path from 'node:path';
import { type Command, Option } from 'commander';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = { out: string; title?: string; organisation?: string; paper: 'A4' | 'Letter'; json?: boolean };

/** What the file name's ending asks for; PDF unless it says otherwise. */
const formatFromPath = (file: string): 'pdf' | 'json' | 'csv' =>
  file.endsWith('.json') ? 'json' : file.endsWith('.csv') ? 'csv' : 'pdf';

/** Adds `recce report` to the program. */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('write the report of a case; the ending of --out chooses pdf, json or csv')
    .argument('<case>', 'case folder')
    .requiredOption('--out <file>', 'where to write it')
    .option('--title <text>', 'title on the cover')
    .option('--organisation <text>', 'laboratory or agency on the cover', '')
    .addOption(new Option('--paper <size>', 'size of the pages').choices(['A4', 'Letter']).default('A4'))
    .option('--json', 'print JSON')
    .action(async (folder: string, options: Options) => {
      const exported = await withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        return client.report.export({
          format: formatFromPath(options.out),
          path: path.resolve(options.out),
          options: {
            ...(options.title ? { title: options.title } : {}),
            organisation: options.organisation ?? '',
            paper: options.paper,
          },
        });
      });
      print(processOutput(options.json ?? false), exported, () => [
        `${exported.path}${exported.pages === null ? '' : `, ${exported.pages} pages`}, ${exported.sizeBytes} bytes`,
        `sha256 ${exported.sha256}`,
      ]);
    });
}
