// Handlers of `rerun`: verdicts made again, and what came of it.
import type { JobId, VerdictId } from '../../../contract/brand.ts';
import { type RerunReport, type RerunRow, rerunResultSchema } from '../../../contract/rerun.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { getJob } from '../../case/rows/job.ts';
import { readRerun } from '../../case/rows/rerun.ts';
import { resultsWords } from '../../case/rows/subject-place.ts';
import { allVerdictIds } from '../../case/rows/verdict.ts';
import { jobAsSeen } from '../blind-view.ts';
import type { CurrentCase } from '../current-case.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';
import { expectVerdicts, isHidden } from './verdicts-of-call.ts';

function startRerun(currentCase: CurrentCase, wanted: readonly VerdictId[] | undefined) {
  const { handle, queue } = currentCase.working;
  if (wanted) expectVerdicts(handle, wanted);
  const verdictIds = wanted ?? allVerdictIds(handle);
  const { who } = currentCase;
  const job = queue.enqueue('rerun', { verdictIds, who, ...(wanted ? {} : { ofAll: true }) });
  appendAudit(handle, {
    who,
    action: 'rerun.started',
    subject: wanted ? resultsWords(handle, wanted) : 'all verdicts',
    details: { jobId: job.id, verdicts: verdictIds.length },
  });
  return job;
}

/**
 * The numbers of a rerun are those of the verdict: where blind mode hides one it hides the other. Of
 * what another has chosen to repeat, the rows as well.
 */
function asSeen(currentCase: CurrentCase, report: RerunReport): RerunReport {
  const job = getJob(currentCase.opened.handle, report.jobId);
  const isHiddenRow = ({ verdictId }: RerunRow): boolean => isHidden(currentCase, verdictId);
  if (jobAsSeen(currentCase, job) === job)
    return { ...report, rows: report.rows.map((row) => (isHiddenRow(row) ? { ...row, quantities: [] } : row)) };
  const rows = report.rows.filter((row) => !isHiddenRow(row));
  const counts = { ...report.counts };
  for (const result of rerunResultSchema.options) counts[result] = rows.filter((row) => row.result === result).length;
  return { ...report, rows, counts };
}

export const rerunHandlers = (currentCase: CurrentCase) => ({
  start: procedures.rerun.start.handler(({ input }) =>
    inNameOf(currentCase, input.examiner, () => startRerun(currentCase, input.verdictIds)),
  ),
  read: procedures.rerun.read.handler(({ input }) =>
    asSeen(currentCase, readRerun(currentCase.opened.handle, input.jobId as JobId | undefined)),
  ),
});
