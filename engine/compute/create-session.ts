// A session of ONNX Runtime on one provider, for inference and for training steps. Runs only inside
// a process of its own, because session.run blocks its thread.
import type { SessionRequest } from './messages.ts';
import * as ort from './onnxruntime.ts';

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
function optionsFrom(
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

/** What the runtime says when a strict session would have to leave an operator to the CPU. */
const LEFT_TO_CPU = /fallback to CPU EP has been explicitly disabled/;

/**
 * A session on the provider asked for and no other. A name that the binary does not know is refused
 * here: the runtime would take the CPU without a word, and a verdict would name a device that never
 * saw it.
 */
export async function createSession(
  onnx: Uint8Array,
  request: SessionRequest,
): Promise<{ session: ort.InferenceSession; mixed: boolean }> {
  const { provider } = request;
  if (provider === 'cpu')
    return { session: await ort.InferenceSession.create(onnx, optionsFrom(request)), mixed: false };
  if (!ort.listSupportedBackends().some(({ name }) => name === provider))
    throw new Error(`This build of ONNX Runtime has no provider ${provider}.`);
  keepSinglePrecision(provider);
  try {
    return { session: await ort.InferenceSession.create(onnx, optionsFrom(request, { strict: true })), mixed: false };
  } catch (error) {
    if (!(error instanceof Error && LEFT_TO_CPU.test(error.message))) throw error;
    return { session: await ort.InferenceSession.create(onnx, optionsFrom(request)), mixed: true };
  }
}

/**
 * NVIDIA's libraries round inputs of products to 10 bits (TF32) unless told otherwise; verdicts say
 * float32. Read once, when they start.
 */
function keepSinglePrecision(provider: string): void {
  if (provider === 'cuda' || provider === 'tensorrt') process.env.NVIDIA_TF32_OVERRIDE = '0';
}
