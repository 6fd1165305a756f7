// recce tag: the tags of a case, and putting one on results or taking it off.
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TagId, VerdictId } from '../../contract/brand.ts';
import { MOST_AT_ONCE } from '../../contract/opinion.ts';
import { type TagColour, type Tagged, tagColourSchema, tagKeySchema, tagNameSchema } from '../../contract/tag.ts';
import { visibleText } from '../../contract/visible-text.ts';
import type { Client } from '../../engine/index.ts';
import { personName, wholeNumber } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Chosen = { verdict?: number[]; contains?: string; tagged?: string; all?: boolean };
type Options = Chosen & { examiner: string; json?: boolean };

function tagName(text: string): string {
  if (tagNameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A name with a letter or digit, of at most 60 characters, was expected.');
}

function tagKey(text: string): string | null {
  if (text === 'none') return null;
  if (tagKeySchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('One small letter, one digit, or "none" was expected.');
}

const verdicts = (text: string, before: number[] | undefined): number[] => [
  ...(before ?? []),
  ...text.split(',').map((one) => wholeNumber(1, Number.MAX_SAFE_INTEGER)(one)),
];

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
    command
      .argument('<case>', 'case folder')
      .argument('<tag>', 'name of the tag', tagName)
      .option('--verdict <numbers>', 'results by the numbers of their verdicts, separated by commas', verdicts)
      .option('--contains <text>', 'results of files whose path contains this')
      .option('--tagged <tag>', 'results that have this tag', tagName)
      .option('--all', 'all results of the case')
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

/** What the options choose; undefined where they choose nothing, or in two ways at once. */
async function taggedFrom(client: Client, { verdict, contains, tagged, all }: Chosen): Promise<Tagged | undefined> {
  const filter = {
    ...(contains === undefined ? {} : { pathContains: contains }),
    ...(tagged === undefined ? {} : { tags: [await idOf(client, tagged)] }),
  };
  const byFilter = all || Object.keys(filter).length > 0;
  if (verdict === undefined) return byFilter ? { filter } : undefined;
  if (byFilter) return undefined;
  const subjects = [];
  for (const one of verdict) {
    const { evidence, face } = await client.finding.inspect({ verdictId: one as VerdictId });
    subjects.push({ evidenceId: evidence.id, faceId: face?.id ?? null });
  }
  return { subjects };
}

/** Of a name that no tag has a number that none has: there is nothing it is on. */
async function idOf(client: Client, name: string): Promise<TagId> {
  const same = (one: string): boolean => one.toLowerCase() === name.trim().toLowerCase();
  return (await client.tag.list()).find((one) => same(one.name))?.id ?? (Number.MAX_SAFE_INTEGER as TagId);
}

async function put(
  folder: string,
  { name, on }: { name: string; on: boolean },
  { examiner, json = false, colour, key, ...chosen }: Options & Look,
  command: Command,
): Promise<void> {
  if ((chosen.verdict?.length ?? 0) > MOST_AT_ONCE)
    command.error(`At most ${MOST_AT_ONCE} verdicts can be named at once.`, { exitCode: exitCodes.usage });
  await withEngine(async (client) => {
    await client.case.open({ folder });
    const tagged = await taggedFrom(client, chosen);
    if (!tagged)
      return command.error('Choose results by --verdict alone, or by --contains, --tagged or --all.', {
        exitCode: exitCodes.usage,
      });
    if (colour !== undefined || key !== undefined) await client.tag.define({ name, colour, key, examiner });
    const { tag, changed, subjects } = await client.tag.put({ name, on, tagged, examiner });
    print(processOutput(json), { tag, on, changed, subjects }, () => [
      `${visibleText(tag.name)}: ${on ? 'put on' : 'taken off'} ${changed} of ${subjects}; the others were so already.`,
    ]);
  });
}
