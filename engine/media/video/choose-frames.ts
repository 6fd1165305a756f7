// Which frames of a video are looked at: evenly through the whole file by time, with every cut and
// what comes and goes between, or all of them. Each track's last one is beside these
// (frame-walk.ts). Pure.
import type { Sampling } from '../../../contract/video.ts';
import { showsAnother } from './scene-change.ts';

/** Frames between two that are looked at, whatever times they state: a second of the fastest usual films. */
const MOST_PASSED = 60;
/** Parts of the time, or of the frames, between two even looks after which what differs is looked at. */
const PARTS = 4;

/** A frame as the choice sees it: its time, whether a shot begins with it, its grid of luma (scene-change.ts). */
export type SeenFrame = { timeMs: number; sceneChange: boolean; grid: Uint8Array };

/**
 * Give it the frames in order of presentation; `isChosen` says for each whether it is looked at. By
 * time: frame n is the first one at or after each multiple of 1/framesPerSecond s from the first
 * frame on; after a pause in the timestamps no multiple is made up for. Times are what the file
 * states, so that by them alone a film could be passed over.
 *
 * What fades in and out between two of these is no cut. With cuts, a frame that shows something
 * that the one looked at last did not is looked at as well, once a quarter of the time between two
 * has gone by: whatever stands that long is seen, and at most three more frames are looked at.
 */
export function createFrameChoice(sampling: Sampling) {
  if (sampling.kind === 'everyFrame') return { isChosen: () => true, hasStood: () => false };
  const { framesPerSecond, sceneChanges } = sampling;
  const partMs = 1000 / framesPerSecond / PARTS;
  let next = 0;
  let passed = 0;
  let looked: SeenFrame | undefined;
  const isDue = ({ timeMs, sceneChange, grid }: SeenFrame): boolean => {
    // A microsecond of grace: 500 ms may come as 499.99999 from a time base that does not divide a
    // second.
    const slot = Math.floor(((timeMs + 0.001) * framesPerSecond) / 1000);
    if (slot >= next) {
      next = slot + 1;
      return true;
    }
    if (passed >= MOST_PASSED) return true;
    if (!sceneChanges) return false;
    const isLater = timeMs + 0.001 >= looked!.timeMs + partMs || passed >= MOST_PASSED / PARTS;
    return sceneChange || (isLater && showsAnother(grid, looked!.grid));
  };
  return {
    isChosen: (frame: SeenFrame): boolean => {
      const isChosen = isDue(frame);
      if (isChosen) looked = frame;
      passed = isChosen ? 0 : passed + 1;
      return isChosen;
    },
    /**
     * Asked of a frame that was passed over, when the next one is there: whether it is looked at
     * after all, because it stood so long. `untilMs`: the time of the next.
     */
    hasStood: (frame: SeenFrame, untilMs: number): boolean => {
      const hasStood =
        sceneChanges && untilMs - frame.timeMs + 0.001 >= partMs && showsAnother(frame.grid, looked!.grid);
      if (hasStood) [looked, passed] = [frame, 0];
      return hasStood;
    },
  };
}
