// Handlers of `rerun`: verdicts made again, and what came of it.
import type { JobId, VerdictId } from '../../../contract/brand.ts';
import type { RerunRow } from '../../../contract/rerun.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { readRerun } from '../../case/rows/rerun.ts';
import { allVerdictIds } from '../../case/rows/verdict.ts';
import type { CurrentCase } from '../current-case.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';
import { expectVerdicts, isHidden } from './verdicts-of-call.ts';

function startRerun(currentCase: CurrentCase, wanted: readonly VerdictId[] | undefined) {
  const { handle, queue } = currentCase.working;
  if (wanted) expectVerdicts(handle, wanted);
  const verdictIds = wanted ?? allVerdictIds(handle);
  const { who } = currentCase;
  const job = queue.enqueue('rerun', { verdictIds, who });
  appendAudit(handle, {
    who,
    action: 'rerun.started',
    subject: wanted ? `verdict ${wanted.join(', ')}` : 'all verdicts',
    details: { jobId: job.id, verdicts: verdictIds.length },
  });
  return job;
}

/**
 * The numbers of a rerun are those of the verdict: where blind mode hides one it hides the other.
 */
const withoutHidden = (currentCase: CurrentCase, row: RerunRow): RerunRow =>
  isHidden(currentCase, row.verdictId) ? { ...row, quantities: [] } : row;

export const rerunHandlers = (currentCase: CurrentCase) => ({
  start: procedures.rerun.start.handler(({ input }) =>
    inNameOf(currentCase, input.examiner, () => startRerun(currentCase, input.verdictIds)),
  ),
  read: procedures.rerun.read.handler(({ input }) => {
    const report = readRerun(currentCase.opened.handle, input.jobId as JobId | undefined);
    return { ...report, rows: report.rows.map((row) => withoutHidden(currentCase, row)) };
  }),
});
