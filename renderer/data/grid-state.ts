// What the grid shows and where the cursor is: shared by the grid, the inspector and the report
// screen. The list is opened again when filter or order change; the one before stays on screen
// until the new one's first page is here.
import { useEffect, useSyncExternalStore } from 'react';
import type { ModelId, VerdictId } from '../../contract/brand.ts';
import type { Finding, FindingFilter, FindingSort } from '../../contract/finding.ts';
import { MOST_AT_ONCE, type Subject } from '../../contract/opinion.ts';
import { client } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { FindingList, type ReadPage } from './finding-list.ts';
import { sittingNow } from './looks.ts';
import { placeInList } from './place-in-list.ts';
import { createStore, useStore } from './store.ts';

export type GridState = {
  filter: FindingFilter;
  sort: FindingSort;
  list: FindingList | null;
  /** Index of the selected row. */
  cursor: number;
  /** Indices of the rows selected together with it; empty where it is the only one. */
  marked: ReadonlySet<number>;
  /** Where a range of them begins. */
  anchor: number;
  /**
   * The last row of the list, once it is decided and there is none to go on to: a key that was meant
   * for a next one records nothing on it. Null from the next move on.
   */
  ended: VerdictId | null;
  opening: boolean;
  /** The rows are those of another filter or order: of none of them is an opinion recorded. */
  awaited: boolean;
  error: unknown;
  /** First row on screen, so that coming back from the inspector finds the same place. */
  scrollTop: number;
  /** Counts the cases that were shown: with another one the list is opened again. */
  generation: number;
};

export const NO_FILTER: FindingFilter = {};
export const FIRST_SORT: FindingSort = { by: 'score', direction: 'descending' };

const NO_MARKS: ReadonlySet<number> = new Set();

const START: GridState = {
  filter: NO_FILTER,
  sort: FIRST_SORT,
  list: null,
  cursor: 0,
  marked: NO_MARKS,
  anchor: 0,
  ended: null,
  opening: false,
  awaited: false,
  error: null,
  scrollTop: 0,
  generation: 0,
};
export const grid = createStore<GridState>(START);

const read: ReadPage = (request) => client.finding.query(request);
const placeOf = ({ filter, sort }: FindingList, verdictId: VerdictId) =>
  client.finding.place({ filter, sort, verdictId });

let latest = 0;

/** Whose results were shown last in each case, on this machine. */
const SHOWN = 'recce.model-shown';
const caseFolder = async (): Promise<string> =>
  (await queryClient.ensureQueryData(engine.case.current.queryOptions()))?.folder ?? '';

function modelsShown(): Record<string, ModelId> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(SHOWN) ?? '{}');
    return kept !== null && typeof kept === 'object' ? (kept as Record<string, ModelId>) : {};
  } catch {
    return {};
  }
}

async function keepModelShown(modelId: ModelId | null): Promise<void> {
  const folder = await caseFolder();
  if (folder && modelId) localStorage.setItem(SHOWN, JSON.stringify({ ...modelsShown(), [folder]: modelId }));
}

/**
 * The list by the model that is shown: a second model takes the place of none by itself. One that
 * gave no results here (the folder holds another case) is not asked for again.
 */
async function openOfModel(filter: FindingFilter, sort: FindingSort, shown: ModelId | null): Promise<FindingList> {
  const modelId = filter.modelId ?? shown ?? modelsShown()[await caseFolder()];
  const list = await FindingList.open(read, modelId === undefined ? filter : { ...filter, modelId }, sort);
  return list.modelId === null && modelId !== undefined && filter.modelId === undefined
    ? FindingList.open(read, filter, sort)
    : list;
}

/** Rows that opinions changed while a list was on its way: it may have been read before them. */
let changedMeanwhile: Finding[] = [];

/** Puts rows in place as they are now, in the list that is shown and in one that is on its way. */
export function putRows(rows: readonly Finding[]): void {
  const { list, opening } = grid.get();
  list?.replace(rows);
  if (opening) changedMeanwhile.push(...rows);
}

/**
 * Opens the list anew. `keep` holds the cursor on the face that is selected when it is there, where
 * it has that face. While it is asked who looks, none is opened: no result is read ahead.
 */
export async function openList(keep = false): Promise<void> {
  const turn = ++latest;
  const { filter, sort, list } = grid.get();
  changedMeanwhile = [];
  grid.set((now) => ({ ...now, opening: true, awaited: now.awaited || !keep }));
  try {
    if ((await sittingNow()) !== 'open') {
      if (turn === latest) grid.set((now) => ({ ...now, list: null, opening: false, awaited: false }));
      return;
    }
    const opened = await openOfModel(filter, sort, list?.modelId ?? null);
    const at = await placeInList(opened, keep ? selectedRow : () => undefined, placeOf);
    if (turn !== latest) return;
    opened.replace(changedMeanwhile);
    void keepModelShown(opened.modelId);
    grid.set((now) => ({ ...now, list: opened, ...only(at), opening: false, awaited: false, error: null }));
  } catch (error) {
    if (turn === latest) grid.set((now) => ({ ...now, opening: false, awaited: false, error }));
  }
}

/** Shows the results of another model, of the same face where it has one. */
export function showModel(modelId: ModelId): void {
  grid.set((now) => ({ ...now, filter: { ...now.filter, modelId }, scrollTop: 0 }));
  void openList(true);
}

