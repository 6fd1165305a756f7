// One frame by its pts, for pictures on screen and in reports: the file stays open between calls, stepping forward decodes on,
// and anything else seeks to a key frame before it. Runs in the video process.
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { pixelsOf } from './frame-pixels.ts';
import { UnreadableVideo, type VideoReader } from './video-reader.ts';

/** Going forward by at most this much decodes on rather than seeks. */
const STEP_ON_MS = 2000;
/** A key frame is looked for at the pts, then this much before it, then from the beginning. */
const BACK_OFFS_MS: readonly number[] = [0, 10_000];

type Opened = { path: string; reader: VideoReader; lastPts: number | undefined };

/** The frame of a file with exactly this pts. Throws UnreadableVideo when there is none. */
export function createFrameSearch(open: (path: string) => VideoReader): (path: string, pts: number) => RgbImage {
  let opened: Opened | undefined;
  return (path, pts) => {
    if (opened?.path !== path) {
      opened?.reader.close();
      opened = undefined;
      opened = { path, reader: open(path), lastPts: undefined };
    }
    const found = find(opened, pts);
    if (!found) throw new UnreadableVideo('noFrames', `There is no intact frame with the timestamp ${pts}.`);
    return found;
  };
}

function find(opened: Opened, pts: number): RgbImage | undefined {
  const { reader, lastPts } = opened;
  const { num, den } = reader.timeBase;
  const ticks = (ms: number): number => Math.ceil((ms * den) / (num * 1000));
  if (lastPts !== undefined && lastPts < pts && pts - lastPts <= ticks(STEP_ON_MS)) {
    const found = walkTo(opened, pts);
    if (found) return found;
  }
  for (const back of BACK_OFFS_MS) {
    if (!reader.seek(pts - ticks(back))) continue;
    const found = walkTo(opened, pts);
    if (found) return found;
  }
  reader.seek(undefined);
  return walkTo(opened, pts);
}

/** Decodes on to the frame; undefined when it has been passed, is damaged or is not there. */
function walkTo(opened: Opened, pts: number): RgbImage | undefined {
  for (;;) {
    const decoded = opened.reader.next();
    opened.lastPts = decoded?.pts;
    if (!decoded || (decoded.pts !== undefined && decoded.pts > pts)) return undefined;
    if (decoded.pts !== pts) continue;
    return decoded.damaged ? undefined : pixelsOf(decoded.frame, opened.reader.orientation);
  }
}
