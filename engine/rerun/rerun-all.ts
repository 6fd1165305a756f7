// The rerun job: every wanted verdict made again, a row each, and one entry in the audit log that
// holds the rows' hash.
import type { JobId, VerdictId } from '../../contract/brand.ts';
import type { RerunRow } from '../../contract/rerun.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { appendAudit } from '../case/log/audit.ts';
import { getEvidence } from '../case/rows/evidence.ts';
import { findFace } from '../case/rows/face.ts';
import { addRerunRow, rerunHeld, rerunSaid, rerunSummary } from '../case/rows/rerun.ts';
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

/**
 * Runs the whole job. Rows that the log has of an earlier run of the same job are passed over;
 * others that are there are made again, and must come out the same: rejects where one does not.
 */
export async function rerunAll(
  opened: WritableCase,
  { jobId, verdictIds, who }: { jobId: JobId; verdictIds: readonly VerdictId[]; who: string },
  rerun: (recorded: RecordedVerdict) => Promise<RerunRow>,
  job: JobControl,
): Promise<void> {
  const done = rerunHeld(opened, jobId);
  const total = verdictIds.length;
  job.report({ done: done.size, total, message: `${total} verdicts` });
  const subject = total === 1 ? `verdict ${verdictIds[0]}` : `${total} verdicts`;
  const otherRows: VerdictId[] = [];
  try {
    for (const id of verdictIds.filter((one) => !done.has(one))) {
      const recorded = readRecorded(opened, id);
      if (!recorded) continue;
      const row = await rerun(recorded);
      if (!addRerunRow(opened, jobId, row)) {
        otherRows.push(id);
        throw new Error(`Verdict ${id}: a row of this rerun was there that says another thing than what came out now.`);
      }
      done.add(id);
      if (row.result === 'different' || row.result === 'notPossible')
        job.problem(row.relativePath, row.reason ?? 'The verdict did not come out the same.');
      job.report({ done: done.size, total });
      await job.pausePoint();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    enterEnded(opened, { who, subject, jobId, reason, ...(otherRows.length > 0 ? { otherRows } : {}) });
    throw error;
  }
  const summary = rerunSummary(opened, jobId);
  job.report({
    message: Object.entries(summary.counts)
      .map(([result, n]) => `${n} ${result}`)
      .join(', '),
  });
  appendAudit(opened, {
    who,
    action: 'rerun.finished',
    subject,
    details: rerunSaid(opened, jobId),
  });
}

/**
 * Rows of a rerun that did not come to its end are held by the log as well. A disk that takes no
 * entry now gets one when it is taken up.
 */
function enterEnded(
  opened: WritableCase,
  { who, subject, ...said }: { who: string; subject: string; jobId: JobId; reason: string; otherRows?: VerdictId[] },
): void {
  try {
    appendAudit(opened, {
      ...{ who, action: 'rerun.ended', subject },
      details: { ...said, ...rerunSaid(opened, said.jobId) },
    });
  } catch {
    // As above.
  }
}
