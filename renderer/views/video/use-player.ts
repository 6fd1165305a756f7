// Which frame is shown and whether it plays: stepping, seeking, playing at the file's own pace as
// fast as pictures come.
import { useEffect, useRef, useState } from 'react';
import type { FrameList } from './frame-list.ts';

export type Player = {
  position: number;
  playing: boolean;
  /** Goes to a frame by its place in the list; stops playing. */
  goTo(position: number): void;
  step(by: number): void;
  toggle(): void;
  /** The picture of this position is on screen: until then it is that of one before. */
  isDrawn: boolean;
  /** Neither on screen nor known not to come. */
  isAwaited: boolean;
  /** The picture asked for is there, or will not come. */
  shown(isThere: boolean): void;
};

/** Begins at `start`, a place in the list. */
export function usePlayer({ frames }: FrameList, start: number): Player {
  const [position, setPosition] = useState(start);
  const [playing, setPlaying] = useState(false);
  const [drawn, setDrawn] = useState(-1);
  const [failed, setFailed] = useState(-1);
  const asked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = Math.max(0, frames.length - 1);
  const clamp = (n: number): number => Math.min(last, Math.max(0, n));
  useEffect(() => () => clearTimeout(timer.current), []);
  const stop = (): void => {
    clearTimeout(timer.current);
    setPlaying(false);
  };
  const next = (): void => {
    asked.current = performance.now();
    setPosition((now) => {
      if (now >= last) setPlaying(false);
      return clamp(now + 1);
    });
  };
  return {
    position: clamp(position),
    playing,
    isDrawn: drawn === clamp(position),
    isAwaited: drawn !== clamp(position) && failed !== clamp(position),
    goTo(to) {
      stop();
      setPosition(clamp(to));
    },
    step(by) {
      stop();
      setPosition((now) => clamp(now + by));
    },
    toggle() {
      if (playing) return stop();
      setPlaying(true);
      next();
    },
    shown(isThere) {
      if (isThere) setDrawn(clamp(position));
      else setFailed(clamp(position));
      if (!playing) return;
      const here = clamp(position);
      const due = (frames[clamp(here + 1)]?.timeMs ?? 0) - (frames[here]?.timeMs ?? 0);
      clearTimeout(timer.current);
      timer.current = setTimeout(next, Math.max(0, due - (performance.now() - asked.current)));
    },
  };
}
