// Inspect: one finding as closely as it can be looked at, everything known about it, and the examiner's opinion.

import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ChevronLeft, ChevronRight, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { VerdictId } from '../../../contract/brand.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import type { Inspection } from '../../../contract/procedures.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import { grid, setCursor, useGrid } from '../../data/grid-state.ts';
import { useSession } from '../../data/open-case.ts';
import { type Decidable, giveOpinion } from '../../data/opinions.ts';
import { go } from '../../data/route.ts';
import { settingsNow } from '../../data/settings.ts';
import { useChord, useKeyActions } from '../../keys/key-actions.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Segments } from '../../parts/field.tsx';
import { Failure } from '../../parts/message.tsx';
import { Dossier } from './dossier.tsx';
import { Photograph } from './photograph.tsx';
import { MODES, type Mode, Stage } from './stage.tsx';
import { useModelPictures } from './use-model-pictures.ts';
import { FIT, type Size, settle, type ViewTransform, zoomStep } from './view-transform.ts';
import './inspect.css';

const MODE_WORDS: Readonly<Record<Mode, string>> = {
  panes: 'Side by side',
  swipe: 'Swipe',
  overlay: 'Overlay',
  photograph: 'Photograph',
};

/** Goes to a neighbour in the grid's list. */
async function step(by: number): Promise<void> {
  const { list, cursor } = grid.get();
  const row = await list?.get(cursor + by);
  if (!row) return;
  setCursor(cursor + by);
  list?.want(cursor + 2 * by - 20, cursor + 2 * by + 20);
  go('inspect', row.verdictId);
}

/** The cursor follows a finding reached by another way (a link, a face on the photograph). */
function useCursorHere(verdictId: VerdictId): void {
  const { list } = useGrid();
  useEffect(() => {
    const index = list?.indexOf(verdictId) ?? -1;
    if (index >= 0) setCursor(index);
  }, [list, verdictId]);
}

function paneSize(): Size {
  const pane = document.querySelector('[data-pane]');
  return { width: pane?.clientWidth ?? 1, height: pane?.clientHeight ?? 1 };
}

/** The examiner's own latest opinion of the subject. */
export function ownConclusion({ opinions }: Inspection, examinerId: number | undefined): Conclusion | null {
  const own = opinions.findLast((one) => one.examinerId === examinerId);
  return own && own.conclusion !== 'withdrawn' ? own.conclusion : null;
}

function Toolbar({
  mode,
  onMode,
  scale,
  onZoom,
  onFit,
  modes,
  isVideo,
  hasPicture,
}: {
  mode: Mode;
  modes: readonly Mode[];
  isVideo: boolean;
  hasPicture: boolean;
  onMode: (mode: Mode) => void;
  scale: number;
  onZoom: (direction: 1 | -1) => void;
  onFit: () => void;
}) {
  const { list, cursor } = useGrid();
  const chords = {
    back: useChord('inspect.close'),
    next: useChord('grid.next'),
    previous: useChord('grid.previous'),
    zoomIn: useChord('inspect.zoomIn'),
    zoomOut: useChord('inspect.zoomOut'),
    fit: useChord('inspect.fit'),
  };
  return (
    <div className="toolbar">
      <Button small icon={ArrowLeft} onClick={() => go('faces')}>
        Faces
      </Button>
      <span className="inspect-steps">
        <IconButton
          icon={ChevronLeft}
          label="Previous face"
          chord={chords.previous}
          disabled={cursor === 0}
          onClick={() => void step(-1)}
        />
        <span className="muted inspect-place">
          {cursor + 1} / {list?.total ?? '–'}
        </span>
        <IconButton
          icon={ChevronRight}
          label="Next face"
          chord={chords.next}
          disabled={!list || cursor >= list.total - 1}
          onClick={() => void step(1)}
        />
      </span>
      <span className="inspect-modes">
        <Segments
          label="Way of comparing"
          value={mode}
          choices={modes.map((value) => ({
            value,
            label: value === 'photograph' && isVideo ? 'Video' : MODE_WORDS[value],
          }))}
          onChange={onMode}
        />
      </span>
      <span className="inspect-zoom" hidden={!hasPicture}>
        <IconButton icon={ZoomOut} label="Zoom out" chord={chords.zoomOut} onClick={() => onZoom(-1)} />
        <span className="inspect-scale">{scale >= 10 ? Math.round(scale * 100) : (scale * 100).toFixed(0)} %</span>
        <IconButton icon={ZoomIn} label="Zoom in" chord={chords.zoomIn} onClick={() => onZoom(1)} />
        <IconButton icon={Maximize} label="Fit to the window" chord={chords.fit} onClick={onFit} />
      </span>
    </div>
  );
}

/** Kept between faces, so that stepping through them keeps the way of looking. */
let lastMode: Mode = 'panes';

