// Which providers are there: the contract's list against what the runtime's binary knows, with a
// sentence for each that is not.
import { type Provider, type ProviderReport, providerSchema } from '../../contract/device.ts';
import { lastWroteSentence } from '../../contract/unreadable-words.ts';
import { ChildRefusal, createSupervisedChild, type SpawnChild } from '../process/supervised-child.ts';
import type { Backend, ComputeRequest, ComputeResponse } from './messages.ts';

export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  tensorrt: 'TensorRT',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'Core ML',
  webgpu: 'WebGPU',
  cpu: 'CPU',
};

/**
 * A process of its own for a short question. It is ended whatever happens; a refusal repeats what
 * its driver wrote before.
 */
export async function askApart<T>(
  spawn: SpawnChild | undefined,
  timeoutMs: number,
  use: (ask: (request: ComputeRequest) => Promise<ComputeResponse>) => Promise<T>,
): Promise<T> {
  const child = createSupervisedChild<ComputeRequest, ComputeResponse>({
    entry: new URL('./compute-process.ts', import.meta.url),
    name: 'self-test',
    quiet: true,
    timeoutMs,
    ...(spawn ? { spawn } : {}),
  });
  try {
    return await use((request) => child.call(request));
  } catch (error) {
    throw error instanceof ChildRefusal ? explained(error, await child.stderrTail()) : error;
  } finally {
    await child.close();
  }
}

const explained = (refusal: ChildRefusal, words: string): ChildRefusal =>
  words === ''
    ? refusal
    : new ChildRefusal(refusal.name, refusal.message.replace(/\.?\s*$/, `.${lastWroteSentence(words)}`), refusal.code);

/** Loading the binary takes well under a second. */
const BACKENDS_LIMIT_MS = 60_000;

/**
 * What the binary knows. Asked in a process of its own: a binary that does not fit the machine may
 * take its process with it.
 */
export const readBackends = (spawn?: SpawnChild): Promise<readonly Backend[]> =>
  askApart(spawn, BACKENDS_LIMIT_MS, async (ask) => {
    const answer = await ask({ kind: 'backends' });
    if (answer.kind !== 'backends') throw new Error(`compute answered ${answer.kind} to backends.`);
    return answer.backends;
  });

/** Every provider of the contract, best first: `untested` where it is there. */
export const presenceFrom = (backends: readonly Backend[], platform = `${process.platform} ${process.arch}`) =>
  providerSchema.options.map((provider): ProviderReport => {
    const name = PROVIDER_NAMES[provider];
    const none = { provider, mixed: false, differences: null, speeds: [] };
    const backend = backends.find((one) => one.name === provider);
    if (!backend)
      return { ...none, state: 'absent', detail: `ONNX Runtime's binary for ${platform} does not know ${name}.` };
    if (backend.library && !backend.library.found)
      return {
        ...none,
        state: 'absent',
        detail: `Its libraries are not installed: ${backend.library.name} is missing (docs/decisions/008-providers.md says how).`,
      };
    return { ...none, state: 'untested', detail: 'It is there and has not been tested yet.' };
  });
