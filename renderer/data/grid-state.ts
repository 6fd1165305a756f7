// What the grid shows and where the cursor is: shared by the grid, the inspector and the report
// screen. The list is opened again when filter or order change; the one before stays on screen
// until the new one's first page is here.
import { useEffect, useSyncExternalStore } from 'react';
import type { ModelId, VerdictId } from '../../contract/brand.ts';
import type { Finding, FindingFilter, FindingSort } from '../../contract/finding.ts';
import type { Subject } from '../../contract/opinion.ts';
import { client } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { FindingList, type ReadPage } from './finding-list.ts';
import { createStore, useStore } from './store.ts';

export type GridState = {
  filter: FindingFilter;
  sort: FindingSort;
  list: FindingList | null;
  /** Index of the selected row. */
  cursor: number;
  opening: boolean;
  error: unknown;
  /** First row on screen, so that coming back from the inspector finds the same place. */
  scrollTop: number;
  /** Counts the cases that were shown: with another one the list is opened again. */
  generation: number;
};

export const NO_FILTER: FindingFilter = {};
export const FIRST_SORT: FindingSort = { by: 'score', direction: 'descending' };

const START: GridState = {
  filter: NO_FILTER,
  sort: FIRST_SORT,
  list: null,
  cursor: 0,
  opening: false,
  error: null,
  scrollTop: 0,
  generation: 0,
};
export const grid = createStore<GridState>(START);

const read: ReadPage = (request) => client.finding.query(request);

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

/** Where the face of a row stands in the list; 0 where it is not in it. */
async function placeIn(list: FindingList, row: Finding | undefined): Promise<number> {
  const here = (): number => Math.max(list.indexOf(row!.verdictId), list.indexOfSubject(row!));
  if (!row) return 0;
  if (here() >= 0) return here();
  const { filter, sort } = list;
  const place = await client.finding.place({ filter, sort, verdictId: row.verdictId });
  if (place !== null) await list.get(place);
  return Math.max(0, here());
}

/** Opens the list anew. `keep` holds the cursor on the same face where the new list has it. */
export async function openList(keep = false): Promise<void> {
  const turn = ++latest;
  const { filter, sort, list, cursor } = grid.get();
  const selected = keep ? list?.row(cursor) : undefined;
  grid.set((now) => ({ ...now, opening: true }));
  try {
    const opened = await openOfModel(filter, sort, list?.modelId ?? null);
    const at = await placeIn(opened, selected);
    if (turn !== latest) return;
    void keepModelShown(opened.modelId);
    grid.set((now) => ({ ...now, list: opened, cursor: at, opening: false, error: null }));
  } catch (error) {
    if (turn === latest) grid.set((now) => ({ ...now, opening: false, error }));
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

export const setCursor = (cursor: number): void => grid.set((now) => ({ ...now, cursor }));

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
