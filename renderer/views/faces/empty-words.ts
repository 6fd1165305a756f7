// What the Faces screen says where there is no tile yet.
import type { Job } from '../../../contract/job.ts';
import { countText } from '../../wording.ts';

/** `pending`: files taken in and not examined. `scans`: those of the case that have not ended. */
export function emptyWords(pending: number, scans: readonly Pick<Job, 'state'>[]): { title: string; action: string } {
  const action = scans.length > 0 ? 'See the scan' : 'Scan files';
  if (scans.some(({ state }) => state === 'running' || state === 'queued'))
    return { title: 'A scan is at work, and no file is examined yet', action };
  if (scans.length > 0) return { title: 'A scan is paused, and no file is examined yet', action };
  if (pending > 0) return { title: `${countText(pending, 'file is', 'files are')} added and not examined yet`, action };
  return { title: 'Nothing has been scanned yet', action };
}
