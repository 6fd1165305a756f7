// What all reruns of a case came to: of every result the latest repetition. A later rerun of one
// verdict leaves what an earlier one found of the others, and one that was interrupted counts for as
// far as it came.
import type { VerdictId } from '../../../contract/brand.ts';
import { MOST_DIFFERING, type StandingReruns } from '../../../contract/report.ts';
import { type RerunRow, rerunResultSchema } from '../../../contract/rerun.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { type EndedJob, eachRowOf, endedJobs, heldOfEnded } from './rows-of-job.ts';
import { superseded } from './verdict.ts';

export type Reruns = Pick<EndedJob, 'at' | 'counts' | 'rowsSha256'> & { standing: StandingReruns };

/** Null where nothing was repeated. */
export function readReruns(opened: ReadableCase): Reruns | null {
  const ended = endedJobs(opened, 'rerun');
  const last = ended.at(-1);
  if (!last) return null;
  const stands = new Set(opened.db.all(standingIds).map(({ id }) => id as VerdictId));
  const latest = new Map<VerdictId, RerunRow['result']>();
  const differing = new Map<VerdictId, StandingReruns['differing'][number]>();
  let notAsRecorded = 0;
  for (const one of ended) {
    const held = heldOfEnded(opened, 'rerun', one);
    if (!held) notAsRecorded += 1;
    else
      for (const row of eachRowOf<RerunRow>(opened, 'rerun', one.jobId)) {
        const { verdictId, relativePath, face, result } = row;
        if (!held.has(verdictId) || !stands.has(verdictId)) continue;
        latest.set(verdictId, result);
        if (result === 'different')
          differing.set(verdictId, { verdictId, relativePath, face, differedAt: one.at, latest: result });
      }
  }
  const counts = Object.fromEntries(rerunResultSchema.options.map((result) => [result, 0])) as StandingReruns['counts'];
  for (const result of latest.values()) counts[result] += 1;
  const all = [...differing.values()].sort((a, b) => a.verdictId - b.verdictId);
  const { at, counts: ofLast, rowsSha256 } = last;
  return {
    ...{ at, counts: ofLast, rowsSha256 },
    standing: {
      ...{ results: stands.size, repeated: latest.size, counts, differed: all.length },
      differing: all.slice(0, MOST_DIFFERING).map((one) => ({ ...one, latest: latest.get(one.verdictId)! })),
      reruns: ended.length,
      interrupted: ended.filter(({ interrupted }) => interrupted).length,
      notAsRecorded,
    },
  };
}

const standingIds = query.selectFrom('verdict').select('id').where('id', 'not in', superseded);
