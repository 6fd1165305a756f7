// Buffers for the face finder's input, used again from picture to picture. A view is 3 MB; made
// afresh for every picture they had the garbage collector run at every second one, for a third of
// the engine's time.
import { FINDER_INPUT_SIZE } from '../../models/face-finder/finder-input.ts';

/**
 * Idle buffers kept of one size; more are in use at once only when more files are searched at once.
 */
const KEPT = 4;
const idle = new Map<number, Float32Array[]>();

/** Buffers by the number of views they hold. One that is not given back is simply made again. */
export const inputBuffers = {
  take: (views: number): Float32Array => idle.get(views)?.pop() ?? new Float32Array(views * FINDER_INPUT_SIZE),
  giveBack(views: number, buffer: Float32Array): void {
    const kept = idle.get(views) ?? [];
    if (kept.length < KEPT) kept.push(buffer);
    idle.set(views, kept);
  },
};
