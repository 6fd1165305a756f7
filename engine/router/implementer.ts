// The contract's implementer with the one place where errors of the table become errors on the wire.
import { implement, ORPCError } from '@orpc/server';
import { errorTable, RecceError } from '../../contract/errors.ts';
import { contract } from '../../contract/procedures.ts';

/** Handlers are hung on this. */
export const procedures = implement(contract).use(async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    if (!(error instanceof RecceError)) throw error;
    throw new ORPCError(error.code, {
      status: errorTable[error.code].status,
      message: error.message,
      data: { subject: error.subject, detail: error.detail },
      cause: error,
    });
  }
});
