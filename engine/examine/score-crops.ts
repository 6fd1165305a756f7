// A model ready to score: crops in, logits and maps out. Knows the model's geometry from its
// passport; runs in compute.
import { RecceError } from '../../contract/errors.ts';
import type { Model, Passport } from '../../contract/model.ts';
import { turnHeadRound } from '../../models/checkpoint/orient-head.ts';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { onnxFromGraph } from '../../models/onnx/onnx-model.ts';
import { featureSide, type RecceConfig } from '../../models/recce/config.ts';
import { generatedTensor } from '../../models/recce/generated-weights.ts';
import { INFERENCE_INPUT, recceInferenceGraph } from '../../models/recce/inference-graph.ts';
import { inputFromPixels } from '../../models/recce/input.ts';
import { recceKeys } from '../../models/recce/keys.ts';
import { mapFromBatch, meanOfMap, pixelsFromBatch, scoreFromLogit } from '../../models/recce/output.ts';
import type { Compute } from '../compute/compute.ts';

/**
 * What the network says of one crop. Sides: reconstruction and difference inputPx, gate
 * featureSide(inputPx).
 */
export type Scored = {
  logit: number;
  score: number;
  /** 8-bit RGB, interleaved. */
  reconstruction: Uint8Array;
  /** 0..1. */
  difference: Float32Array;
  /** 0..1. */
  gate: Float32Array;
  gateSidePx: number;
  /** What the classifier saw. */
  features: Float32Array;
};

/**
 * ONNX bytes of the inference network of a weights file: its logit speaks for forged, whatever the
 * weights were trained to.
 */
export function onnxFromWeights(
  bytes: Uint8Array,
  { inputPx, classMap }: Pick<Passport, 'inputPx' | 'classMap'>,
): Uint8Array {
  const { width, numClasses, tensors: read } = readRecceCheckpoint(bytes);
  const tensors = classMap.forged === 1 ? read : turnHeadRound(read);
  const weights = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The network asks for ${name}, which the strict match let pass as absent.`);
    return tensor;
  };
  return onnxFromGraph(recceInferenceGraph({ width, numClasses, inputPx }, weights));
}

/**
 * ONNX bytes of a network that has not learned anything: for measuring what one of that shape
 * costs.
 */
export function untrainedNetwork(config: RecceConfig): Uint8Array {
  const keys = new Map(recceKeys(config).map((key) => [key.name, key]));
  return onnxFromGraph(recceInferenceGraph(config, (name) => generatedTensor(keys.get(name)!)));
}

/**
 * The logit, if it is a number: what is none lies on no side of a threshold, and would read as
 * "genuine". Throws COMPUTE_FAILED.
 */
export function finiteLogit(logit: number, subject: string): number {
  if (!Number.isFinite(logit)) throw new RecceError('COMPUTE_FAILED', subject, `the logit is ${logit}.`);
  return logit;
}

/** Crops in one run of the network where its placement does not say. */
const CROPS_PER_RUN = 8;

/**
 * Scores square crops of passport.inputPx pixels as they come, in order, and gives them run by run
 * with what each belongs to: so many in one run as the network was placed for. Elsewhere than on
 * the CPU every run has that many (the last crop is repeated): programs for graphics cards are
 * chosen by the batch's size, and a verdict made again alone must meet the same ones. On the CPU a
 * picture's result does not depend on its batch.
 */
export async function* scoreRuns<T extends { crop: RgbImage }>(
  compute: Compute,
  model: Pick<Model, 'id' | 'passport'>,
  all: Iterable<T> | AsyncIterable<T>,
): AsyncGenerator<{ of: T; scored: Scored }[]> {
  const size = compute.batch ?? CROPS_PER_RUN;
  const score = async (part: readonly T[]) => {
    const crops = part.map(({ crop }) => crop);
    const filled = compute.provider === 'cpu' ? crops : [...crops, ...Array(size - crops.length).fill(crops.at(-1)!)];
    const scored = await scoreRun(compute, model, filled);
    return part.map((of, i) => ({ of, scored: scored[i]! }));
  };
  let part: T[] = [];
  for await (const one of all) {
    part.push(one);
    if (part.length < size) continue;
    yield await score(part);
    part = [];
  }
  if (part.length > 0) yield await score(part);
}

/** The same for crops that are all there. */
export async function scoreCrops(
  compute: Compute,
  model: Pick<Model, 'id' | 'passport'>,
  crops: readonly RgbImage[],
): Promise<Scored[]> {
  const all: Scored[] = [];
  const faces = crops.map((crop) => ({ crop }));
  for await (const run of scoreRuns(compute, model, faces)) all.push(...run.map(({ scored }) => scored));
  return all;
}

/** One run of the network. */
async function scoreRun(
  compute: Compute,
  model: Pick<Model, 'id' | 'passport'>,
  crops: readonly RgbImage[],
): Promise<Scored[]> {
  const { inputPx, mean, std } = model.passport;
  const input = inputFromPixels(
    crops.map((crop) => crop.data),
    { inputPx, mean, std },
  );
  const outputs = await compute.run(model.id, { [INFERENCE_INPUT]: input });
  const data = (name: string): Float32Array => {
    const tensor = outputs[name];
    if (tensor?.dtype !== 'float32') throw new RecceError('COMPUTE_FAILED', `output ${name}`, 'float32 was expected.');
    return tensor.data;
  };
  const gateSidePx = featureSide(inputPx);
  const featureCount = data('features').length / crops.length;
  return crops.map((_, n) => {
    const logit = finiteLogit(data('logit')[n]!, `crop ${n} of ${crops.length}`);
    const difference = mapFromBatch(data('difference'), n, inputPx * inputPx);
    const gate = mapFromBatch(data('gate'), n, gateSidePx * gateSidePx);
    // What is no number would be painted black, like "no difference".
    for (const [name, map] of Object.entries({ difference, gate }))
      if (!Number.isFinite(meanOfMap(map)))
        throw new RecceError('COMPUTE_FAILED', `crop ${n} of ${crops.length}`, `the ${name} map holds no numbers.`);
    return {
      logit,
      score: scoreFromLogit(logit),
      reconstruction: pixelsFromBatch(data('reconstruction'), n, inputPx),
      difference,
      gate,
      gateSidePx,
      features: mapFromBatch(data('features'), n, featureCount),
    };
  });
}
