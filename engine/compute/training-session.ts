// A training run inside its process: the training graph in ONNX Runtime, the weights and Adam's
// memory in plain arrays for as long as the run lasts. Runs only inside the training process (and
// in benches), because session.run blocks its thread.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { turnHeadRound } from '../../models/checkpoint/orient-head.ts';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import { writeRecceTrainerFile, writeRecceWeights } from '../../models/checkpoint/write-recce-checkpoint.ts';
import { onnxFromGraph } from '../../models/onnx/onnx-model.ts';
import { recceInferenceGraph } from '../../models/recce/inference-graph.ts';
import { inputFromPixels } from '../../models/recce/input.ts';
import { pixelsFromBatch } from '../../models/recce/output.ts';
import { decodeTrainingSave, encodeTrainingSave } from '../../models/recce/training-save.ts';
import type { TrainingSetup } from '../../models/recce/training-setup.ts';
import { freshState, initialWeights, type TrainingState } from '../../models/recce/training-state.ts';
import {
  applyStep,
  feedsOfStep,
  type StepLosses,
  type TrainingBatch,
  weightsToUse,
} from '../../models/recce/training-step.ts';
import { widenNetwork } from '../../models/recce/widen-network.ts';
import { createSession } from './create-session.ts';
import type { SessionRequest } from './messages.ts';
import type * as ort from './onnxruntime.ts';
import { buildStep, type StepGraph, tensorFrom, toOrt } from './training-graph-session.ts';
import type { TrainerFigures, TrainingStart } from './training-messages.ts';

/** Pictures evaluated at a time. */
const EVALUATION_BATCH = 16;

type Outputs = Readonly<Record<string, ort.Tensor>>;

const floatsOf = (outputs: Outputs, name: string): Float32Array => {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new TypeError(`Output ${name} is missing or not float32.`);
  return data;
};

/** The state a run starts from. Throws when weights or save do not fit the setup. */
export function startingState(setup: TrainingSetup, start: TrainingStart): TrainingState {
  switch (start.from) {
    case 'nothing':
      return freshState(setup, initialWeights(setup));
    case 'weights': {
      const { width, numClasses, tensors } = readRecceCheckpoint(start.bytes);
      const { network, seed } = setup;
      if (width > network.width || numClasses !== network.numClasses)
        throw new Error(
          `The base model has width ${width} and ${numClasses} classes; the setup says ${network.width} and ${network.numClasses}.`,
        );
      const base = start.turned ? turnHeadRound(tensors) : tensors;
      if (width === network.width) return freshState(setup, base);
      return freshState(setup, widenNetwork(base, { ...network, width }, network, seed));
    }
    case 'save': {
      const save = decodeTrainingSave(readFileSync(start.path));
      if (JSON.stringify(save.setup) !== JSON.stringify(setup))
        throw new Error(`The state in ${start.path} belongs to a run with another setup.`);
      return save.state;
    }
  }
}

/** Writes a file whole or not at all, and onto the disk before it returns. */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(`${path}.tmp`, 'w');
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}

/** One run. `close` frees the native memory. */
export class TrainingSession {
  readonly #setup: TrainingSetup;
  readonly #state: TrainingState;
  readonly #graph: StepGraph;
  readonly #session: ort.InferenceSession;
  readonly #request: SessionRequest;
  #evaluator: ort.InferenceSession | undefined;

  private constructor(
    setup: TrainingSetup,
    state: TrainingState,
    graph: StepGraph,
    session: ort.InferenceSession,
    request: SessionRequest,
  ) {
    this.#setup = setup;
    this.#state = state;
    this.#graph = graph;
    this.#session = session;
    this.#request = request;
  }

  /** Builds the training graph and loads it. Throws ONNX Runtime's own message when it refuses. */
  static async open(setup: TrainingSetup, start: TrainingStart, request: SessionRequest): Promise<TrainingSession> {
    const state = startingState(setup, start);
    const { graph, session } = await buildStep(setup, state, request);
    return new TrainingSession(setup, state, graph, session, request);
  }

  /** Steps done. */
  get step(): number {
    return this.#state.step;
  }

  get trainedWeights(): number {
    return this.#graph.trained.reduce((sum, name) => sum + this.#state.weights.get(name)!.data.length, 0);
  }

  get setup(): TrainingSetup {
    return this.#setup;
  }

  get state(): TrainingState {
    return this.#state;
  }

  /** One step on `setup.batchSize` pictures. Throws when the loss is not a number. */
  async trainOn(batch: TrainingBatch): Promise<StepLosses> {
    await this.#forgetEvaluator();
    const feeds = feedsOfStep(this.#setup, this.#graph, this.#state, batch);
    const outputs = await this.#session.run(toOrt(feeds));
    return applyStep(this.#setup, this.#graph, this.#state, (name) => floatsOf(outputs, name));
  }

  /**
   * Logits of pictures by the weights as they are now, as in use: running statistics, no dropout.
   */
  async evaluate(
    pixels: readonly Uint8Array[],
    reconstructions: boolean,
  ): Promise<{ logits: number[]; reconstructions: Uint8Array[] }> {
    const { network, mean, std } = this.#setup;
    const evaluator = await this.#evaluatorNow();
    const found = { logits: [] as number[], reconstructions: [] as Uint8Array[] };
    for (let at = 0; at < pixels.length; at += EVALUATION_BATCH) {
      const part = pixels.slice(at, at + EVALUATION_BATCH);
      const x = inputFromPixels(part, { inputPx: network.inputPx, mean, std });
      const outputs = await evaluator.run(toOrt({ x }), reconstructions ? ['logit', 'reconstruction'] : ['logit']);
      found.logits.push(...floatsOf(outputs, 'logit'));
      if (reconstructions)
        found.reconstructions.push(
          ...part.map((_, n) => pixelsFromBatch(floatsOf(outputs, 'reconstruction'), n, network.inputPx)),
        );
    }
    return found;
  }

  /** Writes the run's state as a save file; returns its size. */
  save(path: string): number {
    const bytes = encodeTrainingSave({ setup: this.#setup, state: this.#state });
    writeDurably(path, bytes);
    return bytes.length;
  }

  /** Writes a PyTorch file of the weights to use, or the paper's trainer file; returns its size. */
  export(path: string, format: 'weights' | 'trainer', figures: TrainerFigures): number {
    const { network, optimiser, schedule } = this.#setup;
    const { step, weights, first, second } = this.#state;
    const bytes =
      format === 'weights'
        ? writeRecceWeights({ config: network, tensors: weightsToUse(this.#state), batchesTracked: step })
        : writeRecceTrainerFile(
            { config: network, tensors: weights, batchesTracked: step },
            { step, ...figures, optimiser, schedule, first, second },
          );
    writeDurably(path, bytes);
    return bytes.length;
  }

  async close(): Promise<void> {
    await this.#forgetEvaluator();
    await this.#session.release();
  }

  async #evaluatorNow(): Promise<ort.InferenceSession> {
    if (!this.#evaluator) {
      const graph = recceInferenceGraph(this.#setup.network, tensorFrom(weightsToUse(this.#state)));
      this.#evaluator = (await createSession(onnxFromGraph(graph), this.#request)).session;
    }
    return this.#evaluator;
  }

  async #forgetEvaluator(): Promise<void> {
    await this.#evaluator?.release();
    this.#evaluator = undefined;
  }
}
