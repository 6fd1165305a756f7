// recce tag: the tags of a case, and putting one on results or taking it off.
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type TagColour, tagColourSchema, tagKeySchema } from '../../contract/tag.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { personName } from '../arguments.ts';
import { type ChosenResults, choosesResults, resultsFrom, tagName } from '../chosen-results.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = ChosenResults & { examiner: string; json?: boolean };

function tagKey(text: string): string | null {
  if (text === 'none') return null;
  if (tagKeySchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('One small letter, one digit, or "none" was expected.');
}

/** Adds `recce tag` to the program. */
export function addTagCommand(program: Command): void {
  const tag = program.command('tag').description('tags on results: marks that say nothing of genuine or forged');
  tag
    .command('list')
    .description('the tags of a case, and on how many results each is')
    .argument('<case>', 'case folder')
    .option('--json', 'print JSON')
    .action((folder: string, { json = false }: { json?: boolean }) => list(path.resolve(folder), json));
  const chosen = (command: Command): Command =>
    choosesResults(command.argument('<case>', 'case folder').argument('<tag>', 'name of the tag', tagName))
      .requiredOption('--examiner <name>', 'who does it', personName)
      .option('--json', 'print JSON');
  chosen(tag.command('add').description('put a tag on results; one entry of the log, whatever their number'))
    .addOption(new Option('--colour <colour>', 'its colour from now on').choices(tagColourSchema.options))
    .option('--key <key>', 'its key in the window from now on; "none" takes it away', tagKey)
    .action((folder: string, name: string, options: Options & Look, command: Command) =>
      put(path.resolve(folder), { name, on: true }, options, command),
    );
  chosen(tag.command('remove').description('take a tag off results, whoever put it there')).action(
    (folder: string, name: string, options: Options, command: Command) =>
      put(path.resolve(folder), { name, on: false }, options, command),
  );
}

type Look = { colour?: TagColour; key?: string | null };

const list = (folder: string, json: boolean): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder });
    const tags = await client.tag.list();
    const { byTag } = await client.finding.facets({ filter: {} });
    const counted = tags.map((tag) => ({
      ...tag,
      results: byTag.find(({ tagId }) => tagId === tag.id)?.findings ?? 0,
    }));
    print(processOutput(json), counted, () =>
      counted.map(
        ({ name, colour, key, results }) =>
          `${visibleText(name)}: ${results} ${results === 1 ? 'result' : 'results'} (${colour}${key ? `, key ${key}` : ''})`,
      ),
    );
  });

async function put(
  folder: string,
  { name, on }: { name: string; on: boolean },
  { examiner, json = false, colour, key, ...chosen }: Options & Look,
  command: Command,
): Promise<void> {
  await withEngine(async (client) => {
    await client.case.open({ folder });
    const tagged = await resultsFrom(client, chosen, command);
    if (colour !== undefined || key !== undefined) await client.tag.define({ name, colour, key, examiner });
    const { tag, changed, subjects } = await client.tag.put({ name, on, tagged, examiner });
    print(processOutput(json), { tag, on, changed, subjects }, () => [
      `${visibleText(tag.name)}: ${on ? 'put on' : 'taken off'} ${changed} of ${subjects}${changed < subjects ? '; the others were so already' : ''}`,
    ]);
  });
}
