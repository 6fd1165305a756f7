// The rows of tiles, of which only those on screen exist: how many tiles a row has, how large they
// are, and which rows are there.
import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';
import { grid, useGrid } from '../../data/grid-state.ts';
import { useSettings } from '../../data/settings.ts';

const GAP = 8;
const PADDING = 14;
/** Height of a tile's caption. */
const CAPTION = 24;

/** Width of an element, followed. */
function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

export type TileRows = {
  columns: number;
  /** Side of a tile and height of a row, CSS pixels. */
  sidePx: number;
  rowPx: number;
  /** Of all rows, pixels. */
  heightPx: number;
  rows: readonly VirtualItem[];
  /** The results that have a tile now: from the first, up to but without the last. */
  from: number;
  to: number;
};

/**
 * Rows of the list in `scroller`; results that come into view are asked for, and the cursor's row
 * is brought into view when it moves.
 */
export function useTileRows(scroller: RefObject<HTMLElement | null>): TileRows {
  const { list, cursor } = useGrid();
  const { tilePx } = useSettings();
  const width = useWidth(scroller);
  const columns = Math.max(1, Math.floor((width - 2 * PADDING + GAP) / (tilePx + GAP)));
  // Tiles grow a little to fill the row.
  const sidePx = Math.max(tilePx, Math.floor((width - 2 * PADDING - (columns - 1) * GAP) / columns));
  const rowPx = sidePx + CAPTION + GAP;
  const virtual = useVirtualizer({
    count: Math.ceil((list?.total ?? 0) / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 3,
    paddingStart: PADDING,
    paddingEnd: PADDING,
    initialOffset: () => grid.get().scrollTop,
  });
  const rows = virtual.getVirtualItems();
  const from = (rows[0]?.index ?? 0) * columns;
  const to = ((rows.at(-1)?.index ?? 0) + 1) * columns;
  useEffect(() => list?.want(from, to), [list, from, to]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are measured again exactly when they change
  useLayoutEffect(() => virtual.measure(), [rowPx, columns]);
  const cursorRow = Math.floor(cursor / columns);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cursor's row is brought into view when it moves, not when rows arrive
  useEffect(() => {
    if (width > 0) virtual.scrollToIndex(cursorRow, { align: 'auto' });
  }, [cursorRow, columns, rowPx, width > 0]);
  return { columns, sidePx, rowPx, heightPx: virtual.getTotalSize(), rows, from, to };
}
