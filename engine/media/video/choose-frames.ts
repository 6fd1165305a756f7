// Which frames of a video are looked at: evenly through the whole file by time, with every cut, or
// all of them. Each track's last one is beside these (frame-walk.ts). Pure.
import type { Sampling } from '../../../contract/video.ts';

/** Frames between two that are looked at, whatever times they state: a second of the fastest usual films. */
const MOST_PASSED = 60;

/**
 * Give it the frames in order of presentation; it says for each whether it is looked at. By time:
 * frame n is the first one at or after each multiple of 1/framesPerSecond s from the first frame
 * on; after a pause in the timestamps no multiple is made up for. Times are what the file states, so
 * that by them alone a film could be passed over.
 */
export function createFrameChoice(sampling: Sampling): (timeMs: number, sceneChange: boolean) => boolean {
  if (sampling.kind === 'everyFrame') return () => true;
  const { framesPerSecond, sceneChanges } = sampling;
  let next = 0;
  let passed = 0;
  const isDue = (timeMs: number, sceneChange: boolean): boolean => {
    // A microsecond of grace: 500 ms may come as 499.99999 from a time base that does not divide a
    // second.
    const slot = Math.floor(((timeMs + 0.001) * framesPerSecond) / 1000);
    if (slot >= next) {
      next = slot + 1;
      return true;
    }
    return (sceneChange && sceneChanges) || passed >= MOST_PASSED;
  };
  return (timeMs, sceneChange) => {
    const isChosen = isDue(timeMs, sceneChange);
    passed = isChosen ? 0 : passed + 1;
    return isChosen;
  };
}
