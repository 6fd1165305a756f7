// The handler of `output`: the guard of the engine's own writers, for programs that write files
// beside it.

import { guardOutput } from '../known-evidence.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';

export const outputHandlers = (state: Services) => ({
  check: procedures.output.check.handler(async ({ input }) => {
    await guardOutput(state, input.path, input.inputs);
    return null;
  }),
});
