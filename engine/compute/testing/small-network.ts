// RECCE as small as it goes, with generated weights: the whole graph, quickly. Tests only.
import type { Sha256 } from '../../../contract/brand.ts';
import { onnxFromGraph } from '../../../models/onnx/onnx-model.ts';
import { generatedTensor } from '../../../models/recce/generated-weights.ts';
import { recceInferenceGraph } from '../../../models/recce/inference-graph.ts';
import { recceKeys } from '../../../models/recce/keys.ts';
import type { MeasuredModel } from '../devices.ts';

const CONFIG = { width: 0.0625, numClasses: 1 as const, inputPx: 64 };

/** ONNX bytes of the network. */
export function smallNetwork(): Uint8Array {
  const keys = new Map(recceKeys(CONFIG).map((key) => [key.name, key]));
  return onnxFromGraph(recceInferenceGraph(CONFIG, (name) => generatedTensor(keys.get(name)!)));
}

/** The network as a model to be measured. */
export const smallModel = (id = 'a'.repeat(64)): MeasuredModel => ({
  id: id as Sha256,
  name: 'small',
  inputPx: CONFIG.inputPx,
  onnx: async () => smallNetwork(),
});
