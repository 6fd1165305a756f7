// recce opinion <case>: an examiner's opinion on one finding, and the case's rule on when an
// opinion needs its reason.
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { VerdictId } from '../../contract/brand.ts';
import { reasonRuleSchema } from '../../contract/case.ts';
import { type Conclusion, conclusionSchema, type Opinion } from '../../contract/opinion.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { personName, wholeNumber } from '../arguments.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = {
  verdict: number;
  conclusion: Conclusion;
  examiner: string;
  reason?: string;
  json?: boolean;
};

type RuleOptions = { rule?: (typeof reasonRuleSchema.options)[number]; examiner?: string };

/** Adds `recce opinion` and `recce reasons` to the program. */
export function addOpinionCommands(program: Command): void {
  program
    .command('opinion')
    .description('give an opinion on what a verdict is about; nothing is replaced, a later opinion stands in front')
    .argument('<case>', 'case folder')
    .requiredOption('--verdict <id>', 'number of the verdict', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addOption(
      new Option('--conclusion <c>', 'what is concluded').choices(conclusionSchema.options).makeOptionMandatory(),
    )
    .requiredOption('--examiner <name>', 'whose opinion', personName)
    .option('--reason <text>', 'why; the case may ask for it')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: Options) => {
      const given = await give(path.resolve(folder), options);
      print(processOutput(options.json ?? false), given, () => [
        `${visibleText(given.examinerName)}: ${given.conclusion}${given.note ? `. ${visibleText(given.note)}` : ''}`,
      ]);
    });
  program
    .command('reasons')
    .description('say when an opinion of this case must carry its reason; without --rule, print it')
    .argument('<case>', 'case folder')
    .addOption(new Option('--rule <rule>', 'the rule from now on').choices(reasonRuleSchema.options))
    .option('--examiner <name>', 'who changes it; with --rule', personName)
    .action(async (folder: string, { rule, examiner }: RuleOptions) => {
      const { reasonRule } = await withEngine(async (client) => {
        const opened = await client.case.open({ folder: path.resolve(folder) });
        return rule ? client.case.configure({ reasonRule: rule, examiner }) : opened;
      });
      processOutput(false).line(reasonRule);
    });
}

const give = (folder: string, { verdict, conclusion, examiner, reason }: Options): Promise<Opinion> =>
  withEngine(async (client) => {
    await client.case.open({ folder });
    const subject = await client.finding.subject({ verdictId: verdict as VerdictId });
    const { opinion } = await client.opinion.give({ ...subject, conclusion, note: reason, examiner });
    return opinion;
  });
