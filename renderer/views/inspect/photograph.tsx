// The whole photograph with the face's box on it, zoomed without interpolation; the full resolution
// is fetched when it is looked at closely.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Finding } from '../../../contract/finding.ts';
import type { Inspection } from '../../../contract/procedures.ts';
import { isArchive } from '../../../contract/unreadable.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine } from '../../data/engine.ts';
import { pictureUrl } from '../../data/pictures.ts';
import { go } from '../../data/route.ts';
import { FindEvidence } from '../../parts/find-evidence.tsx';
import { Message } from '../../parts/message.tsx';
import { usePaneSize } from '../../viewer/use-pane-size.ts';
import { useWheelZoom } from '../../viewer/use-wheel-zoom.ts';
import { pan, type Size, settle, type ViewTransform } from '../../viewer/view-transform.ts';
import { VideoTimeline } from './video-timeline.tsx';

/** Longer side of the first picture, pixels; enough for a screen. */
const PREVIEW_PX = 2048;

function Box({ row, scale, current }: { row: Finding; scale: number; current: boolean }) {
  const { box } = row;
  if (!box) return null;
  const style = { left: box.x * scale, top: box.y * scale, width: box.width * scale, height: box.height * scale };
  if (current) return <span className="face-box face-box-current" style={style} />;
  return (
    <button
      type="button"
      className="face-box"
      style={style}
      aria-label="Inspect this other face"
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => go('inspect', row.verdictId)}
    />
  );
}

/** The picture in two steps: a preview at once, every pixel once the scale needs them. */
function useAddress(inspection: Inspection, size: Size, scale: number): { address: string; full: boolean } {
  const larger = Math.max(size.width, size.height) > PREVIEW_PX;
  const preview = larger ? { maxPx: PREVIEW_PX } : {};
  const { pts = null, frameIndex } = inspection.face ?? {};
  const { id } = inspection.evidence;
  const addressOf = (bound: { maxPx?: number }): string =>
    pictureUrl(pts === null ? { kind: 'evidence', id, ...bound } : { kind: 'frame', id, pts, frameIndex, ...bound });
  const needsAll = !larger || scale * Math.max(size.width, size.height) > PREVIEW_PX * 1.05;
  const [full, setFull] = useState(needsAll);
  const whole = addressOf({});
  useEffect(() => {
    if (!needsAll || full) return;
    const image = new Image();
    image.onload = () => setFull(true);
    image.src = whole;
  }, [needsAll, full, whole]);
  return { address: full ? whole : addressOf(preview), full };
}

export function Photograph({
  inspection,
  view,
  onView,
  onSeen,
}: {
  inspection: Inspection;
  view: ViewTransform;
  onView: (change: (view: ViewTransform) => ViewTransform) => void;
  /** Whether it is on screen, or will not come. */
  onSeen: (seen: boolean) => void;
}) {
  const { evidence } = inspection;
  const ref = useRef<HTMLDivElement>(null);
  const pane = usePaneSize(ref);
  const [failed, setFailed] = useState(false);
  /** Address of the picture that is seen: a large file takes a while to be read and decoded. */
  const [shown, setShown] = useState('');
  const rows = useQuery(
    engine.finding.query.queryOptions({ input: { filter: { evidenceId: evidence.id }, limit: 1000 } }),
  ).data?.rows;
  const size: Size =
    evidence.state.kind === 'read'
      ? { width: evidence.state.widthPx, height: evidence.state.heightPx }
      : { width: 1, height: 1 };
  const { x, y, scale } = settle(view, size, pane);
  const { address, full } = useAddress(inspection, size, scale);
  useWheelZoom(ref, size, pane, onView);
  const seen = shown !== '' || failed || evidence.state.kind !== 'read';
  useLayoutEffect(() => {
    onSeen(seen);
    return () => onSeen(false);
  }, [seen, onSeen]);

  if (evidence.state.kind === 'unreadable' && isArchive(evidence.state))
    return (
      <div className="photograph-none">
        <Message tone="plain" title="This file is an archive.">
          {unreadableWords(evidence.state)}
        </Message>
      </div>
    );
  if (evidence.state.kind !== 'read')
    return (
      <div className="photograph-none">
        <Message tone="danger" title="This file could not be read.">
          {evidence.state.kind === 'unreadable' ? unreadableWords(evidence.state) : 'It has not been examined yet.'}
        </Message>
      </div>
    );
  const current = rows?.find((row) => row.faceId === inspection.face?.id && row.faceId !== null);
  return (
    <div className={`photograph${evidence.state.video ? ' photograph-video' : ''}`}>
      <div
        ref={ref}
        className="pane-view"
        role="img"
        aria-label={`The photograph ${visibleText(evidence.shownPath)}`}
        data-pane
        // What is pressed while there is a picture moves it; without one there is a button to press.
        onPointerDown={(event) => {
          if (!failed) event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (event.buttons !== 1) return;
          const { movementX, movementY } = event;
          onView((before) => pan(before, size, pane, movementX, movementY));
        }}
      >
        <div
          className="pane-picture"
          style={{
            // Nothing lies over the way to the evidence.
            ...(failed ? { display: 'none' } : {}),
            transform: `translate(${Math.round(pane.width / 2 - x * scale)}px, ${Math.round(pane.height / 2 - y * scale)}px)`,
          }}
        >
          <img
            className="photograph-image"
            src={address}
            alt=""
            draggable={false}
            onLoad={() => setShown(address)}
            onError={() => setFailed(true)}
            style={{
              width: size.width * scale,
              height: size.height * scale,
              imageRendering: scale >= 1 ? 'pixelated' : 'auto',
            }}
          />
        </div>
        {failed ? (
          <div className="photograph-none">
            <Message
              tone="danger"
              title={`The ${inspection.face?.pts == null ? 'photograph' : 'frame'} cannot be shown.`}
            >
              <p>The file is gone, or its bytes are no longer those that were recorded.</p>
              <FindEvidence evidence={evidence} />
            </Message>
          </div>
        ) : null}
      </div>
      <div
        hidden={failed}
        className="photograph-boxes"
        style={{
          transform: `translate(${Math.round(pane.width / 2 - x * scale)}px, ${Math.round(pane.height / 2 - y * scale)}px)`,
        }}
      >
        {rows
          ?.filter((row) => row.box && row.verdictId !== current?.verdictId && row.timeMs === (current?.timeMs ?? null))
          .map((row) => (
            <Box key={row.verdictId} row={row} scale={scale} current={false} />
          ))}
        {current ? <Box row={current} scale={scale} current /> : null}
      </div>
      {evidence.state.video ? <VideoTimeline inspection={inspection} /> : null}
      <p className="photograph-foot mono">
        {size.width} × {size.height} pixels ·{' '}
        {failed
          ? 'not shown'
          : shown === address
            ? full
              ? 'every pixel'
              : `preview of ${PREVIEW_PX} pixels`
            : 'being read…'}
      </p>
    </div>
  );
}
