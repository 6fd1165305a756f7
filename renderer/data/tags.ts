// Tags in the window: what the case has, and putting them on and taking them off. One at once or many
// is one entry, and one undo takes it back.
import { useQuery } from '@tanstack/react-query';
import type { TagId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import { SHORTLIST, type Tag, type TagColour, type Tagged, type TaggingDone } from '../../contract/tag.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { client } from '../transport.ts';
import { countText } from '../wording.ts';
import { waitsForList, waitsForPicture } from './decide.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { grid, isOfMany, markedRows, openList, selectedRow } from './grid-state.ts';
import { notify } from './notices.ts';
import { useCase } from './open-case.ts';
import { hasExaminer, settleRows, shownSession } from './opinions.ts';
import { show } from './overlays.ts';
import { WINDOW } from './window-name.ts';

/** What is tagged: a row of the grid, or what is inspected. */
export type TagTarget = Pick<Finding, 'evidenceId' | 'faceId' | 'shownPath' | 'faceIndex' | 'timeMs' | 'tags'>;

/** The shortlist first. */
export function useTags(): readonly Tag[] {
  const open = useCase();
  return useQuery(engine.tag.list.queryOptions({ enabled: Boolean(open) })).data ?? [];
}

/** Number of the shortlist; undefined where it was never used. */
export const useShortlist = (): TagId | undefined => useTags().find(({ name }) => name === SHORTLIST)?.id ?? undefined;

/** Those of a row, in the case's order. */
export const tagsOf = (tags: readonly Tag[], ids: readonly TagId[]): Tag[] =>
  tags.filter(({ id }) => id !== null && ids.includes(id));

export const subjectsOf = (targets: readonly TagTarget[]): Tagged => ({
  subjects: targets.map(({ evidenceId, faceId }) => ({ evidenceId, faceId })),
});

/** All that the list shows, however many they are. */
export function allShown(): Tagged {
  const { list } = grid.get();
  return { filter: list?.filter ?? {}, ...(list?.newest == null ? {} : { upTo: list.newest }) };
}

async function givenBy() {
  const { examiner, blind } = await shownSession();
  return { window: WINDOW, ...(examiner ? { examinerId: examiner.id, blindShown: blind } : {}) };
}

/** What is on screen is brought to it: rows that came with it, else the list is read again. */
function settle({ changed, rows }: TaggingDone): void {
  settleRows(rows);
  void queryClient.invalidateQueries({ queryKey: engine.tag.key() });
  if (changed > 0 && rows.length === 0) void openList(true);
}

const results = (n: number): string => countText(n, 'result', 'results');

/** Puts a tag on or takes it off. Rejects where the case takes it not. */
export async function putTag(name: string, on: boolean, tagged: Tagged): Promise<void> {
  const done = await client.tag.put({ name, on, tagged, ...(await givenBy()) });
  settle(done);
  const { changed, subjects, tag } = done;
  const same = subjects - changed;
  const rest = same === 0 ? '' : ` ${results(same)} ${same === 1 ? 'was' : 'were'} so already.`;
  const words = `“${visibleText(tag.name)}” ${on ? 'put on' : 'taken off'} ${results(changed)}.${rest}`;
  notify(changed === 0 ? `Nothing was recorded: ${results(same)} ${same === 1 ? 'was' : 'were'} so already.` : words);
}

/** Makes a tag, or changes its colour and key. Rejects where the case takes it not. */
export async function defineTag(tag: { name: string; colour: TagColour; key: string | null }): Promise<void> {
  await client.tag.define({ ...tag, ...(await givenBy()) });
  void queryClient.invalidateQueries({ queryKey: engine.tag.key() });
}

function tellFailure(error: unknown): void {
  const { title, detail } = errorWords(error);
  notify(`Not recorded. ${title} ${detail}`, { tone: 'danger' });
}

/** Takes back the last tagging of this sitting. */
export async function undoTagging(): Promise<void> {
  try {
    const undone = await client.tag.undo(await givenBy());
    if (!undone) return notify('There is no tagging of this sitting to undo.');
    settle(undone);
    const { on, changed, tag } = undone;
    const words = `“${visibleText(tag.name)}” is ${on ? 'on' : 'off'} ${results(changed)} again. The log has both.`;
    notify(changed === 0 ? 'Nothing was undone: all of it was changed since.' : words);
  } catch (error) {
    tellFailure(error);
  }
}

/** What is selected in the list; undefined, and said, while it is being read. */
export async function selectedTargets(): Promise<readonly TagTarget[] | undefined> {
  if (waitsForList()) return undefined;
  const row = selectedRow();
  return isOfMany(grid.get()) ? markedRows() : row ? [row] : [];
}

/** Opens the tags of these; without any, of what is selected in the list. */
export async function editTags(targets?: readonly TagTarget[]): Promise<void> {
  const wanted = targets ?? (await selectedTargets());
  if (wanted?.length && (await hasExaminer())) show({ kind: 'tags', targets: wanted, inList: targets === undefined });
}

/** By the tag's own key or its button: taken off where it is on all of them, else put on. */
export async function toggleTag({ id, name }: Tag, targets?: readonly TagTarget[]): Promise<void> {
  if (!targets && !isOfMany(grid.get()) && waitsForPicture(selectedRow())) return;
  const wanted = targets ?? (await selectedTargets());
  if (!wanted?.length || !(await hasExaminer())) return;
  const on = !wanted.every(({ tags }) => id !== null && tags.includes(id));
  await putTag(name, on, subjectsOf(wanted)).catch(tellFailure);
}
