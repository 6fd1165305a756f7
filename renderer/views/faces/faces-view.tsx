// Faces: every finding of the case as a tile, filtered and ordered by the engine, reviewed by
// keyboard.
import { useRef } from 'react';
import { MOST_AT_ONCE } from '../../../contract/opinion.ts';
import { copiesOf } from '../../data/copies.ts';
import { decideByKey, editNote } from '../../data/decide.ts';
import { useFacets } from '../../data/facets.ts';
import {
  clearMarks,
  extendBy,
  grid,
  markAll,
  moveCursor,
  openList,
  selectedRow,
  setCursor,
  toggleMark,
} from '../../data/grid-state.ts';
import { showGroups } from '../../data/groups.ts';
import { notify } from '../../data/notices.ts';
import { useCase } from '../../data/open-case.ts';
import { lookForSelected } from '../../data/persons.ts';
import { go } from '../../data/route.ts';
import { measureLeaning, measureSelected } from '../../data/stability.ts';
import { editTags } from '../../data/tags.ts';
import { useKeyActions } from '../../keys/key-actions.ts';
import { useTagKeys } from '../../keys/tag-keys.ts';
import { NoCase } from '../../parts/no-case.tsx';
import { numberText } from '../../wording.ts';
import { FaceGrid } from './face-grid.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { GridBar } from './grid-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';
import './faces.css';

function selectAll(): void {
  if (!markAll()) notify(`More than ${numberText(MOST_AT_ONCE)} results: narrow the filter to select all of them.`);
}

export const focusPathFilter = (): void => document.querySelector<HTMLInputElement>('#filter-path')?.focus();

function Faces() {
  const facets = useFacets();
  useTagKeys();
  const columns = useRef(1);
  useKeyActions({
    'opinion.genuine': () => decideByKey('genuine'),
    'opinion.forged': () => decideByKey('forged'),
    'opinion.inconclusive': () => decideByKey('inconclusive'),
    'opinion.notAFace': () => decideByKey('notAFace'),
    'opinion.withdraw': () => decideByKey('withdrawn'),
    'note.edit': editNote,
    'tag.edit': () => void editTags(),
    'select.next': () => extendBy(1),
    'select.previous': () => extendBy(-1),
    'select.down': () => extendBy(columns.current),
    'select.up': () => extendBy(-columns.current),
    'select.toggle': () => toggleMark(grid.get().cursor),
    'select.all': selectAll,
    'inspect.close': clearMarks,
    'grid.next': () => moveCursor(1),
    'grid.previous': () => moveCursor(-1),
    'grid.down': () => moveCursor(columns.current),
    'grid.up': () => moveCursor(-columns.current),
    'grid.first': () => setCursor(0),
    'grid.last': () => moveCursor(Number.MAX_SAFE_INTEGER),
    'grid.refresh': () => void openList(true),
    'stability.selected': () => void measureSelected(),
    'stability.leaning': () => void measureLeaning(),
    'copies.find': () => copiesOf(),
    'persons.find': () => lookForSelected(),
    'persons.groups': () => void showGroups(),
    'filter.focus': focusPathFilter,
    'inspect.open': () => {
      const row = selectedRow();
      if (row) go('inspect', row.verdictId);
    },
  });
  return (
    <div className="faces">
      <FilterPanel facets={facets} />
      <section className="faces-main" aria-label="Faces">
        <GridBar facets={facets} />
        <FaceGrid columns={columns} />
        <SelectionBar />
      </section>
    </div>
  );
}

export function FacesView() {
  const open = useCase();
  return open === null ? <NoCase /> : <Faces />;
}
