// recce report <case> --out report.pdf: the case as a PDF, JSON, CSV or JSON-LD exhibit.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { personName } from '../arguments.ts';
import { idOf, tagName } from '../chosen-results.ts';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput } from '../output.ts';
import { signatureLine } from '../signature-words.ts';
import { PASSWORD, signingFrom, TIME_STAMP_HELP } from '../signing-options.ts';
import { withEngine } from '../with-engine.ts';

type Options = {
  out: string;
  title?: string;
  organisation?: string;
  paper: 'A4' | 'Letter';
  template?: string;
  redact: 'none' | 'others' | 'all';
  tag?: string;
  sign?: string;
  timeStamp?: string;
  findings?: string;
  conclusion?: string;
  wordsBy: string;
  separator: keyof typeof SEPARATORS;
  decimal: '.' | ',';
  bom: boolean;
  json?: boolean;
};

/** What stands between the cells of a table, by the name it has on a command line. */
const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const;

/** The words of a text file that was named; nothing where none was. */
const wordsIn = async (file: string | undefined): Promise<string> =>
  file === undefined ? '' : (await readFile(path.resolve(file), 'utf8')).trim();

const FORMATS = ['pdf', 'json', 'csv', 'jsonld'] as const;

/**
 * What the file name's ending asks for. A report under an ending that is not its own would be taken
 * for something else.
 */
const formatFromPath = (file: string): (typeof FORMATS)[number] | undefined =>
  FORMATS.find((format) => format === path.extname(file).slice(1).toLowerCase());

/** Adds `recce report` to the program. */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('write the report of a case; the ending of --out chooses pdf, json, csv or jsonld (CASE/UCO)')
    .argument('<case>', 'case folder')
    .requiredOption('--out <file>', 'where to write it')
    .option('--title <text>', 'title on the cover')
    .option('--organisation <text>', 'laboratory or agency on the cover', '')
    .addOption(new Option('--paper <size>', 'size of the pages').choices(['A4', 'Letter']).default('A4'))
    .option('--template <name>', 'report template of this installation')
    .addOption(
      new Option('--redact <faces>', 'cover faces: other people, or all')
        .choices(['none', 'others', 'all'])
        .default('none'),
    )
    .option('--tag <name>', 'pictures only of results with this tag, such as Shortlist', tagName)
    .option('--findings <file>', 'text file of what was found, printed in the report')
    .option('--conclusion <file>', 'text file of the conclusion')
    .option('--words-by <name>', 'the examiner whose words these are, printed with them', personName, '')
    .addOption(
      new Option('--separator <name>', 'between the cells of a csv').choices(Object.keys(SEPARATORS)).default('comma'),
    )
    .addOption(new Option('--decimal <sign>', 'decimal sign of a csv').choices(['.', ',']).default('.'))
    .option('--no-bom', 'a csv without byte order mark')
    .option('--sign <p12>', `sign the PDF with a PKCS#12 key; its password is read from ${PASSWORD}`)
    .option('--time-stamp <url>', TIME_STAMP_HELP)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: Options, command: Command) => {
      const format = formatFromPath(options.out);
      if (options.timeStamp !== undefined && options.sign === undefined)
        return command.error('--time-stamp is of a signature: give --sign too.', { exitCode: exitCodes.usage });
      if (options.sign !== undefined && format !== 'pdf')
        return command.error('Only a PDF is signed: let --out end in .pdf.', { exitCode: exitCodes.usage });
      if (!format)
        return command.error(`--out ${options.out}: the ending must be one of .${FORMATS.join(', .')}.`, {
          exitCode: exitCodes.usage,
        });
      const [findings, conclusion] = await Promise.all([wordsIn(options.findings), wordsIn(options.conclusion)]);
      const exported = await withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        return client.report.export({
          format,
          path: path.resolve(options.out),
          options: {
            ...(options.title ? { title: options.title } : {}),
            organisation: options.organisation ?? '',
            paper: options.paper,
            redaction: options.redact,
            filter: options.tag === undefined ? {} : { tags: [await idOf(client, options.tag)], videoFrames: 'all' },
            findings,
            conclusion,
            wordsBy: options.wordsBy,
            csv: {
              separator: SEPARATORS[options.separator],
              decimal: options.decimal,
              byteOrderMark: options.bom,
            },
            ...(options.template ? { template: options.template } : {}),
          },
          ...(options.sign === undefined ? {} : { signing: signingFrom({ ...options, sign: options.sign }) }),
        });
      });
      print(processOutput(options.json ?? false), exported, () => [
        `${exported.path}${exported.pages === null ? '' : `, ${exported.pages} pages`}, ${exported.sizeBytes} bytes`,
        `sha256 ${exported.sha256}`,
        ...(exported.signature ? [signatureLine(exported.signature)] : []),
      ]);
    });
}
