// recce rerun <case> [--verdict ID]: verdicts made again from their recorded parameters, with a
// table of differences.

import path from 'node:path';
import type { Command } from 'commander';
import type { VerdictId } from '../../contract/brand.ts';
import { verdictIdSchema } from '../../contract/brand.ts';
import type { RerunReport, RerunRow } from '../../contract/rerun.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { personName } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { print, processOutput, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Adds `recce rerun` to the program. */
export function addRerunCommand(program: Command): void {
  program
    .command('rerun')
    .description('repeat results and compare; exit code 4 when one differs or cannot be repeated')
    .argument('<case>', 'case folder')
    .option('--verdict <id...>', 'only these verdicts')
    .option('--examiner <name>', 'who is asking', personName)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { verdict?: string[]; examiner?: string; json?: boolean }) => {
      const output = processOutput(options.json ?? false);
      const report = await withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        const verdictIds = options.verdict?.map((id): VerdictId => verdictIdSchema.parse(Number(id)));
        const started = await client.rerun.start({ verdictIds, examiner: options.examiner });
        const job = await followJob(client, output, started);
        return client.rerun.read({ jobId: job.id });
      });
      print(output, report, () => rerunLines(report));
      process.exitCode = report.counts.different + report.counts.notPossible > 0 ? exitCodes.notWhole : exitCodes.done;
    });
}

const WORDS: Record<RerunRow['result'], string> = {
  identical: 'identical',
  withinTolerance: 'within tolerance',
  different: 'DIFFERENT',
  notPossible: 'NOT POSSIBLE',
};

function rerunLines({ rows, counts }: RerunReport): string[] {
  const lines = rows.flatMap((row) => [
    `verdict ${row.verdictId}, ${visibleText(row.relativePath)}${row.face === null ? '' : `, face ${row.face}`}: ${WORDS[row.result]}${
      row.basis === 'crop' ? ' (model step alone)' : ''
    }${row.reason ? `. ${row.reason}` : ''}`,
    ...differencesOf(row),
  ]);
  const summary = (Object.keys(WORDS) as RerunRow['result'][]).map((result) => `${counts[result]} ${WORDS[result]}`);
  return [...lines, `${rows.length} results repeated: ${summary.join(', ')}.`];
}

/** What differs, as a table; nothing for an identical row on the same machine and build. */
function differencesOf({ environment, quantities }: RerunRow): string[] {
  const differing = quantities.filter((one) => !one.same);
  const rows = [
    ...environment.map(({ name, recorded, present }) => [`  ${name}`, recorded, present, '']),
    ...differing.map(({ name, recorded, found, difference }) => [
      `  ${name}`,
      recorded,
      found,
      difference === null ? '' : String(difference),
    ]),
  ];
  return rows.length === 0 ? [] : table([['  quantity', 'recorded', 'now', 'difference'], ...rows]);
}
