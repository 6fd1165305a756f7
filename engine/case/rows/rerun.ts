// Results of reruns (rows-of-job.ts).
import type { JobId } from '../../../contract/brand.ts';
import { type RerunReport, type RerunRow, rerunResultSchema } from '../../../contract/rerun.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { heldOfJob, jobWithRows, rowsOfJob } from './rows-of-job.ts';

const NONE = { subject: 'Rerun', detail: 'no verdict of this case was made again yet.' };

/** The rows of a job, the latest rerun when none is named. Throws NOT_FOUND. */
export function readRerun(opened: ReadableCase, jobId?: JobId): RerunReport {
  const job = jobWithRows(opened, 'rerun', jobId, NONE);
  const { counts, rowsSha256 } = heldOfJob(opened, 'rerun', job.jobId, rerunResultSchema.options);
  const rows = rowsOfJob<RerunRow>(opened, 'rerun', job.jobId);
  return { ...job, counts: counts as RerunReport['counts'], rowsSha256, rows };
}
