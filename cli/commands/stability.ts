// recce stability <case>: how firm verdicts are: each face altered as a fixed battery does, and scored
// again by its own model.
import path from 'node:path';
import { type Command, Option } from 'commander';
import { type FaceId, faceIdSchema, type VerdictId, verdictIdSchema } from '../../contract/brand.ts';
import { type FindingFilter, findingFilterSchema } from '../../contract/finding.ts';
import type { StabilityReport, StabilityRow } from '../../contract/stability.ts';
import type { Leaning } from '../../contract/verdict.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { alteredWords, stabilityRates, stabilitySentence } from '../../contract/wording.ts';
import type { Client } from '../../engine/index.ts';
import { personName } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

const LEANINGS = {
  forged: ['towardsForged'],
  genuine: ['towardsGenuine'],
  all: ['towardsForged', 'towardsGenuine'],
} as const satisfies Record<string, readonly Leaning[]>;

type Options = {
  face?: string[];
  verdict?: string[];
  leaning: keyof typeof LEANINGS;
  examiner?: string;
  json?: boolean;
};

/** Adds `recce stability` to the program. */
export function addStabilityCommand(program: Command): void {
  program
    .command('stability')
    .description('how firm results are: alter each face a little and score it again; exit code 4 when one cannot be')
    .argument('<case>', 'case folder')
    .addOption(new Option('--face <id...>', 'only these faces').conflicts(['verdict', 'leaning']))
    .addOption(new Option('--verdict <id...>', 'only these verdicts').conflicts(['face', 'leaning']))
    .addOption(
      new Option('--leaning <which>', 'faces that lean so; of films the most telling of each track')
        .choices(Object.keys(LEANINGS))
        .default('all'),
    )
    .option('--examiner <name>', 'who is asking', personName)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: Options) => {
      const output = processOutput(options.json ?? false);
      const { report, rates } = await withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        const started = await client.stability.start({ ...wantedBy(options), examiner: options.examiner });
        const job = await followJob(client, output, started);
        const read = await client.stability.read({ jobId: job.id });
        return { report: read, rates: options.json ? new Map() : await ratesOf(client, read) };
      });
      print(output, report, () => linesFrom(report, rates));
      process.exitCode = report.rows.some(isNotWhole) ? exitCodes.notWhole : exitCodes.done;
    });
}

/** What the record that each verdict was made under says of faces as stable as its own. */
async function ratesOf(client: Client, { rows }: StabilityReport): Promise<Map<VerdictId, string>> {
  const rates = new Map<VerdictId, string>();
  for (const row of rows)
    if (row.result === 'made')
      rates.set(row.verdictId, stabilityRates(row, await client.stability.measured({ verdictId: row.verdictId })));
  return rates;
}

type Wanted = { faceIds: FaceId[] } | { verdictIds: VerdictId[] } | { filter: FindingFilter };

function wantedBy({ face, verdict, leaning }: Options): Wanted {
  if (face) return { faceIds: face.map((id) => faceIdSchema.parse(Number(id))) };
  if (verdict) return { verdictIds: verdict.map((id) => verdictIdSchema.parse(Number(id))) };
  return { filter: findingFilterSchema.parse({ leanings: LEANINGS[leaning], videoFrames: 'key' }) };
}

const isNotWhole = ({ result, before }: StabilityRow): boolean =>
  result === 'notPossible' || before?.result === 'different';

const BEFORE: Readonly<Record<NonNullable<StabilityRow['before']>['result'], string>> = {
  identical: 'as in',
  withinTolerance: 'within tolerance of',
  different: 'DIFFERENT from',
  notPossible: 'not compared with',
};

function linesFrom({ rows }: StabilityReport, rates: ReadonlyMap<VerdictId, string>): string[] {
  const lines = rows.flatMap((row) => [
    `verdict ${row.verdictId}, ${visibleText(row.relativePath)}${row.face === null ? '' : `, face ${row.face}`}: ${stabilitySentence(row)}${
      row.before ? ` (${BEFORE[row.before.result]} job ${row.before.jobId})` : ''
    }`,
    ...[...row.altered, ...row.beside].map((one) => `  ${alteredWords(one)}`),
    ...[rates.get(row.verdictId)].flatMap((said) => (said ? [`  ${said}`] : [])),
  ]);
  const made = rows.filter(({ result }) => result === 'made').length;
  return [...lines, `${made} of ${rows.length} results tried.`];
}
