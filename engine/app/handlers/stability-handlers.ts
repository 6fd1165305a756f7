// Handlers of `stability`: verdicts tried out with the battery, and what came of it. Where blind mode
// hides a score, nothing of this is said either.
import type { FaceId, VerdictId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { FindingFilter } from '../../../contract/finding.ts';
import type { StabilityRow } from '../../../contract/stability.ts';
import { eachSelected } from '../../case/grid/report-selection.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { findFace } from '../../case/rows/face.ts';
import { findValidation } from '../../case/rows/model.ts';
import { readStability, standingStability } from '../../case/rows/stability.ts';
import { resultsWords } from '../../case/rows/subject-place.ts';
import { findVerdict, verdictsOfFace } from '../../case/rows/verdict.ts';
import type { CurrentCase } from '../current-case.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';
import { expectVerdicts, isHidden, isUnseenNumber } from './verdicts-of-call.ts';

type Wanted = { verdictIds: readonly VerdictId[] } | { faceIds: readonly FaceId[] } | { filter: FindingFilter };

/** More than a case of films has. */
const MOST = 1_000_000;

/** Throws NOT_FOUND for what the case does not have. */
function verdictsOf(currentCase: CurrentCase, wanted: Wanted): VerdictId[] {
  const { handle } = currentCase.working;
  if ('filter' in wanted) {
    const filter: FindingFilter = { ...wanted.filter, kinds: ['scored'] };
    return [...eachSelected(handle, filter, MOST, currentCase.viewer)].map(({ verdictId }) => verdictId);
  }
  if ('verdictIds' in wanted) {
    expectVerdicts(currentCase, wanted.verdictIds);
    return [...wanted.verdictIds];
  }
  return wanted.faceIds.flatMap((id) => {
    const face = findFace(handle, id);
    const found = (face ? verdictsOfFace(handle, face) : []).filter((one) => !isUnseenNumber(currentCase, one));
    if (found.length === 0) throw new RecceError('NOT_FOUND', `Face ${id}`, 'the case has no verdict on such a face.');
    return found;
  });
}

function startStability(currentCase: CurrentCase, wanted: Wanted) {
  const { handle, queue } = currentCase.working;
  const verdictIds = verdictsOf(currentCase, wanted);
  const { who } = currentCase;
  const job = queue.enqueue('stability', { verdictIds, who });
  appendAudit(handle, {
    who,
    action: 'stability.started',
    subject: resultsWords(handle, verdictIds),
    details: { jobId: job.id, verdicts: verdictIds.length },
  });
  return job;
}

export const stabilityHandlers = ({ currentCase, library }: Pick<Services, 'currentCase' | 'library'>) => ({
  start: procedures.stability.start.handler(({ input }) =>
    inNameOf(currentCase, input.examiner, () => startStability(currentCase, input)),
  ),
  read: procedures.stability.read.handler(({ input }) => {
    const report = readStability(currentCase.opened.handle, input.jobId);
    return { ...report, rows: report.rows.filter(({ verdictId }) => !isHidden(currentCase, verdictId)) };
  }),
  ofVerdict: procedures.stability.ofVerdict.handler(({ input: { verdictId } }): StabilityRow | null =>
    isHidden(currentCase, verdictId) ? null : (standingStability(currentCase.opened.handle, verdictId) ?? null),
  ),
  measured: procedures.stability.measured.handler(async ({ input: { verdictId } }) => {
    const { handle } = currentCase.opened;
    expectVerdicts(currentCase, [verdictId]);
    const { modelId, validationSha256 } = findVerdict(handle, verdictId)!.parameters;
    const measured = validationSha256 && findValidation(handle, modelId, validationSha256)?.stability;
    if (!measured) return null;
    const here = await library.recordsOf(modelId);
    return { ...measured, elsewhere: !here?.has(validationSha256) };
  }),
});