function Inspected({ inspection, verdictId }: { inspection: Inspection; verdictId: VerdictId }) {
  const pictures = useModelPictures(verdictId, inspection);
  const session = useSession();
  const [chosen, setChosen] = useState<Mode>(lastMode);
  const [view, setView] = useState<ViewTransform>(FIT);
  const [photoView, setPhotoView] = useState<ViewTransform>(FIT);
  const [note, setNote] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another face begins with an empty note
  useEffect(() => setNote(''), [verdictId]);
  const hasCrop =
    inspection.hidden ||
    Boolean(inspection.verdict && 'cropSha256' in inspection.verdict.outcome && inspection.verdict.outcome.cropSha256);
  const scored = inspection.hidden || inspection.verdict?.outcome.kind === 'scored';
  const modes = MODES.filter((mode) => mode === 'photograph' || (hasCrop && (scored || mode === 'panes')));
  const mode = modes.includes(chosen) ? chosen : (modes[0] ?? 'photograph');
  const { state } = inspection.evidence;
  const picture: Size =
    mode === 'photograph'
      ? state.kind === 'read'
        ? { width: state.widthPx, height: state.heightPx }
        : { width: 1, height: 1 }
      : pictures.crop
        ? { width: pictures.crop.width, height: pictures.crop.height }
        : { width: 1, height: 1 };
  const [current, change] = mode === 'photograph' ? [photoView, setPhotoView] : [view, setView];
  const choose = (next: Mode): void => {
    lastMode = next;
    setChosen(next);
  };
  const zoom = (direction: 1 | -1): void => change((before) => zoomStep(before, picture, paneSize(), direction));
  const own = ownConclusion(inspection, session.examiner?.id);
  const subject: Decidable = {
    evidenceId: inspection.evidence.id,
    faceId: inspection.face?.id ?? null,
    relativePath: inspection.evidence.relativePath,
    ownConclusion: own,
  };
  // Where the opinion uncovers the score, the examiner stays to see it.
  const decide = async (conclusion: Conclusion): Promise<void> => {
    const given = await giveOpinion(subject, conclusion, note.trim() || undefined);
    if (!given) return;
    setNote('');
    if (settingsNow().autoAdvance && !session.blind && conclusion !== 'withdrawn') await step(1);
  };
  useKeyActions({
    'opinion.genuine': () => void decide('genuine'),
    'opinion.forged': () => void decide('forged'),
    'opinion.inconclusive': () => void decide('inconclusive'),
    'opinion.withdraw': () => void decide('withdrawn'),
    'note.edit': () => document.querySelector<HTMLTextAreaElement>('#opinion-note')?.focus(),
    'grid.next': () => void step(1),
    'grid.previous': () => void step(-1),
    'inspect.close': () => go('faces'),
    'inspect.mode': () => choose(modes[(modes.indexOf(mode) + 1) % modes.length]!),
    'inspect.photograph': () => choose(mode === 'photograph' ? (modes[0] ?? 'photograph') : 'photograph'),
    'inspect.zoomIn': () => zoom(1),
    'inspect.zoomOut': () => zoom(-1),
    'inspect.fit': () => change(FIT),
  });
  // The readout follows the panes, which are measured only once they are drawn.
  const [drawn, setDrawn] = useState<Size>({ width: 1, height: 1 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured after every change of what is drawn
  useEffect(() => setDrawn(paneSize()), [mode, pictures.crop, verdictId]);
  return (
    <div className="inspect">
      <section className="inspect-main" aria-label="Comparison">
        <h1 className="unseen">{visibleText(inspection.evidence.relativePath)}</h1>
        <Toolbar
          mode={mode}
          modes={modes}
          hasPicture={picture.width > 1}
          isVideo={state.kind === 'read' && state.video !== undefined}
          onMode={choose}
          scale={settle(current, picture, drawn).scale}
          onZoom={zoom}
          onFit={() => change(FIT)}
        />
        {mode === 'photograph' ? (
          <Photograph
            key={`${inspection.evidence.id}/${inspection.face?.pts ?? ''}`}
            inspection={inspection}
            view={photoView}
            onView={setPhotoView}
          />
        ) : (
          <Stage inspection={inspection} pictures={pictures} mode={mode} view={view} onView={setView} />
        )}
      </section>
      <Dossier
        inspection={inspection}
        verdictId={verdictId}
        own={own}
        note={note}
        onNote={setNote}
        onDecide={(one) => void decide(one)}
      />
    </div>
  );
}

export function InspectView({ verdictId }: { verdictId: VerdictId }) {
  useCursorHere(verdictId);
  const query = useQuery(
    engine.finding.inspect.queryOptions({ input: { verdictId }, staleTime: 0, placeholderData: (before) => before }),
  );
  if (query.error)
    return (
      <div className="page-inner">
        <Failure error={query.error} />
        <span>
          <Button icon={ArrowLeft} onClick={() => go('faces')}>
            Back to the faces
          </Button>
        </span>
      </div>
    );
  return query.data ? <Inspected inspection={query.data} verdictId={verdictId} /> : null;
}
