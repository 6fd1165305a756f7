// Under the player: play, step, where it stands in time, frame number and pts, marks, and the way
// to the most suspicious frame.
import {
  ChevronLeft,
  ChevronRight,
  Pause,
  Play,
  ScanSearch,
  SkipBack,
  SkipForward,
  SquareArrowLeft,
  SquareArrowRight,
} from 'lucide-react';
import type { FrameAddress } from '../../../contract/video.ts';
import { useChord } from '../../keys/key-actions.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { clockText } from './frame-list.ts';
import type { Player } from './use-player.ts';

export function TransportBar({
  player,
  frame,
  total,
  complete,
  onSample,
  onMark,
  onSuspicious,
}: {
  player: Player;
  frame: FrameAddress;
  total: number;
  complete: boolean;
  onSample: (by: 1 | -1) => void;
  onMark: (which: 'in' | 'out') => void;
  /** Undefined where nothing is scored or scores are hidden. */
  onSuspicious: (() => void) | undefined;
}) {
  const chords = {
    play: useChord('video.play'),
    previous: useChord('grid.previous'),
    next: useChord('grid.next'),
    up: useChord('grid.up'),
    down: useChord('grid.down'),
    in: useChord('video.in'),
    out: useChord('video.out'),
    suspicious: useChord('video.suspicious'),
  };
  const one = complete ? 'frame' : 'looked-at frame';
  return (
    <div className="transport">
      <IconButton icon={SkipBack} label="Looked-at frame before" chord={chords.up} onClick={() => onSample(-1)} />
      <IconButton
        icon={ChevronLeft}
        label={`Previous ${one}`}
        chord={chords.previous}
        onClick={() => player.step(-1)}
      />
      <IconButton
        icon={player.playing ? Pause : Play}
        label={player.playing ? 'Pause' : 'Play'}
        chord={chords.play}
        onClick={player.toggle}
      />
      <IconButton icon={ChevronRight} label={`Next ${one}`} chord={chords.next} onClick={() => player.step(1)} />
      <IconButton icon={SkipForward} label="Looked-at frame after" chord={chords.down} onClick={() => onSample(1)} />
      <span className="transport-place mono">
        {clockText(frame.timeMs)} · frame {frame.frameIndex}
        {complete ? ` of ${total}` : ''} · pts <Copyable text={String(frame.pts)} name="the pts" />
      </span>
      <span className="transport-end">
        <IconButton icon={SquareArrowRight} label="Mark in" chord={chords.in} onClick={() => onMark('in')} />
        <IconButton icon={SquareArrowLeft} label="Mark out" chord={chords.out} onClick={() => onMark('out')} />
        {onSuspicious ? (
          <Button small icon={ScanSearch} onClick={onSuspicious} title={`Key ${chords.suspicious}`}>
            Highest-scoring frame
          </Button>
        ) : null}
      </span>
    </div>
  );
}
