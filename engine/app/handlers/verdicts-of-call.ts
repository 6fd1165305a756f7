// What the handlers that work on verdicts by number ask of each.
import type { VerdictId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { ReadableCase } from '../../case/db/case-handle.ts';
import { hidesFrom } from '../../case/grid/finding.ts';
import { findVerdict } from '../../case/rows/verdict.ts';
import type { CurrentCase } from '../current-case.ts';

/** Throws NOT_FOUND for the first that the case does not have. */
export function expectVerdicts(handle: ReadableCase, ids: readonly VerdictId[]): void {
  for (const id of ids)
    if (!findVerdict(handle, id)) throw new RecceError('NOT_FOUND', `Verdict ${id}`, 'the case has no such verdict.');
}

/** True where blind mode hides the verdict's score, and with it all that is said of it. */
export function isHidden({ opened: { handle }, viewer }: CurrentCase, id: VerdictId): boolean {
  const verdict = findVerdict(handle, id)?.verdict;
  return verdict !== undefined && hidesFrom(handle, viewer, verdict.evidenceId, verdict.faceId);
}
