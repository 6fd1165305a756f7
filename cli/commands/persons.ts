// recce persons: comparing the faces of a case, where it is switched on; and which lie near one.
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { faceIdSchema } from '../../contract/brand.ts';
import { MOST_ALIKE, type PersonsQuery, personsReasonSchema, USUAL_DISTANCE } from '../../contract/persons.ts';
import {
  alikeName,
  BIOMETRIC,
  comparedSentences,
  distanceText,
  lookedForWords,
  NO_IDENTIFICATION,
  personsLines,
} from '../../contract/persons-words.ts';
import type { Client } from '../../engine/index.ts';
import { numberBetween, personName, wholeNumber } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';
import { addGroupsCommand } from './groups.ts';

type Options = { json?: boolean; examiner?: string };

function reasonText(text: string): string {
  if (personsReasonSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A reason of at least ten characters was expected.');
}

/** Adds `recce persons` to the program. */
export function addPersonsCommand(program: Command): void {
  const persons = program
    .command('persons')
    .description('which faces of a case look alike, where that is switched on; it names nobody');
  const ofCase = (command: Command): Command =>
    command.argument('<case>', 'case folder').option('--json', 'print JSON');
  const named = (command: Command): Command =>
    ofCase(command)
      .requiredOption('--examiner <name>', 'who does it', personName)
      .requiredOption('--reason <text>', 'why; entered in the log', reasonText);
  ofCase(persons.command('state').description('whether it is on, since when and why, and what is kept')).action(
    (folder: string, { json = false }: Options) => state(path.resolve(folder), json),
  );
  named(persons.command('on').description('switch it on for this case, and make 128 numbers of each face')).action(
    (folder: string, { json = false, examiner, reason }: Options & { reason: string }) =>
      measure(path.resolve(folder), json, (client) => client.persons.switchOn({ reason, examiner })),
  );
  ofCase(persons.command('measure').description('the same of faces that were found since'))
    .option('--examiner <name>', 'who is asking', personName)
    .action((folder: string, { json = false, examiner }: Options) =>
      measure(path.resolve(folder), json, (client) => client.persons.measure({ examiner })),
    );
  named(persons.command('erase').description('erase all of it, and switch it off')).action(
    (folder: string, { json = false, examiner, reason }: Options & { reason: string }) =>
      withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        const now = await client.persons.erase({ reason, examiner });
        print(processOutput(json), now, () => personsLines(now));
      }),
  );
  ofCase(persons.command('find').description('faces nearest to one, the nearest first, with their distances'))
    .addOption(new Option('--face <id>', 'a face of the case').argParser(wholeNumber(1, 2 ** 31)))
    .addOption(new Option('--file <picture>', 'a picture outside the case').conflicts('face'))
    .addOption(
      new Option('--number <n>', 'which face of that picture, from top to bottom; the largest when absent')
        .argParser(wholeNumber(1, 10_000))
        .conflicts('face'),
    )
    .option('--within <distance>', 'no farther than this', numberBetween(0, 10), USUAL_DISTANCE)
    .option('--limit <n>', 'at most so many', wholeNumber(1, MOST_ALIKE), 100)
    .option('--examiner <name>', 'who is asking', personName)
    .action(find);
  addGroupsCommand(persons);
}

const state = (folder: string, json: boolean): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder });
    const now = await client.persons.state();
    print(processOutput(json), now, () => personsLines(now));
  });

const measure = (
  folder: string,
  json: boolean,
  start: (client: Client) => ReturnType<Client['persons']['measure']>,
): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder });
    const output = processOutput(json);
    await followJob(client, output, await start(client));
    const now = await client.persons.state();
    print(output, now, () => [...personsLines(now), BIOMETRIC]);
  });

type FindOptions = Options & { face?: number; file?: string; number?: number; within: number; limit: number };

function queryFrom({ face, file, number }: FindOptions, command: Command): PersonsQuery {
  if (face !== undefined) return { faceId: faceIdSchema.parse(face) };
  if (file === undefined)
    return command.error('Name what is looked for with --face or --file.', { exitCode: exitCodes.usage });
  return { file: path.resolve(file), ...(number === undefined ? {} : { face: number }) };
}

async function find(folder: string, options: FindOptions, command: Command): Promise<void> {
  const { within, limit, examiner, json = false } = options;
  const of = queryFrom(options, command);
  await withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const answer = await client.persons.find({ of, within, limit, examiner });
    print(processOutput(json), answer, () => [
      `Looked for: ${lookedForWords(answer)}`,
      ...answer.alike.map((one) => `${distanceText(one.distance)}  ${alikeName(one)} (face id ${one.faceId})`),
      comparedSentences(answer, within),
      NO_IDENTIFICATION,
    ]);
  });
}
