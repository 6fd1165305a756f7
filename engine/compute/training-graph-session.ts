// The training graph of a run as a session of ONNX Runtime.
import { onnxFromGraph } from '../../models/onnx/onnx-model.ts';
import { recceTrainingGraph, type TrainingGraph } from '../../models/recce/training-graph.ts';
import type { TrainingSetup } from '../../models/recce/training-setup.ts';
import type { TrainingState } from '../../models/recce/training-state.ts';
import type { Float32Tensor } from '../../models/tensor/tensor.ts';
import { createSession } from './create-session.ts';
import type { SessionRequest } from './messages.ts';
import * as ort from './onnxruntime.ts';

/** What is kept of a training graph once it is loaded. */
export type StepGraph = Pick<TrainingGraph, 'trained' | 'masks' | 'statistics'>;

/**
 * Builds the graph and loads it. `mixed`: the provider leaves some operators to the CPU. Throws
 * ONNX Runtime's own message when it refuses.
 */
export async function buildStep(
  { network, batchSize, objective, freeze, batchNorm }: TrainingSetup,
  { weights }: TrainingState,
  request: SessionRequest,
): Promise<{ graph: StepGraph; session: ort.InferenceSession; mixed: boolean }> {
  const { graph, trained, masks, statistics } = recceTrainingGraph(
    { ...network, batchSize, objective, freeze, batchNorm },
    tensorFrom(weights),
  );
  const onnx = onnxFromGraph(graph, {
    weightsAsInputs: new Set(trained),
    blockedLayout: request.provider === 'cpu',
  });
  const made = await createSession(onnx, { ...request, memoryPattern: false });
  return { graph: { trained, masks, statistics }, ...made };
}

/** Feeds as the runtime takes them. */
export const toOrt = (feeds: Readonly<Record<string, Float32Tensor>>): Record<string, ort.Tensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape }]) => [name, new ort.Tensor('float32', data, shape)]),
  );

/** Weights by name. Throws for a name that is not among them. */
export const tensorFrom =
  (tensors: ReadonlyMap<string, Float32Tensor>) =>
  (name: string): Float32Tensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The network asks for ${name}, which the state has not.`);
    return tensor;
  };
