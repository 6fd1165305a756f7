// What the handlers that work on verdicts by number ask of each.
import type { VerdictId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Verdict } from '../../../contract/verdict.ts';
import { hidesFrom } from '../../case/grid/finding.ts';
import type { Viewer } from '../../case/grid/finding-filter.ts';
import { modelsUnseen } from '../../case/grid/model-shown.ts';
import { findVerdict } from '../../case/rows/verdict.ts';
import type { CurrentCase } from '../current-case.ts';

/** In one sentence for what is not there and what is not shown, so that neither is told from the other. */
export const notThere = ({ blind }: Viewer): string =>
  blind ? 'The case has no such verdict, or blind review does not show it.' : 'The case has no such verdict.';

/** Throws NOT_FOUND for the first that the case does not have, or that blind review does not know of. */
export function expectVerdicts(currentCase: CurrentCase, ids: readonly VerdictId[]): void {
  for (const id of ids)
    if (!findVerdict(currentCase.opened.handle, id) || isUnseenNumber(currentCase, id))
      throw new RecceError('NOT_FOUND', `Verdict ${id}`, notThere(currentCase.viewer));
}

/**
 * True of a result by a model that was asked second, in blind review until its face is decided: that
 * there is one tells that the first model could not. An address kept from an open sitting names it.
 */
export const isUnseen = (
  { opened: { handle }, viewer }: CurrentCase,
  { evidenceId, faceId, modelId }: Pick<Verdict, 'evidenceId' | 'faceId' | 'modelId'>,
): boolean => modelsUnseen(handle, viewer).has(modelId) && hidesFrom(handle, viewer, evidenceId, faceId);

/** The same of a result by its number. */
export function isUnseenNumber(currentCase: CurrentCase, id: VerdictId): boolean {
  const { opened, viewer } = currentCase;
  // Most cases have no such model, and need not be asked about each of many results.
  if (modelsUnseen(opened.handle, viewer).size === 0) return false;
  const verdict = findVerdict(opened.handle, id)?.verdict;
  return verdict !== undefined && isUnseen(currentCase, verdict);
}

/** True where blind mode hides the verdict's score, and with it all that is said of it. */
export function isHidden({ opened: { handle }, viewer }: CurrentCase, id: VerdictId): boolean {
  const verdict = findVerdict(handle, id)?.verdict;
  return verdict !== undefined && hidesFrom(handle, viewer, verdict.evidenceId, verdict.faceId);
}
