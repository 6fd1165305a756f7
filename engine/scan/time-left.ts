// How long a scan will take yet. Photographs are counted, videos are weighed by their bytes: an
// hour of film is not one more file. Each kind has a speed of its own, measured over the time it
// was worked on; while the speed of what is left is not known, nothing is said.
import { statEvidence } from '../blobs/open-place.ts';
import { endsLikeVideo } from '../media/sniff.ts';
import type { ListedFile } from './list-media.ts';

/** Files and bytes of videos still to be examined. */
export type Work = { stills: number; videoBytes: number };

/**
 * Sizes of those files whose names end as videos' do, by path. What cannot be looked at has no
 * size.
 */
export async function videoSizes(files: readonly ListedFile[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const { path, readFrom = path, relativePath } of files) {
    if (!endsLikeVideo(relativePath)) continue;
    const size = (await statEvidence(readFrom))?.sizeBytes ?? 0;
    if (size > 0) sizes.set(path, size);
  }
  return sizes;
}

/** `now` is injected for tests. */
export function createTimeLeft(todo: Work, now: () => number = Date.now) {
  const left = { ...todo };
  const spent: Record<keyof Work, { ms: number; done: number }> = {
    stills: { ms: 0, done: 0 },
    videoBytes: { ms: 0, done: 0 },
  };
  let since = now();
  return {
    /** So much of one kind was done since the last call, in all the time since then. */
    done(kind: keyof Work, amount: number): void {
      const at = now();
      spent[kind].ms += at - since;
      spent[kind].done += amount;
      since = at;
      left[kind] = Math.max(0, left[kind] - amount);
    },
    /** Milliseconds; null while the speed of something that is left is not known. */
    remainingMs(): number | null {
      let sum = 0;
      for (const kind of ['stills', 'videoBytes'] as const) {
        const { ms, done } = spent[kind];
        if (left[kind] === 0) continue;
        if (done === 0 || ms === 0) return null;
        sum += (left[kind] / done) * ms;
      }
      return sum;
    },
  };
}
