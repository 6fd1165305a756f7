// What RECCE is trained towards (Cao et al., CVPR 2022, section 3.5; constants as in the paper's
// trainer): classification with a flood, reconstruction of genuine faces only, and a metric loss
// that draws genuine faces together on three scales.
import type { Value } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';

/** Weights of the parts. */
export type ObjectiveConfig = {
  /** lambda_1: weight of the reconstruction loss. */
  readonly reconstructionWeight: number;
  /** lambda_2: weight of the metric loss. */
  readonly metricWeight: number;
  /** The classification loss is pushed back up when below this (Ishida et al., ICML 2020). */
  readonly flood: number;
};

/** The paper's. */
export const PAPER_OBJECTIVE: ObjectiveConfig = { reconstructionWeight: 0.1, metricWeight: 0.1, flood: 0.04 };

/** What the objective reads. `labels` [n]: 1 forged, 0 genuine. */
export type ObjectiveInputs = {
  readonly logit: Value;
  readonly labels: Value;
  /** [n, 3, s, s] the clean pictures. */
  readonly x: Value;
  readonly reconstruction: Value;
  /** Feature maps [n, c, h, w] of the metric loss. */
  readonly features: readonly Value[];
};

/** Scalars. `loss` is what is minimised; `classification` is before the flood. */
export type Objective = {
  readonly loss: Value;
  readonly classification: Value;
  readonly reconstruction: Value;
  readonly metric: Value;
};

/** Binary cross-entropy of logits [n], mean over the batch. */
export const binaryCrossEntropy = (logit: Value, labels: Value): Value =>
  op.reduceMean(op.sub(op.softplus(logit), op.mul(logit, labels)), [0]);

/** Mean |x - reconstruction| over the genuine pictures; 0 in a batch without any. */
export function reconstructionLoss(x: Value, reconstruction: Value, genuine: Value): Value {
  const perPicture = op.reduceMean(op.abs(op.sub(reconstruction, x)), [1, 2, 3]);
  return op.div(op.reduceSum(op.mul(perPicture, genuine), [0]), op.max(op.reduceSum(genuine, [0]), 1));
}

/**
 * torch.nn.functional.normalize of the pooled features, and their similarities (e_i . e_j + 1) / 2:
 * [n, n] in 0..1.
 */
function similarities(features: Value): Value {
  const pooled = op.reduceMean(features, [2, 3]);
  const length = op.sqrt(op.reduceSum(op.mul(pooled, pooled), [1], true));
  const unit = op.div(pooled, op.max(length, 1e-12));
  return op.mul(op.add(op.matmul(unit, op.transpose(unit, [1, 0])), 1), 0.5);
}

/** Mean of the entries of `values` that `mask` marks; 0 where it marks none. */
const maskedMean = (values: Value, mask: Value): Value =>
  op.div(op.reduceSum(op.mul(values, mask), [0, 1]), op.add(op.reduceSum(mask, [0, 1]), 1e-6));

/**
 * Sum over the scales of max(0, 1 - mean similarity of genuine pairs + mean similarity of unlike
 * pairs). Forged faces are not drawn together: there are many ways to forge.
 */
export function metricLoss(features: readonly Value[], labels: Value): Value {
  const n = Number(labels.shape[0]);
  const [column, row] = [op.reshape(labels, [n, 1]), op.reshape(labels, [1, n])];
  const unlike = op.abs(op.sub(column, row));
  const identity = labels.graph.constant({ dtype: 'float32', shape: [n, n], data: identityMatrix(n) });
  const genuinePairs = op.mul(op.mul(op.sub(1, column), op.sub(1, row)), op.sub(1, identity));
  const parts = features.map((feature) => {
    const similarity = similarities(feature);
    const gap = op.add(op.sub(1, maskedMean(similarity, genuinePairs)), maskedMean(similarity, unlike));
    return op.relu(gap);
  });
  return parts.reduce((sum, part) => op.add(sum, part));
}

const identityMatrix = (n: number): Float32Array =>
  Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

/** The whole objective. */
export function recceObjective(inputs: ObjectiveInputs, config: ObjectiveConfig): Objective {
  const { logit, labels, x, features } = inputs;
  const classification = binaryCrossEntropy(logit, labels);
  const flooded = op.add(op.abs(op.sub(classification, config.flood)), config.flood);
  const reconstruction = reconstructionLoss(x, inputs.reconstruction, op.sub(1, labels));
  const metric = metricLoss(features, labels);
  const weighted = op.add(op.mul(reconstruction, config.reconstructionWeight), op.mul(metric, config.metricWeight));
  return { loss: op.add(flooded, weighted), classification, reconstruction, metric };
}
