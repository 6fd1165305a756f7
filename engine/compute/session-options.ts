// How ONNX Runtime sessions are made, for inference and for training.
import type * as ort from 'onnxruntime-node';
import type { SessionRequest } from './messages.ts';

/**
 * [Note: session options] `all` lets ONNX Runtime choose blocked layouts for convolutions on the CPU, which is where most
 * of the network's speed comes from. Threads do not spin while idle: decoding and the database share the cores.
 */
export function optionsFrom(request: SessionRequest): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: request.provider === 'cpu' ? ['cpu'] : [request.provider, 'cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: request.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: request.memoryPattern,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
