// Handlers of `rerun`: verdicts made again, and what came of it.
import type { JobId, VerdictId } from '../../../contract/brand.ts';
import { type RerunReport, type RerunRow, rerunResultSchema } from '../../../contract/rerun.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { getJob } from '../../case/rows/job.ts';
import { readRerun } from '../../case/rows/rerun.ts';
import { resultsWords } from '../../case/rows/subject-place.ts';
import { allVerdictIds } from '../../case/rows/verdict.ts';
import { isOfAnother, jobAsSeen } from '../blind-view.ts';
import type { CurrentCase } from '../current-case.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';
import { expectVerdicts, isHidden, isUnseenNumber } from './verdicts-of-call.ts';

function startRerun(currentCase: CurrentCase, wanted: readonly VerdictId[] | undefined) {
  const { handle, queue } = currentCase.working;
  if (wanted) expectVerdicts(currentCase, wanted);
  const verdictIds = wanted ?? allVerdictIds(handle);
  const { who } = currentCase;
  const job = queue.enqueue('rerun', { verdictIds, who, ...(wanted ? {} : { ofAll: true }) });
  appendAudit(handle, {
    who,
    action: 'rerun.started',
    subject: wanted ? resultsWords(handle, wanted) : 'all verdicts',
    details: { jobId: job.id, verdicts: verdictIds.length },
  });
  return jobAsSeen(currentCase, job);
}

/**
 * The numbers of a rerun are those of the verdict: where blind mode hides one it hides the other. Of
 * what another has chosen to repeat, and of what a model said that was asked second, the rows as well.
 */
function asSeen(currentCase: CurrentCase, report: RerunReport): RerunReport {
  const job = getJob(currentCase.opened.handle, report.jobId);
  const isHiddenRow = ({ verdictId }: RerunRow): boolean => isHidden(currentCase, verdictId);
  const isAnothers = isOfAnother(currentCase, job);
  const isLeftOut = (row: RerunRow): boolean =>
    isAnothers ? isHiddenRow(row) : isUnseenNumber(currentCase, row.verdictId);
  const rows = report.rows
    .filter((row) => !isLeftOut(row))
    .map((row) => (isHiddenRow(row) ? { ...row, quantities: [] } : row));
  if (rows.length === report.rows.length) return { ...report, rows };
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
