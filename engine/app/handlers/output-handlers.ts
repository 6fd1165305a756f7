// The handler of `output`: the guard of the engine's own writers, for programs that write files beside it.
import type { EngineState } from '../engine-state.ts';
import { guardOutput } from '../known-evidence.ts';
import { procedures } from './implementer.ts';

export const outputHandlers = (state: EngineState) => ({
  check: procedures.output.check.handler(async ({ input }) => {
    await guardOutput(state, input.path, input.inputs);
    return null;
  }),
});
