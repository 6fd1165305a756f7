// Above the pictures: back to the grid, from face to face, the way of comparing, and the zoom.
import { ArrowLeft, ChevronLeft, ChevronRight, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useGrid } from '../../data/grid-state.ts';
import { go } from '../../data/route.ts';
import { useChord } from '../../keys/key-actions.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Segments } from '../../parts/field.tsx';
import type { Mode } from '../../viewer/stage-state.ts';
import type { Comparison } from '../../viewer/use-comparison.ts';
import { goToNeighbour } from './neighbours.ts';

const MODE_WORDS: Readonly<Record<Mode, string>> = {
  panes: 'Side by side',
  swipe: 'Swipe',
  overlay: 'Overlay',
  photograph: 'Photograph',
};

function Steps() {
  const { list, cursor } = useGrid();
  return (
    <span className="inspect-steps">
      <IconButton
        icon={ChevronLeft}
        label="Previous face"
        chord={useChord('grid.previous')}
        disabled={cursor === 0}
        onClick={() => void goToNeighbour(-1)}
      />
      <span className="muted inspect-place">
        {cursor + 1} / {list?.total ?? '–'}
      </span>
      <IconButton
        icon={ChevronRight}
        label="Next face"
        chord={useChord('grid.next')}
        disabled={!list || cursor >= list.total - 1}
        onClick={() => void goToNeighbour(1)}
      />
    </span>
  );
}

function Zoom({ hasPicture, scale, zoom, fit }: Comparison) {
  return (
    <span className="inspect-zoom" hidden={!hasPicture}>
      <IconButton icon={ZoomOut} label="Zoom out" chord={useChord('inspect.zoomOut')} onClick={() => zoom(-1)} />
      <span className="inspect-scale">{scale >= 10 ? Math.round(scale * 100) : (scale * 100).toFixed(0)} %</span>
      <IconButton icon={ZoomIn} label="Zoom in" chord={useChord('inspect.zoomIn')} onClick={() => zoom(1)} />
      <IconButton icon={Maximize} label="Fit to the window" chord={useChord('inspect.fit')} onClick={fit} />
    </span>
  );
}

export function InspectToolbar({ comparison, isVideo }: { comparison: Comparison; isVideo: boolean }) {
  const { mode, modes, choose } = comparison;
  return (
    <div className="toolbar">
      <Button small icon={ArrowLeft} onClick={() => go('faces')}>
        Faces
      </Button>
      <Steps />
      <span className="inspect-modes">
        <Segments
          label="Way of comparing"
          value={mode}
          choices={modes.map((value) => ({
            value,
            label: value === 'photograph' && isVideo ? 'Video' : MODE_WORDS[value],
          }))}
          onChange={choose}
        />
      </span>
      <Zoom {...comparison} />
    </div>
  );
}
