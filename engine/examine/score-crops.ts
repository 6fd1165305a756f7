// A model ready to score: crops in, logits and, from a decoder, maps out. Knows the model's geometry
// from its passport; runs in compute.
import { architectureOf, ONNX, RECCE } from '../../contract/architecture.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Model, Passport } from '../../contract/model.ts';
import { CheckpointError } from '../../models/checkpoint/checkpoint-error.ts';
import { turnHeadRound } from '../../models/checkpoint/orient-head.ts';
import { readPyTorchFile } from '../../models/checkpoint/pytorch-file.ts';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import { familyFrom } from '../../models/families/families.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { onnxFromGraph } from '../../models/onnx/onnx-model.ts';
import { featureSide, type RecceConfig } from '../../models/recce/config.ts';
import { generatedTensor } from '../../models/recce/generated-weights.ts';
import { recceInferenceGraph } from '../../models/recce/inference-graph.ts';
import { recceKeys } from '../../models/recce/keys.ts';
import { mapFromBatch, meanOfMap, pixelsFromBatch, scoreFromLogit } from '../../models/recce/output.ts';
import type { Runs } from '../compute/first-look.ts';
import type { Feeds } from '../compute/messages.ts';
import { feedsOf, floatsOf, logitsOf, type ModelNetwork, networkOf, outputsOf } from './network-of-model.ts';

/** What a decoder gives. Sides: reconstruction and difference inputPx, gate featureSide(inputPx). */
export type ScoredViews = {
  /** 8-bit RGB, interleaved. */
  reconstruction: Uint8Array;
  /** 0..1. */
  difference: Float32Array;
  /** 0..1. */
  gate: Float32Array;
  gateSidePx: number;
};

/** What the network says of one crop. */
export type Scored = {
  logit: number;
  score: number;
  /** Null where the network has no decoder. */
  views: ScoredViews | null;
  /** What the classifier saw; empty where no output of the network gives it. */
  features: Float32Array;
};

/**
 * ONNX bytes of the inference network of a weights file: its logit speaks for forged, whatever the
 * weights were trained to.
 */
export function onnxFromWeights(
  bytes: Uint8Array,
  fed: Pick<Passport, 'inputPx' | 'classMap' | 'architecture'>,
): Uint8Array {
  const architecture = architectureOf(fed);
  // Checked when it was taken in, and known by its hash.
  if (architecture === ONNX) return bytes;
  return architecture === RECCE ? recceFromWeights(bytes, fed) : familyNetwork(bytes, architecture, fed);
}

/** Throws CheckpointError for a family that this build does not have, and for a file that is not of it. */
function familyNetwork(
  bytes: Uint8Array,
  architecture: string,
  { inputPx, classMap }: Pick<Passport, 'inputPx' | 'classMap'>,
): Uint8Array {
  const family = familyFrom(architecture);
  const weights = family?.read(readPyTorchFile(bytes));
  if (!family || !weights)
    throw new CheckpointError('mismatch', `This build has no reader for these weights as ${architecture}.`);
  return onnxFromGraph(family.graph(weights, { inputPx, forged: classMap.forged }));
}

function recceFromWeights(
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
  compute: Runs,
  model: Pick<Model, 'id' | 'passport'>,
  all: Iterable<T> | AsyncIterable<T>,
): AsyncGenerator<{ of: T; scored: Scored }[]> {
  const network = networkOf(model.passport);
  const size = network.batch ?? compute.batch ?? CROPS_PER_RUN;
  const isFilled = compute.provider !== 'cpu' || network.batch !== null;
  const score = async (part: readonly T[]) => {
    const crops = part.map(({ crop }) => crop);
    const filled = isFilled ? [...crops, ...Array(size - crops.length).fill(crops.at(-1)!)] : crops;
    const scored = await scoreRun(compute, model.id, network, filled);
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
  compute: Runs,
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
  compute: Runs,
  key: string,
  network: ModelNetwork,
  crops: readonly RgbImage[],
): Promise<Scored[]> {
  const feeds = feedsOf(
    network,
    crops.map((crop) => crop.data),
  );
  const outputs = await compute.run(key, feeds, outputsOf(network));
  try {
    return scoredFrom(outputs, network, crops.length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RecceError('COMPUTE_FAILED', 'The answer', error.message, { cause: error });
  }
}

/** Throws RangeError where an output is not of the kind or size it should be. */
function scoredFrom(outputs: Feeds, network: ModelNetwork, count: number): Scored[] {
  const logits = logitsOf(network, outputs, count);
  const features = network.features === null ? new Float32Array() : floatsOf(outputs, network.features);
  return logits.map((found, n) => {
    const subject = `crop ${n} of ${count}`;
    const logit = finiteLogit(found, subject);
    const views = viewsFrom(outputs, network, n, subject);
    return {
      ...{ logit, score: scoreFromLogit(logit), views },
      features: mapFromBatch(features, n, features.length / count),
    };
  });
}

function viewsFrom(outputs: Feeds, { views, input }: ModelNetwork, n: number, subject: string): ScoredViews | null {
  if (!views) return null;
  const { inputPx } = input;
  const gateSidePx = featureSide(inputPx);
  const difference = mapFromBatch(floatsOf(outputs, views.difference), n, inputPx * inputPx);
  const gate = mapFromBatch(floatsOf(outputs, views.gate), n, gateSidePx * gateSidePx);
  // What is no number would be painted black, like "no difference".
  for (const [name, map] of Object.entries({ difference, gate }))
    if (!Number.isFinite(meanOfMap(map)))
      throw new RecceError('COMPUTE_FAILED', subject, `the ${name} map holds no numbers.`);
  const reconstruction = pixelsFromBatch(floatsOf(outputs, views.reconstruction), n, inputPx);
  return { reconstruction, difference, gate, gateSidePx };
}
