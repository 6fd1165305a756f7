// The tiles, of which only those on screen exist. One focus stop; the arrow keys move the cursor
// within it.
import { useQuery } from '@tanstack/react-query';
import { ScanSearch, SearchX } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { engine } from '../../data/engine.ts';
import {
  extendTo,
  grid,
  moveCursor,
  NO_FILTER,
  setCursor,
  setFilter,
  toggleMark,
  useGrid,
} from '../../data/grid-state.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { useCase } from '../../data/open-case.ts';
import { go } from '../../data/route.ts';
import { useStore } from '../../data/store.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Failure } from '../../parts/message.tsx';
import { emptyWords } from './empty-words.ts';
import { FaceTile, type HowSelected } from './face-tile.tsx';
import { useTileRows } from './use-tile-rows.ts';

function Nothing() {
  const { filter } = useGrid();
  const open = useCase();
  const pending = useQuery(engine.case.pending.queryOptions({ staleTime: 0 })).data ?? 0;
  const scans = useStore(jobs).jobs.filter((job) => job.kind === 'scan' && isActive(job));
  const filtered = Object.keys(filter).length > 0;
  if (filtered)
    return (
      <Empty
        icon={SearchX}
        title="No face matches this filter"
        actions={<Button onClick={() => setFilter(NO_FILTER)}>Clear the filter</Button>}
      >
        Loosen the filter at the left, or clear it.
      </Empty>
    );
  const { title, action } = emptyWords(pending, scans);
  return (
    <Empty
      icon={ScanSearch}
      title={title}
      actions={
        <Button tone="primary" onClick={() => go('scan')} disabled={!open?.writable}>
          {action}
        </Button>
      }
    >
      Every face found, and every file without one, will be a tile here. You can review while the scan goes on.
    </Empty>
  );
}

const SELECT: Readonly<Record<HowSelected, (index: number) => void>> = {
  alone: setCursor,
  toggle: toggleMark,
  range: extendTo,
};
const select = (index: number, how: HowSelected): void => SELECT[how](index);

export function FaceGrid({ columns: columnsRef }: { columns: RefObject<number> }) {
  const { list, cursor, marked, opening, error } = useGrid();
  const scroller = useRef<HTMLDivElement>(null);
  const { columns, sidePx, rowPx, heightPx, rows, from, to } = useTileRows(scroller);
  const total = list?.total ?? 0;
  columnsRef.current = columns;
  const shown = total > 0;
  useEffect(() => {
    // Only where no control has the focus: not while someone types in the filter.
    if (shown && ['BODY', 'MAIN'].includes(document.activeElement?.tagName ?? ''))
      scroller.current?.focus({ preventScroll: true });
  }, [shown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    if (list && cursor === 0 && grid.get().scrollTop === 0) scroller.current?.scrollTo({ top: 0 });
  }, [list]);

  const page = (event: KeyboardEvent): void => {
    const direction = event.key === 'PageDown' ? 1 : event.key === 'PageUp' ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    moveCursor(direction * columns * Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowPx) / rowPx)));
  };
  // Named only while its tile exists: a tile out of view, or before the first measure, is not in
  // the document.
  const selected = rows.length > 0 && cursor >= from && cursor < to ? list?.row(cursor) : undefined;

  return (
    <div className="grid-frame">
      {error ? (
        <div className="grid-message">
          <Failure error={error} />
        </div>
      ) : null}
      {list && total === 0 && !opening ? <Nothing /> : null}
      <div
        ref={scroller}
        className="grid-scroller"
        role="listbox"
        aria-label="Faces"
        aria-multiselectable
        aria-activedescendant={selected ? `face-${selected.verdictId}` : undefined}
        aria-busy={opening}
        tabIndex={0}
        hidden={total === 0}
        onKeyDown={page}
        onScroll={(event) => {
          grid.get().scrollTop = event.currentTarget.scrollTop;
        }}
      >
        <div className="grid-rows" role="presentation" style={{ height: heightPx }}>
          {rows.map((row) => (
            <div
              key={row.key}
              className="grid-row"
              role="presentation"
              style={{ transform: `translateY(${row.start}px)`, height: rowPx }}
            >
              {Array.from({ length: Math.min(columns, total - row.index * columns) }, (_, column) => {
                const index = row.index * columns + column;
                return (
                  <FaceTile
                    key={list?.row(index)?.verdictId ?? `row-${index}`}
                    row={list?.row(index)}
                    index={index}
                    total={total}
                    selected={marked.size > 0 ? marked.has(index) : index === cursor}
                    current={index === cursor}
                    tilePx={sidePx}
                    onSelect={select}
                  />
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