export function setFilter(filter: FindingFilter): void {
  const cleaned = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  grid.set((now) => ({ ...now, filter: cleaned, scrollTop: 0 }));
  void openList();
}

export function setSort(sort: FindingSort): void {
  grid.set((now) => ({ ...now, sort, scrollTop: 0 }));
  void openList(true);
}

/** Filter and order at once: a saved view. */
export function showView(view: { filter: FindingFilter; sort: FindingSort }): void {
  grid.set((now) => ({ ...now, filter: view.filter, sort: view.sort, scrollTop: 0 }));
  void openList();
}

const only = (cursor: number) => ({ cursor, anchor: cursor, marked: NO_MARKS });

/** Selects that row alone. */
export const setCursor = (cursor: number): void => grid.set((now) => ({ ...now, ...only(cursor), ended: null }));

/** Takes a row into the selection, or out of it. */
export function toggleMark(index: number): void {
  grid.set((now) => {
    const marked = new Set(now.marked.size > 0 ? now.marked : [now.cursor]);
    if (now.marked.size > 0 && marked.has(index)) marked.delete(index);
    else marked.add(index);
    return { ...now, cursor: index, anchor: index, marked, ended: null };
  });
}

/** Selects from where the selection began to that row; no more than may be decided at once. */
export function extendTo(index: number): void {
  const { anchor, list } = grid.get();
  const to = Math.min(Math.max(0, index), Math.max(0, (list?.total ?? 0) - 1));
  const far = anchor + Math.sign(to - anchor) * (MOST_AT_ONCE - 1);
  const end = Math.abs(to - anchor) < MOST_AT_ONCE ? to : far;
  const from = Math.min(anchor, end);
  const marked = new Set(Array.from({ length: Math.abs(end - anchor) + 1 }, (_, i) => from + i));
  grid.set((now) => ({ ...now, cursor: end, marked, ended: null }));
  list?.want(end - 20, end + 20);
}

export const extendBy = (by: number): void => extendTo(grid.get().cursor + by);

/** Selects every row of the list; false where they are more than may be decided at once. */
export function markAll(): boolean {
  const total = grid.get().list?.total ?? 0;
  if (total > MOST_AT_ONCE) return false;
  grid.set((now) => ({ ...now, marked: new Set(Array.from({ length: total }, (_, i) => i)) }));
  return true;
}

export const clearMarks = (): void => grid.set((now) => ({ ...now, ...only(now.cursor), ended: null }));

/** True where an opinion is about several rows, or about one that is not the cursor's. */
export const isOfMany = ({ marked, cursor }: GridState): boolean =>
  marked.size > 1 || (marked.size === 1 && !marked.has(cursor));

/** The rows selected together, in the list's order; those that cannot be read now are left out. */
export async function markedRows(): Promise<Finding[]> {
  const { list, marked } = grid.get();
  const rows = await Promise.all([...marked].toSorted((a, b) => a - b).map((index) => list?.get(index)));
  return rows.filter((row) => row !== undefined);
}

/** Selects a row that has been read; false where the list has none such. */
export function selectRow(verdictId: VerdictId): boolean {
  const at = grid.get().list?.indexOf(verdictId) ?? -1;
  if (at >= 0) setCursor(at);
  return at >= 0;
}

/** Selects the row of a subject that has been read; false where the list has none such. */
export function selectSubject(subject: Subject): boolean {
  const at = grid.get().list?.indexOfSubject(subject) ?? -1;
  if (at >= 0) setCursor(at);
  return at >= 0;
}

/** Moves the cursor within the list; returns where it is now. */
export function moveCursor(by: number): number {
  const { list, cursor } = grid.get();
  const next = Math.min(Math.max(0, cursor + by), Math.max(0, (list?.total ?? 0) - 1));
  setCursor(next);
  list?.want(next - 20, next + 20);
  return next;
}

/**
 * From a row that is decided to the next one. Behind the last there is none: then it is held
 * (`ended`), and false.
 */
export function goOn(verdictId: VerdictId): boolean {
  const { cursor } = grid.get();
  if (moveCursor(1) !== cursor) return true;
  grid.set((now) => ({ ...now, ended: verdictId }));
  return false;
}

/** Another case: nothing of the one before may stay on screen. */
export const forgetList = (): void => {
  latest++;
  grid.set(({ generation }) => ({ ...START, generation: generation + 1 }));
};

const nothing = () => () => {};
const zero = () => 0;

/** The grid's state; drawn again when rows arrive. Opens the list when there is none. */
export function useGrid(): GridState {
  const state = useStore(grid);
  useSyncExternalStore(state.list?.follow ?? nothing, state.list?.version ?? zero);
  const missing = state.list === null && !state.opening && state.error === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was opened before the case changed went with it
  useEffect(() => {
    if (missing) void openList();
  }, [missing, state.generation]);
  return state;
}

/** The selected row, or undefined. */
export const selectedRow = (): Finding | undefined => {
  const { list, cursor } = grid.get();
  return list?.row(cursor);
};

/** Whose results are shown, on every screen; undefined before the first answer. */
export const useModelShown = (): ModelId | null | undefined => useGrid().list?.modelId;
