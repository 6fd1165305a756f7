// Which frames of a video are looked at: evenly through the whole file by time, with every cut and
// what comes and goes between, or all of them. Each track's last one is beside these
// (frame-walk.ts). Pure.
import type { Sampling } from '../../../contract/video.ts';
import { type CellView, showsAnother } from './shown-before.ts';

/** Frames between two that are looked at, whatever times they state: a second of the fastest usual films. */
const MOST_PASSED = 60;
/** Parts of the time, or of the frames, between two even looks after which what differs is looked at. */
const PARTS = 4;

/** A frame as the choice sees it: its time, whether a shot begins with it, and, where asked, what it shows. */
export type SeenFrame = { timeMs: number; sceneChange: boolean; view: () => CellView };

/**
 * Give it the frames in order of presentation; `isChosen` says for each whether it is looked at. By
 * time: frame n is the first one at or after each multiple of 1/framesPerSecond s from the first
 * frame on; after a pause in the timestamps no multiple is made up for. Times are what the file
 * states, so that by them alone a film could be passed over.
 *
 * What fades in and out between two of these is no cut. With cuts, three times between two even looks
 * it is asked whether a frame shows something that the one looked at last did not, and of each frame that
 * stands for a quarter of that time: whatever is shown that long is looked at as well.
 */
export function createFrameChoice(sampling: Sampling) {
  if (sampling.kind === 'everyFrame') return { isChosen: () => true, hasStood: () => false };
  const { framesPerSecond, sceneChanges } = sampling;
  const partMs = 1000 / framesPerSecond / PARTS;
  let next = 0;
  let passed = 0;
  /** The frame looked at last, and how many parts of the time behind it were asked about. */
  let looked: { timeMs: number; view: CellView } | undefined;
  let asked = 0;
  const look = ({ timeMs, view }: SeenFrame): void => {
    if (sceneChanges) looked = { timeMs, view: view() };
    [passed, asked] = [0, 0];
  };
  const isDue = ({ timeMs, sceneChange, view }: SeenFrame): boolean => {
    // A microsecond of grace: 500 ms may come as 499.99999 from a time base that does not divide a
    // second.
    const slot = Math.floor(((timeMs + 0.001) * framesPerSecond) / 1000);
    if (slot >= next) {
      next = slot + 1;
      return true;
    }
    if (passed >= MOST_PASSED) return true;
    if (!sceneChanges || !looked) return false;
    if (sceneChange) return true;
    const parts = Math.max(
      Math.floor((timeMs + 0.001 - looked.timeMs) / partMs),
      Math.floor((passed * PARTS) / MOST_PASSED),
    );
    if (parts <= asked) return false;
    asked = parts;
    return showsAnother(view(), looked.view);
  };
  return {
    isChosen: (frame: SeenFrame): boolean => {
      const isChosen = isDue(frame);
      if (isChosen) look(frame);
      else passed += 1;
      return isChosen;
    },
    /**
     * Asked of a frame that was passed over, when the next one is there: whether it is looked at
     * after all, because it stood so long. `untilMs`: the time of the next.
     */
    hasStood: (frame: SeenFrame, untilMs: number): boolean => {
      if (!looked || untilMs - frame.timeMs + 0.001 < partMs) return false;
      const hasStood = showsAnother(frame.view(), looked.view);
      if (hasStood) look(frame);
      return hasStood;
    },
  };
}
