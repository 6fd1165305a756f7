// Above the tiles: how many, in which order, how large; and what a scan has added since.
import { Anchor, ArrowDownWideNarrow, ArrowUpNarrowWide, RefreshCw, ZoomIn } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { FindingFacets, FindingSort } from '../../../contract/finding.ts';
import { grid, openList, setSort, useGrid } from '../../data/grid-state.ts';
import { isActive, jobs } from '../../data/jobs.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { changeSettings, useSettings } from '../../data/settings.ts';
import { measureLeaning } from '../../data/stability.ts';
import { useStore } from '../../data/store.ts';
import { useChord } from '../../keys/key-actions.ts';
import { IconButton } from '../../parts/button.tsx';
import { Select, Slider } from '../../parts/field.tsx';
import { Keys } from '../../parts/key.tsx';
import { ModelSwitch } from '../../parts/model-switch.tsx';
import { countText, numberText, ORDER_NOTE } from '../../wording.ts';

const ORDERS: readonly [FindingSort['by'], string][] = [
  ['score', 'Raw score'],
  ['path', 'File name'],
  ['sizePx', 'Face size'],
  ['sharpness', 'Sharpness'],
  ['kind', 'Result kind'],
  ['added', 'Order of scanning'],
];

/**
 * Rows a scan has added to this filter since the list was opened. By themselves they come into an
 * empty list alone: in any other a tile would move under the hand that is about to press it.
 */
function Fresh({ facets }: { facets: FindingFacets | undefined }) {
  const { list, opening } = useGrid();
  const chord = useChord('grid.refresh');
  const scanning = useStore(jobs).jobs.some((job) => job.kind === 'scan' && isActive(job));
  const fresh = list && facets && !opening ? facets.total - list.remaining : 0;
  useEffect(() => {
    if (fresh > 0 && grid.get().list?.total === 0) void openList(true);
  }, [fresh]);
  if (fresh <= 0) return scanning ? <span className="badge tone-accent">Scanning</span> : null;
  return (
    <button type="button" className="fresh" onClick={() => void openList(true)}>
      <RefreshCw size={12} aria-hidden />
      Show {numberText(fresh)} new <Keys chord={chord} />
    </button>
  );
}

function TileSize() {
  const { tilePx } = useSettings();
  const [px, setPx] = useState(tilePx);
  useEffect(() => setPx(tilePx), [tilePx]);
  return (
    <div className="tile-size">
      <ZoomIn size={14} aria-hidden />
      <Slider
        labels={['Tile size']}
        value={[px]}
        min={72}
        max={320}
        step={4}
        onChange={([value]) => setPx(value!)}
        onCommit={([value]) => void changeSettings({ tilePx: value! })}
      />
    </div>
  );
}

export function GridBar({ facets }: { facets: FindingFacets | undefined }) {
  const { list, sort: chosen } = useGrid();
  const { blind } = useSession();
  // The order by score would tell the score: in blind review the engine orders by name instead, and
  // that is what is said.
  const sort: FindingSort = blind && chosen.by === 'score' ? { by: 'path', direction: 'ascending' } : chosen;
  const descending = sort.direction === 'descending';
  return (
    <div className="toolbar grid-bar">
      <h1 className="grid-count">{list ? countText(list.total, 'result', 'results') : 'Faces'}</h1>
      <ModelSwitch facets={facets} />
      <Fresh facets={facets} />
      <span className="muted grid-note">{ORDER_NOTE}</span>
      <div className="grid-bar-right">
        <TileSize />
        <Select
          aria-label="Order by"
          value={sort.by}
          onChange={(event) => setSort({ ...sort, by: event.target.value as FindingSort['by'] })}
        >
          {ORDERS.map(([by, label]) => (
            <option key={by} value={by} disabled={blind && by === 'score'}>
              {blind && by === 'score' ? `${label} (hidden)` : label}
            </option>
          ))}
        </Select>
        <IconButton
          icon={Anchor}
          label="Stability of all that lean"
          chord={useChord('stability.leaning')}
          disabled={!(useCase()?.writable ?? false)}
          onClick={() => void measureLeaning()}
        />
        <IconButton
          icon={descending ? ArrowDownWideNarrow : ArrowUpNarrowWide}
          label={descending ? 'Highest first' : 'Lowest first'}
          onClick={() => setSort({ ...sort, direction: descending ? 'ascending' : 'descending' })}
        />
      </div>
    </div>
  );
}
