// [Note: one file's failure] What goes wrong over one file is that file's row, and the scan goes
// on; what says something of the machine, the case or the device ends the job, which is taken up
// again from where it was.
import { RecceError } from '../../contract/errors.ts';
import type { VerdictOutcome, VerdictParameters } from '../../contract/verdict.ts';
import { errorFromSystem } from '../case/db/database-error.ts';
import { ModelFailure, type ScanModel } from './scan-deps.ts';

/**
 * True for an error that is not of the file it came up over. `signal`: of the job, whose end is
 * none of a file's either.
 */
export function endsTheJob(
  error: unknown,
  { provider }: Pick<VerdictParameters, 'provider'>,
  signal: AbortSignal,
): boolean {
  if (signal.aborted || !(error instanceof Error) || error.name === 'AbortError') return true;
  const known = errorFromSystem(error, '');
  if (!(known instanceof RecceError)) return false;
  // A network that gives no numbers: of another device that is a reason to leave it, on the CPU it
  // is what this one picture comes to.
  return !(known.code === 'COMPUTE_FAILED' && provider === 'cpu' && known.cause === undefined);
}

/** What is said of a file over which the workstation itself failed. */
export const toolFailure = (error: unknown): Extract<VerdictOutcome, { kind: 'toolError' }> => ({
  kind: 'toolError',
  message: error instanceof Error ? error.message : String(error),
});

/** The face finder, and all that cuts faces out, always run there. */
export const ON_CPU = { provider: 'cpu' } as const;

/** What ends the job, with the model whose network failed where it was one. */
export const asModelFailure = (by: ScanModel, error: unknown): unknown =>
  error instanceof RecceError && error.code === 'COMPUTE_FAILED' ? new ModelFailure(by, error) : error;
