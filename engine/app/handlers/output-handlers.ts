// The handler of `output`: the guard of the engine's own writers, for programs that write files
// beside it.

import { guardOutput } from '../guard-output.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';

export const outputHandlers = (deps: Pick<Services, 'currentCase' | 'installation'>) => ({
  check: procedures.output.check.handler(async ({ input }) => {
    await guardOutput(deps, input.path, input.inputs);
    return null;
  }),
});
