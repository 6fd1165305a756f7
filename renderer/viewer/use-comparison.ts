// How a finding is looked at: the way of comparing, and where and how closely the pictures are
// looked at.
import { useEffect, useState } from 'react';
import type { VerdictId } from '../../contract/brand.ts';
import type { Inspection } from '../../contract/procedures.ts';
import { hasViews, MODES, type Mode } from './stage-state.ts';
import type { ModelPictures } from './use-model-pictures.ts';
import { FIT, type Size, settle, type ViewTransform, zoomStep } from './view-transform.ts';

export type ViewChange = (change: (view: ViewTransform) => ViewTransform) => void;

export type Comparison = {
  mode: Mode;
  /** What can be chosen for this finding, `photograph` always. */
  modes: readonly Mode[];
  choose(mode: Mode): void;
  /** Of the model's pictures, which share one, and of the photograph. */
  view: ViewTransform;
  changeView: ViewChange;
  photographView: ViewTransform;
  changePhotographView: ViewChange;
  hasPicture: boolean;
  /** Screen pixels for one of the picture's, as drawn. */
  scale: number;
  zoom(direction: 1 | -1): void;
  fit(): void;
};

/** Where there is no picture. */
const NO_SIZE: Size = { width: 1, height: 1 };

/** Kept between faces, so that stepping through them keeps the way of looking. */
let lastMode: Mode = 'panes';

function paneSize(): Size {
  const pane = document.querySelector('[data-pane]');
  return { width: pane?.clientWidth ?? 1, height: pane?.clientHeight ?? 1 };
}

/**
 * Size of the pane that is drawn, however it changes: by the window, by the panel beside it, by
 * another way of comparing.
 */
function useDrawnPane(what: string): Size {
  const [size, setSize] = useState<Size>(NO_SIZE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pane is followed once something else is drawn
  useEffect(() => {
    const pane = document.querySelector('[data-pane]');
    setSize(paneSize());
    if (!pane) return;
    const observer = new ResizeObserver(() => setSize(paneSize()));
    observer.observe(pane);
    return () => observer.disconnect();
  }, [what]);
  return size;
}

function modesFor(inspection: Inspection): Mode[] {
  const outcome = inspection.verdict?.outcome;
  const hasCrop = inspection.hidden || Boolean(outcome && 'cropSha256' in outcome && outcome.cropSha256);
  const scored = hasViews(inspection);
  return MODES.filter((mode) => mode === 'photograph' || (hasCrop && (scored || mode === 'panes')));
}

function sizeOf(mode: Mode, { evidence: { state } }: Inspection, { crop }: ModelPictures): Size {
  if (mode !== 'photograph') return crop ? { width: crop.width, height: crop.height } : NO_SIZE;
  return state.kind === 'read' ? { width: state.widthPx, height: state.heightPx } : NO_SIZE;
}

export function useComparison(inspection: Inspection, pictures: ModelPictures, verdictId: VerdictId): Comparison {
  const [chosen, setChosen] = useState<Mode>(lastMode);
  const [view, changeView] = useState<ViewTransform>(FIT);
  const [photographView, changePhotographView] = useState<ViewTransform>(FIT);
  const modes = modesFor(inspection);
  const mode = modes.includes(chosen) ? chosen : (modes[0] ?? 'photograph');
  const picture = sizeOf(mode, inspection, pictures);
  const [current, change] = mode === 'photograph' ? [photographView, changePhotographView] : [view, changeView];
  const drawn = useDrawnPane(`${mode} ${pictures.crop?.width} ${verdictId}`);
  return {
    mode,
    modes,
    choose(next) {
      lastMode = next;
      setChosen(next);
    },
    view,
    changeView,
    photographView,
    changePhotographView,
    hasPicture: picture.width > 1,
    scale: settle(current, picture, drawn).scale,
    zoom: (direction) => change((before) => zoomStep(before, picture, paneSize(), direction)),
    fit: () => change(FIT),
  };
}
