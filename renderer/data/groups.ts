// Groups of faces in the window: what is proposed, and what an examiner does with it. Each step is one entry,
// and one undo takes it back.
import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect } from 'react';
import type { FaceGroupId } from '../../contract/brand.ts';
import {
  type FaceGroup,
  type FaceGroupOpened,
  type FaceGroups,
  type GroupDone,
  type GroupStep,
  MOST_GROUPS_SHOWN,
} from '../../contract/face-groups.ts';
import { GROUP_ACTION_WORDS } from '../../contract/face-groups-words.ts';
import { client } from '../transport.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { grid, openList } from './grid-state.ts';
import { jobEnded } from './jobs.ts';
import { notify } from './notices.ts';
import { useCase } from './open-case.ts';
import { hasExaminer, shownSession } from './opinions.ts';
import { show } from './overlays.ts';
import { WINDOW } from './window-name.ts';

/** Groups of a page of the list, and faces of one of a group. */
export const GROUPS_A_PAGE = 60;
export const FACES_A_PAGE = 200;
/** Faces that stand for a group. */
const SHOWN = 4;

/** Opens the groups; while comparing faces is off, what is to be known before it is switched on. */
export async function showGroups(): Promise<void> {
  // It is switched on, and a group named, under a name.
  if (await hasExaminer()) show({ kind: 'groups' });
}

/** Names that blind review hides are not kept from the sitting before. */
const UNKEPT = { staleTime: 0, gcTime: 0 };

export function useGroups(offset: number): FaceGroups | undefined {
  const open = useCase();
  const input = { offset, limit: GROUPS_A_PAGE, shown: SHOWN };
  return useDrawn(useQuery(engine.group.list.queryOptions({ input, enabled: Boolean(open), ...UNKEPT })).data);
}

/** `heldBy` of the groups on screen. */
let drawn: number | undefined;

function useDrawn<T extends { heldBy: number }>(shown: T | undefined): T | undefined {
  useLayoutEffect(() => {
    if (shown) drawn = shown.heldBy;
  }, [shown]);
  return shown;
}

export const groupsDrawn = (): number | undefined => drawn;

/** Groups with a name that may be seen, by name; as many as a list holds. Not asked for unless `isWanted`. */
export function useNamedGroups(isWanted: boolean): FaceGroup[] {
  const input = { offset: 0, limit: MOST_GROUPS_SHOWN, shown: 0 };
  const { data } = useQuery(engine.group.list.queryOptions({ input, enabled: isWanted, ...UNKEPT }));
  return data?.groups.filter(({ name }) => name !== null) ?? [];
}

export function useGroup(group: FaceGroupId, offset: number): FaceGroupOpened | undefined {
  const input = { group, offset, limit: FACES_A_PAGE };
  return useDrawn(useQuery(engine.group.get.queryOptions({ input, retry: false, ...UNKEPT })).data);
}

/** The place of a group in the list, from 0; null where there is none of this number. */
export async function placeOfGroup(group: FaceGroupId): Promise<number | null> {
  for (let offset = 0; ; offset += MOST_GROUPS_SHOWN) {
    const { groups, total } = await client.group.list({ offset, limit: MOST_GROUPS_SHOWN, shown: 0 });
    const at = groups.findIndex(({ id }) => id === group);
    if (at >= 0) return offset + at;
    if (offset + MOST_GROUPS_SHOWN >= total) return null;
  }
}

/** What is on screen is brought to it: groups, how many results each has, and a list that asks for some. */
async function settle(): Promise<void> {
  if (grid.get().filter.groups) void openList(true);
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: engine.group.key() }),
    queryClient.invalidateQueries({ queryKey: engine.finding.facets.key() }),
  ]);
}

/** Rejects with what the engine says, and where the job was not done. */
export async function proposeGroups(within: number): Promise<void> {
  const { id } = await client.group.propose({ within });
  await jobEnded(id);
  await settle();
}

async function givenBy(shownHeldBy: number | undefined) {
  const { examiner, blind } = await shownSession();
  return {
    window: WINDOW,
    ...(shownHeldBy === undefined ? {} : { shownHeldBy }),
    ...(examiner ? { examinerId: examiner.id, blindShown: blind } : {}),
  };
}

/** Undefined where the case takes it not, which is told. `shown`: `groupsDrawn` when it was begun. */
export async function groupStep(step: GroupStep, shown = drawn): Promise<GroupDone | undefined> {
  return done(async () => client.group.step({ step, ...(await givenBy(shown)) }));
}

/** Takes back the last step of this sitting. */
export async function undoGroupStep(): Promise<void> {
  const undone = await done(async () => client.group.undo(await givenBy(drawn)));
  const of = undone?.group == null ? '' : ` (group ${undone.group})`;
  if (undone) notify(`Taken back: ${GROUP_ACTION_WORDS[undone.action]}${of}. The log has both.`);
  else if (undone === null) notify('There is no step of this sitting to take back.');
}

async function done<T extends GroupDone | null>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    const what = await work();
    // A further key may come before they are drawn anew.
    if (what) drawn = what.heldBy;
    await settle();
    return what;
  } catch (error) {
    const { title, detail } = errorWords(error);
    notify(`Not recorded. ${title} ${detail}`, { tone: 'danger' });
    void settle();
    return undefined;
  }
}
