// The frame shown, every pixel of it, with the boxes of the faces seen in it.

import { useEffect, useState } from 'react';
import type { Evidence } from '../../../contract/evidence.ts';
import type { TrackPoint } from '../../../contract/track.ts';
import { type FrameAddress, segmentAt } from '../../../contract/video.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { pictureUrl } from '../../data/pictures.ts';
import { FindEvidence } from '../../parts/find-evidence.tsx';
import { Message } from '../../parts/message.tsx';

/** A face in this frame and the track it belongs to. */
export type SeenFace = { point: TrackPoint; trackIndex: number; chosen: boolean };

/** Longer side of the picture while playing, pixels. */
const PLAYING_PX = 640;

const addressOf = (id: number, { pts, frameIndex }: FrameAddress, playing: boolean): string =>
  pictureUrl({ kind: 'frame', id, pts, frameIndex, ...(playing ? { maxPx: PLAYING_PX } : {}) });

/** Frames ahead are fetched before they are asked for. */
function usePrefetch(id: number, ahead: readonly FrameAddress[], playing: boolean): void {
  useEffect(() => {
    for (const one of ahead) new Image().src = addressOf(id, one, playing);
  }, [id, ahead, playing]);
}

export function FrameStage({
  evidence,
  frame,
  ahead,
  playing,
  faces,
  onFace,
  onShown,
}: {
  evidence: Evidence & { state: { kind: 'read' } };
  frame: FrameAddress;
  ahead: readonly FrameAddress[];
  playing: boolean;
  faces: readonly SeenFace[];
  onFace: (face: SeenFace) => void;
  /** The picture is there, or will not come: time for the next one. */
  onShown: (isThere: boolean) => void;
}) {
  const { video } = evidence.state;
  const { widthPx, heightPx } = (video && segmentAt(video, frame.frameIndex)) ?? evidence.state;
  const address = addressOf(evidence.id, frame, playing);
  const [failed, setFailed] = useState('');
  usePrefetch(evidence.id, ahead, playing);
  return (
    <figure className="frame-stage" aria-label={`Frame ${frame.frameIndex} of ${visibleText(evidence.shownPath)}`}>
      <img
        src={address}
        alt=""
        draggable={false}
        onLoad={() => {
          setFailed('');
          onShown(true);
        }}
        onError={() => {
          setFailed(address);
          onShown(false);
        }}
      />
      <svg viewBox={`0 0 ${widthPx} ${heightPx}`} preserveAspectRatio="xMidYMid meet" aria-label="Faces">
        {(failed === address ? [] : faces).map((face) => {
          const { box, faceId } = face.point;
          return (
            // biome-ignore lint/a11y/useSemanticElements: an SVG shape cannot be a button element
            <rect
              key={faceId}
              className={`frame-box${face.chosen ? ' frame-box-chosen' : ''}`}
              x={box.x}
              y={box.y}
              width={box.width}
              height={box.height}
              vectorEffect="non-scaling-stroke"
              role="button"
              tabIndex={0}
              aria-label={`Face of track ${face.trackIndex + 1}`}
              onClick={() => onFace(face)}
              onKeyDown={(event) => event.key === 'Enter' && onFace(face)}
            />
          );
        })}
      </svg>
      {failed === address ? (
        <div className="frame-failed">
          <Message tone="danger" title="This frame cannot be shown.">
            <p>It is damaged, or the file is missing or no longer the one that was added.</p>
            <FindEvidence evidence={evidence} />
          </Message>
        </div>
      ) : null}
    </figure>
  );
}
