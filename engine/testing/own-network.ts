// A second model for tests: a network of one's own that is small and real, in the library of an
// engine. Tests only.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Model } from '../../contract/model.ts';
import { type OnnxPassportInput, onnxPassportSchema } from '../../contract/onnx-passport.ts';
import { meanDetector, onnxFile, SIDE } from '../../models/onnx/testing/hostile-onnx.ts';
import type { Client } from '../index.ts';

/** Imports a network that scores by mean colours, fed as said; its file is written into `folder`. */
export async function importOwnNetwork(
  client: Client,
  folder: string,
  said: Partial<OnnxPassportInput> = {},
): Promise<Model> {
  const file = path.join(folder, 'own.onnx');
  writeFileSync(file, onnxFile(meanDetector()));
  const passport = onnxPassportSchema.parse({
    name: 'of our own',
    ...{ input: 'pictures', inputPx: SIDE, layout: 'NCHW', channelOrder: 'BGR', valueRange: [0, 255] },
    ...{ mean: [104, 117, 123], std: [58, 57, 57], cropRecipe: 'box-1.25', resize: 'area-bilinear' },
    ...{ output: 'answer', answer: 'logit', classMap: { genuine: 0, forged: 1 }, licence: 'ours' },
    features: 'features',
    ...said,
  });
  return client.model.importOnnx({ path: file, passport });
}
