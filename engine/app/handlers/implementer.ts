// The contract's implementer with the one place where errors become errors on the wire, of calls
// and of streams alike.
import { type ImplementerInternalWithMiddlewares, implement, ORPCError } from '@orpc/server';
import { errorTable, RecceError } from '../../../contract/errors.ts';
import { type Contract, contract } from '../../../contract/procedures.ts';
import { errorFromSystem } from '../../case/db/database-error.ts';

/** Named, because the type spelt out is longer than the compiler will write into a declaration. */
type Procedures = ImplementerInternalWithMiddlewares<Contract, Record<never, never>, Record<never, never>>;

/** Handlers are hung on this. */
export const procedures: Procedures = implement(contract).use(async ({ next }) => {
  try {
    const answer = await next();
    return isStream(answer.output) ? { ...answer, output: stream(answer.output) as typeof answer.output } : answer;
  } catch (caught) {
    throw errorOnTheWire(caught);
  }
});

const isStream = (output: unknown): output is AsyncIterable<unknown> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output;

async function* stream(events: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* events;
  } catch (caught) {
    throw errorOnTheWire(caught);
  }
}

/**
 * An error of the table with its code and particulars; of any other its own words, which the
 * library would keep to itself.
 */
function errorOnTheWire(caught: unknown): unknown {
  const error = errorFromSystem(caught, 'This case');
  if (error instanceof RecceError)
    return new ORPCError(error.code, {
      status: errorTable[error.code].status,
      message: error.message,
      data: {
        subject: error.subject,
        detail: error.detail,
        ...(error.undoing ? { undoing: error.undoing } : {}),
      },
      cause: error,
    });
  const isOurs = error instanceof Error && !(error instanceof ORPCError) && error.name !== 'AbortError';
  return isOurs ? new ORPCError('INTERNAL_SERVER_ERROR', { message: error.message, cause: error }) : error;
}
