// recce persons groups: faces that may be of one person, proposed by the machine, and what an examiner
// makes of that. A step is one entry of the log; it is taken back in the window, in the sitting it is of.
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type FaceGroupId, faceGroupIdSchema, faceIdSchema } from '../../contract/brand.ts';
import {
  GROUP_FACE_PX,
  GROUP_SHARPNESS,
  GROUP_WITHIN,
  type GroupStep,
  groupNameSchema,
  MOST_GROUPS_SHOWN,
} from '../../contract/face-groups.ts';
import {
  GROUP_ACTION_WORDS,
  groupLine,
  groupSize,
  groupsLines,
  groupTitle,
  WHO_NOT_WHETHER,
} from '../../contract/face-groups-words.ts';
import { alikeName } from '../../contract/persons-words.ts';
import type { Client } from '../../engine/index.ts';
import { numberBetween, personName, wholeNumber } from '../arguments.ts';
import { followJob } from '../follow-job.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = { json?: boolean; examiner?: string };

const MOST_IDS = 2 ** 31;
const groupNumber = (text: string): FaceGroupId => faceGroupIdSchema.parse(wholeNumber(1, MOST_IDS)(text));
const groupNumbers = (text: string, before: FaceGroupId[] = []): FaceGroupId[] => [...before, groupNumber(text)];

/** `3,7-9`: numbers of faces as `show` prints them. */
function faceNumbers(text: string) {
  const faces = text.split(',').flatMap((part) => {
    const [, from, to = from] = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (!(first >= 1 && last >= first && last - first < 10_000))
      throw new InvalidArgumentError('Numbers of faces such as 3,7-9 were expected.');
    return Array.from({ length: last - first + 1 }, (_, i) => faceIdSchema.parse(first + i));
  });
  return faces;
}

function groupName(text: string): string {
  if (groupNameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A name of at most 100 characters was expected.');
}

/** Adds `groups` to `recce persons`. */
export function addGroupsCommand(persons: Command): void {
  const groups = persons
    .command('groups')
    .description('faces that may be of one person: proposed by the machine, named and put right by examiners');
  const ofCase = (name: string, description: string): Command =>
    groups.command(name).description(description).argument('<case>', 'case folder').option('--json', 'print JSON');
  ofCase('propose', 'propose groups of the faces that no examiner has put in one')
    .option('--within <distance>', 'how near groups lie that are joined', numberBetween(0.1, 1), GROUP_WITHIN)
    .option('--smallest <px>', 'leave out faces below this size', numberBetween(0, 10_000), GROUP_FACE_PX)
    .option('--sharpness <value>', 'leave out faces less sharp than this', numberBetween(0, 100_000), GROUP_SHARPNESS)
    .option('--examiner <name>', 'who is asking', personName)
    .action(propose);
  ofCase('list', 'the groups, named ones first, then the largest')
    .option('--limit <n>', 'at most so many', wholeNumber(1, MOST_IDS), 1000)
    .action((folder: string, { json = false, limit }: Options & { limit: number }) =>
      list(path.resolve(folder), json, limit),
    );
  ofCase('show', 'the faces of one group')
    .argument('<group>', 'its number', groupNumber)
    .action((folder: string, group: FaceGroupId, { json = false }: Options) => show(path.resolve(folder), group, json));
  const steps = (name: string, description: string): Command =>
    ofCase(name, description).requiredOption('--examiner <name>', 'who does it', personName);
  const ofGroup = (name: string, description: string): Command =>
    steps(name, description).argument('<group>', 'its number', groupNumber);
  ofGroup('name', 'say who it is; a name you give, never the machine')
    .argument('<name>', 'its name', groupName)
    .action((folder: string, group: FaceGroupId, name: string, options: Options) =>
      step(folder, { kind: 'name', group, name }, options),
    );
  ofGroup('unname', 'take its name away').action((folder: string, group: FaceGroupId, options: Options) =>
    step(folder, { kind: 'name', group, name: null }, options),
  );
  ofGroup('merge', 'put the faces of others into it')
    .argument('<others...>', 'numbers of the others', groupNumbers)
    .action((folder: string, into: FaceGroupId, others: FaceGroupId[], options: Options) =>
      step(folder, { kind: 'merge', into, groups: others }, options),
    );
  const withFaces: readonly ['split' | 'takeOut' | 'add', string, string][] = [
    ['split', 'split', 'make another group of some of its faces'],
    ['takeOut', 'take-out', 'take faces out of it'],
    ['add', 'add', 'put faces in it, out of whichever group they are in'],
  ];
  for (const [kind, name, description] of withFaces)
    ofGroup(name, description)
      .argument('<faces>', 'numbers of faces, such as 3,7-9', faceNumbers)
      .action((folder: string, group: FaceGroupId, faces: ReturnType<typeof faceNumbers>, options: Options) =>
        step(folder, { kind, group, faces }, options),
      );
}

type ProposeOptions = Options & { within: number; smallest: number; sharpness: number };

const propose = (
  folder: string,
  { within, smallest, sharpness, examiner, json = false }: ProposeOptions,
): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const output = processOutput(json);
    const request = { within, minimumFacePx: smallest, minimumSharpness: sharpness };
    await followJob(client, output, await client.group.propose({ ...request, examiner }));
    const now = await client.group.list({ limit: 0 });
    print(output, now, () => [...groupsLines(now), WHO_NOT_WHETHER]);
  });

/** As many as are asked for, page by page. */
async function groupsOf(client: Client, limit: number): Promise<Awaited<ReturnType<Client['group']['list']>>> {
  const page = (offset: number) =>
    client.group.list({ offset, limit: Math.min(MOST_GROUPS_SHOWN, limit - offset), shown: 0 });
  const first = await page(0);
  const { groups } = first;
  while (groups.length < Math.min(limit, first.total)) groups.push(...(await page(groups.length)).groups);
  return first;
}

const list = (folder: string, json: boolean, limit: number): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder });
    const found = await groupsOf(client, limit);
    const more = found.total - found.groups.length;
    print(processOutput(json), found, () => [
      ...groupsLines(found),
      ...found.groups.map(groupLine),
      ...(more > 0 ? [`And ${more} more (--limit).`] : []),
      WHO_NOT_WHETHER,
    ]);
  });

const show = (folder: string, group: FaceGroupId, json: boolean): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder });
    const opened = await client.group.get({ group, limit: MOST_GROUPS_SHOWN });
    const { faces } = opened;
    while (faces.length < opened.group.faces)
      faces.push(...(await client.group.get({ group, offset: faces.length, limit: MOST_GROUPS_SHOWN })).faces);
    print(processOutput(json), opened, () => [
      groupLine(opened.group),
      ...faces.map((face) => `${alikeName(face)} (face id ${face.faceId})`),
      WHO_NOT_WHETHER,
    ]);
  });

const step = (folder: string, asked: GroupStep, { examiner, json = false }: Options): Promise<void> =>
  withEngine(async (client) => {
    await client.case.open({ folder: path.resolve(folder) });
    const done = await client.group.step({ step: asked, examiner });
    const { group: id } = done;
    const left = id === null ? null : (await client.group.get({ group: id, limit: 1 })).group;
    print(processOutput(json), { ...done, left }, () => [
      `${GROUP_ACTION_WORDS[done.action]}.${left ? ` ${groupTitle(left)}: ${groupSize(left)}${left.name === null ? '' : ` (group ${left.id})`}.` : ' No face is left in it.'}`,
    ]);
  });
