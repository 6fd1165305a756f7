// How ONNX Runtime sessions are made, for inference and for training.
import type { SessionRequest } from './messages.ts';
import type * as ort from './onnxruntime.ts';

/**
 * Providers in the order in which the runtime gives them the network's operators. What TensorRT
 * cannot do, CUDA does.
 */
const executionProviders = (provider: string): string[] => {
  if (provider === 'cpu') return ['cpu'];
  return provider === 'tensorrt' ? ['tensorrt', 'cuda', 'cpu'] : [provider, 'cpu'];
};

/**
 * [Note: session options] `all` lets ONNX Runtime choose blocked layouts for convolutions on the
 * CPU, which is where most of the network's speed comes from. Threads do not spin while idle:
 * decoding and the database share the cores. `strict`: a network of which any operator would be
 * left to the CPU is refused. DirectML does not work with memory patterns.
 */
export function optionsFrom(
  { provider, threads, memoryPattern }: SessionRequest,
  { strict = false } = {},
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: executionProviders(provider),
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: memoryPattern && provider !== 'dml',
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' }, disable_cpu_ep_fallback: strict ? '1' : '0' } },
  };
}
