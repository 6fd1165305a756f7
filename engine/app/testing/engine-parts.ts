// The door by which tests and benches of other rooms come to the parts of an engine that the
// contract does not show: one network alone, the open case as it is. Tests and benches only.
import { createRouterClient } from '@orpc/server';
import { type Client, createRouter } from '../create-engine.ts';
import { closeServices, createServices, type EngineOptions, type Services } from '../services.ts';

export type EngineParts = Pick<
  Services,
  'compute' | 'currentCase' | 'faceSearch' | 'library' | 'loadedModels' | 'training'
> & {
  /** The contract, carried out by these very parts. */
  client: Client;
  close(): Promise<void>;
};

/** An engine, its parts laid open. Child processes start with the first work for them. */
export function openEngineParts(options: EngineOptions): EngineParts {
  const services = createServices(options);
  const { compute, currentCase, faceSearch, library, loadedModels, training } = services;
  return {
    ...{ compute, currentCase, faceSearch, library, loadedModels, training },
    client: createRouterClient(createRouter(services)),
    close: () => closeServices(services),
  };
}
