// What the grid shows and where the cursor is: shared by the grid, the inspector and the report
// screen. The list is opened again when filter or order change; the one before stays on screen
// until the new one's first page is here.
import { useEffect, useSyncExternalStore } from 'react';
import type { VerdictId } from '../../contract/brand.ts';
import type { Finding, FindingFilter, FindingSort } from '../../contract/finding.ts';
import type { Subject } from '../../contract/opinion.ts';
import { client } from '../transport.ts';
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
};
export const grid = createStore<GridState>(START);

const read: ReadPage = (request) => client.finding.query(request);

let latest = 0;

/**
 * Opens the list anew. `keep` holds the cursor on the same face where the new list has it on its
 * first page.
 */
export async function openList(keep = false): Promise<void> {
  const turn = ++latest;
  const { filter, sort, list, cursor } = grid.get();
  const selected = keep ? list?.row(cursor)?.verdictId : undefined;
  grid.set((now) => ({ ...now, opening: true }));
  try {
    const opened = await FindingList.open(read, filter, sort);
    if (turn !== latest) return;
    const kept = selected === undefined ? -1 : opened.indexOf(selected);
    grid.set((now) => ({ ...now, list: opened, cursor: Math.max(0, kept), opening: false, error: null }));
  } catch (error) {
    if (turn === latest) grid.set((now) => ({ ...now, opening: false, error }));
  }
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
  grid.set(START);
};

const nothing = () => () => {};
const zero = () => 0;

/** The grid's state; drawn again when rows arrive. Opens the list when there is none. */
export function useGrid(): GridState {
  const state = useStore(grid);
  useSyncExternalStore(state.list?.follow ?? nothing, state.list?.version ?? zero);
  const missing = state.list === null && !state.opening && state.error === null;
  useEffect(() => {
    if (missing) void openList();
  }, [missing]);
  return state;
}

/** The selected row, or undefined. */
export const selectedRow = (): Finding | undefined => {
  const { list, cursor } = grid.get();
  return list?.row(cursor);
};
