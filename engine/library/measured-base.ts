// What a training starts from, as a network whose speed can be measured.
import type { TrainingBase } from '../../contract/training.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import type { MeasuredModel } from '../compute/devices.ts';
import { untrainedNetwork } from '../examine/score-crops.ts';
import { expectRecce } from './expect-recce.ts';
import type { LoadedModels } from './loaded-models.ts';
import type { ModelLibrary } from './model-library.ts';

/** A network that knows nothing is as fast as one that does. Throws MODEL_NOT_FOUND. */
export async function measuredBase(
  base: TrainingBase,
  library: ModelLibrary,
  placed: LoadedModels,
): Promise<MeasuredModel> {
  if (base.kind === 'fresh') return untrained(base.width, base.inputPx);
  const model = await library.get(base.modelId);
  const { passport } = model;
  const { width } = expectRecce(model, base.width);
  const { inputPx = passport.inputPx } = base;
  const isOfItsOwnSize = inputPx === passport.inputPx && width === passport.width;
  return isOfItsOwnSize ? placed.measured(model) : untrained(width, inputPx);
}

function untrained(width: number, inputPx: number): MeasuredModel {
  const name = `a network of width ${width} at ${inputPx} px`;
  const onnx = async () => untrainedNetwork({ width, numClasses: 1, inputPx });
  return { id: sha256Of(Buffer.from(name)), name, inputPx, onnx };
}
