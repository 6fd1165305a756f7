// Which results a command is about: by the numbers of their verdicts, or by a filter.
import { type Command, InvalidArgumentError } from 'commander';
import type { TagId, VerdictId } from '../contract/brand.ts';
import { RecceError } from '../contract/errors.ts';
import { isSameName } from '../contract/examiner-name.ts';
import { MOST_AT_ONCE } from '../contract/opinion.ts';
import { type Tagged, tagNameSchema } from '../contract/tag.ts';
import type { Client } from '../engine/index.ts';
import { wholeNumber } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

export type ChosenResults = { verdict?: number[]; contains?: string; tagged?: string; all?: boolean };

export function tagName(text: string): string {
  if (tagNameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A name with a letter or digit, of at most 60 characters, was expected.');
}

const verdicts = (text: string, before: number[] | undefined): number[] => [
  ...(before ?? []),
  ...text.split(',').map((one) => wholeNumber(1, Number.MAX_SAFE_INTEGER)(one)),
];

/** Adds the options that choose results. */
export const choosesResults = (command: Command): Command =>
  command
    .option('--verdict <numbers>', 'results by the numbers of their verdicts, separated by commas', verdicts)
    .option('--contains <text>', 'results of files whose path contains this')
    .option('--tagged <tag>', 'results that have this tag', tagName)
    .option('--all', 'all results of the case');

/** What the options choose. Where that is nothing, or in two ways at once, a usage error. */
export async function resultsFrom(
  client: Client,
  { verdict, contains, tagged, all }: ChosenResults,
  command: Command,
): Promise<Tagged> {
  const refuse = (why: string): never => command.error(why, { exitCode: exitCodes.usage });
  if ((verdict?.length ?? 0) > MOST_AT_ONCE) refuse(`At most ${MOST_AT_ONCE} verdicts can be named at once.`);
  const filter = {
    ...(contains === undefined ? {} : { pathContains: contains }),
    ...(tagged === undefined ? {} : { tags: [await idOf(client, tagged)] }),
  };
  const byFilter = all === true || Object.keys(filter).length > 0;
  if (byFilter === (verdict !== undefined))
    refuse('Choose results by --verdict alone, or by --contains, --tagged or --all.');
  if (verdict === undefined) return { filter };
  const subjects = [];
  for (const one of verdict) subjects.push(await client.finding.subject({ verdictId: one as VerdictId }));
  return { subjects };
}

/** Of the shortlist that nobody has used yet: no tag has it. */
const NONE = Number.MAX_SAFE_INTEGER as TagId;

/** Throws TAG_REFUSED where the case has no such tag. */
export async function idOf(client: Client, name: string): Promise<TagId> {
  const tag = (await client.tag.list()).find((one) => isSameName(one.name, name));
  if (!tag) throw new RecceError('TAG_REFUSED', name, 'The case has no tag of this name.');
  return tag.id ?? NONE;
}
