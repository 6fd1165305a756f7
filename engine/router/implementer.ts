// The contract's implementer with the one place where errors of the table become errors on the wire.
import { type ImplementerInternalWithMiddlewares, implement, ORPCError } from '@orpc/server';
import { errorTable, RecceError } from '../../contract/errors.ts';
import { type Contract, contract } from '../../contract/procedures.ts';
import { errorFromSystem } from '../case/database-error.ts';

/** Named, because the type spelt out is longer than the compiler will write into a declaration. */
type Procedures = ImplementerInternalWithMiddlewares<Contract, Record<never, never>, Record<never, never>>;

/** Handlers are hung on this. */
export const procedures: Procedures = implement(contract).use(async ({ next }) => {
  try {
    return await next();
  } catch (caught) {
    const error = errorFromSystem(caught, 'this case');
    if (!(error instanceof RecceError)) throw error;
    throw new ORPCError(error.code, {
      status: errorTable[error.code].status,
      message: error.message,
      data: { subject: error.subject, detail: error.detail },
      cause: error,
    });
  }
});
