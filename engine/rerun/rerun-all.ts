// Jobs on verdicts, made again or tried by the battery: every wanted one, a row each, and one entry
// in the audit log that holds the rows' hash.
import type { JobId, VerdictId } from '../../contract/brand.ts';
import { type RerunRow, rerunResultSchema } from '../../contract/rerun.ts';
import type { StabilityRow } from '../../contract/stability.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { appendAudit } from '../case/log/audit.ts';
import { getEvidence } from '../case/rows/evidence.ts';
import { findFace } from '../case/rows/face.ts';
import {
  addRowOfJob,
  heldOfJob,
  type RowOfJob,
  type RowTable,
  saidOfJob,
  verdictsHeld,
} from '../case/rows/rows-of-job.ts';
import { STABILITY_RESULTS } from '../case/rows/stability.ts';
import { resultsWords } from '../case/rows/subject-place.ts';
import { countFacesOfFrame, findVerdict } from '../case/rows/verdict.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import type { RecordedVerdict } from './rerun-deps.ts';

/** A verdict with all that it refers to. */
export function readRecorded(opened: WritableCase, id: VerdictId): RecordedVerdict | undefined {
  const found = findVerdict(opened, id);
  if (!found) return undefined;
  const { evidenceId, faceId } = found.verdict;
  const face = faceId === null ? null : (findFace(opened, faceId) ?? null);
  const { modelId, pipelineVersion } = found.parameters;
  const facesBeside = countFacesOfFrame(opened, { evidenceId, modelId, pipelineVersion }, face?.frameIndex ?? 0);
  return { ...found, evidence: getEvidence(opened, evidenceId), face, facesBeside };
}

/** Which verdicts a job is on, and who asked. */
type OnVerdicts = { jobId: JobId; verdictIds: readonly VerdictId[]; who: string };

/** Every verdict made again. As `workThrough`. */
export const rerunAll = (
  opened: WritableCase,
  on: OnVerdicts,
  rerun: (recorded: RecordedVerdict) => Promise<RerunRow>,
  job: JobControl,
): Promise<void> => workThrough(opened, on, job, RERUN, rerun);

/** The battery on every verdict. As `workThrough`. */
export const stabilityOfAll = (
  opened: WritableCase,
  on: OnVerdicts,
  tryOut: (recorded: RecordedVerdict) => Promise<StabilityRow>,
  job: JobControl,
): Promise<void> => workThrough(opened, on, job, STABILITY, tryOut);

/** Where rows go, what they may come to, and what is told as a problem. */
type Work<R extends RowOfJob> = {
  table: RowTable;
  results: readonly string[];
  problemOf: (row: R) => string | undefined;
};

const RERUN: Work<RerunRow> = {
  table: 'rerun',
  results: rerunResultSchema.options,
  problemOf: ({ result, reason }) =>
    result === 'different' || result === 'notPossible'
      ? (reason ?? 'The verdict did not come out the same.')
      : undefined,
};

const STABILITY: Work<StabilityRow> = {
  table: 'stability',
  results: STABILITY_RESULTS,
  problemOf: ({ reason, before }) =>
    reason ?? (before?.result === 'different' ? 'It did not come out as the run before it.' : undefined),
};

/**
 * Runs the whole job. Rows that the log has of an earlier run of the same job are passed over;
 * others that are there are made again, and must come out the same: rejects where one does not.
 */
async function workThrough<R extends RowOfJob & { relativePath: string }>(
  opened: WritableCase,
  { jobId, verdictIds, who }: OnVerdicts,
  job: JobControl,
  { table, results, problemOf }: Work<R>,
  make: (recorded: RecordedVerdict) => Promise<R>,
): Promise<void> {
  const done = verdictsHeld(opened, table, jobId);
  const total = verdictIds.length;
  job.report({ done: done.size, total, message: `${total} verdicts` });
  const subject = resultsWords(opened, verdictIds);
  const otherRows: VerdictId[] = [];
  const said = () => saidOfJob(opened, table, jobId, results);
  try {
    for (const id of verdictIds.filter((one) => !done.has(one))) {
      const recorded = readRecorded(opened, id);
      if (!recorded) continue;
      const row = await make(recorded);
      if (!addRowOfJob(opened, table, jobId, row)) {
        otherRows.push(id);
        throw new Error(
          `Verdict ${id}: a row of this ${table} was there that says another thing than what came out now.`,
        );
      }
      done.add(id);
      const problem = problemOf(row);
      if (problem !== undefined) job.problem(row.relativePath, problem);
      job.report({ done: done.size, total });
      await job.pausePoint();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const more = otherRows.length > 0 ? { otherRows } : {};
    enterEnded(opened, () => ({
      ...{ who, action: `${table}.ended`, subject },
      details: { reason, ...more, ...said() },
    }));
    throw error;
  }
  const { counts } = heldOfJob(opened, table, jobId, results);
  job.report({
    failed: counts.notPossible ?? 0,
    message: Object.entries(counts)
      .map(([result, n]) => `${n} ${result}`)
      .join(', '),
  });
  appendAudit(opened, { who, action: `${table}.finished`, subject, details: said() });
}

/**
 * Rows of a job that did not come to its end are held by the log as well. A disk that takes no
 * entry now gets one when it is taken up.
 */
function enterEnded(opened: WritableCase, entry: () => Parameters<typeof appendAudit>[1]): void {
  try {
    appendAudit(opened, entry());
  } catch {
    // As above.
  }
}
