// recce copies: which pictures of a case are re-encodings, scalings or slight crops of each other, or
// of one from outside.
import path from 'node:path';
import type { Command } from 'commander';
import { type CopyStack, MOST_COPIES } from '../../contract/copies.ts';
import {
  copiesLines,
  copiesSentences,
  framesWords,
  lookedForName,
  nearnessText,
  pictureName,
  sameBytesWords,
  WHAT_A_NEAR_COPY_IS,
} from '../../contract/copies-words.ts';
import { personName, wholeNumber } from '../arguments.ts';
import { followJob } from '../follow-job.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = { json?: boolean; examiner?: string };

/** Adds `recce copies` to the program. */
export function addCopiesCommand(program: Command): void {
  const copies = program
    .command('copies')
    .description('near copies: pictures of a case that look the same, re-encoded, scaled or slightly cut');
  const ofCase = (command: Command): Command =>
    command.argument('<case>', 'case folder').option('--json', 'print JSON');
  ofCase(copies.command('make').description('look at every picture of the case that was not looked at yet'))
    .option('--examiner <name>', 'who is asking', personName)
    .action(make);
  ofCase(copies.command('find').description('files that are near copies of each other, in stacks'))
    .option('--limit <n>', 'at most so many stacks', wholeNumber(1, MOST_COPIES), 100)
    .action(find);
  copies
    .command('like')
    .description('near copies of one picture from outside the case, nearest first')
    .argument('<case>', 'case folder')
    .argument('<picture>', 'the picture; it is read, and not taken in')
    .option('--limit <n>', 'at most so many', wholeNumber(1, MOST_COPIES), 100)
    .option('--examiner <name>', 'who is asking', personName)
    .option('--json', 'print JSON')
    .action(like);
}

const make = (folder: string, { json = false, examiner }: Options): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const output = processOutput(json);
    await followJob(client, output, await client.copies.make({ examiner }));
    const now = await client.copies.state();
    print(output, now, () => copiesLines(now));
  });

function stackLines({ files, pairs }: CopyStack, i: number): string[] {
  return [
    `Stack ${i + 1}: ${files.length} files`,
    ...files.map((file) => `  ${pictureName(file)}${sameBytesWords(file)}`),
    ...pairs.map((pair) => `  ${nearnessText(pair)}: ${pictureName(pair.one)} and ${pictureName(pair.other)}`),
  ];
}

const find = (folder: string, { json = false, limit }: Options & { limit: number }): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const found = await client.copies.find({ limit });
    const state = await client.copies.state();
    print(processOutput(json), { ...found, state }, () => [
      ...found.stacks.flatMap(stackLines),
      found.total > found.stacks.length
        ? `${found.stacks.length} of ${found.total} stacks are shown.`
        : `${found.total} ${found.total === 1 ? 'stack' : 'stacks'} of near copies.`,
      ...copiesLines(state),
      WHAT_A_NEAR_COPY_IS,
    ]);
  });

const like = (folder: string, picture: string, options: Options & { limit: number }): Promise<void> => {
  const { json = false, examiner, limit } = options;
  const file = path.resolve(picture);
  return withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const answer = await client.copies.like({ of: { file }, limit, examiner });
    print(processOutput(json), answer, () => [
      `Looked for: ${lookedForName(answer)}`,
      ...answer.copies.map(
        (one) =>
          `${one.isSame ? 'the same bytes' : nearnessText(one)}: ${pictureName(one)}${framesWords(one.frames)}${sameBytesWords(one)}`,
      ),
      copiesSentences(answer),
      WHAT_A_NEAR_COPY_IS,
    ]);
  });
};
