// The strip of looked-at frames under the player, evenly from the first to the last. The frame shown
// is marked where the strip has it; else the place between two of them where it lies.
import type { EvidenceId } from '../../../contract/brand.ts';
import type { SampledFrame } from '../../../contract/track.ts';
import { pictureUrl } from '../../data/pictures.ts';
import { countText } from '../../wording.ts';
import { clockText, stripOf } from './frame-list.ts';

const PICTURES = 14;
const PICTURE_PX = 128;

export function Filmstrip({
  id,
  frames,
  timeMs,
  onSeek,
}: {
  id: EvidenceId;
  frames: readonly SampledFrame[];
  timeMs: number;
  onSeek: (timeMs: number) => void;
}) {
  const strip = stripOf(frames, PICTURES);
  // The last that is not later than what is shown: a later one was not reached yet.
  const before = strip.findLast((frame) => frame.timeMs <= timeMs) ?? strip[0];
  return (
    <section className="filmstrip" aria-label="Frames that were looked at">
      {strip.map((frame) => (
        <button
          key={frame.frameIndex}
          type="button"
          className="filmstrip-frame"
          aria-current={frame.timeMs === timeMs}
          data-before={(frame === before && frame.timeMs !== timeMs) || undefined}
          aria-label={`Frame at ${clockText(frame.timeMs)}, ${countText(frame.faces, 'face', 'faces')}`}
          onClick={() => onSeek(frame.timeMs)}
        >
          <img
            src={pictureUrl({ kind: 'frame', id, pts: frame.pts, frameIndex: frame.frameIndex, maxPx: PICTURE_PX })}
            alt=""
            loading="lazy"
            draggable={false}
          />
          <span className="mono">{clockText(frame.timeMs)}</span>
        </button>
      ))}
    </section>
  );
}
