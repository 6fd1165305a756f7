// The self-test of training on a provider: one step of a run's own network and batch on made-up
// pictures, taken on the CPU and there, and every output held against the CPU's. Runs only inside a
// training process of its own, because a driver may hang it or take it down.
import { STEP_TOLERANCE, type StepDifferences } from '../../contract/device.ts';
import type { TrainingSetup } from '../../models/recce/training-setup.ts';
import type { TrainingState } from '../../models/recce/training-state.ts';
import { feedsOfStep, type TrainingBatch } from '../../models/recce/training-step.ts';
import { randomStream } from '../../models/tensor/random.ts';
import type { SessionRequest } from './messages.ts';
import { buildStep, toOrt } from './training-graph-session.ts';

/** What a step on another provider came to. */
export type StepTest = {
  /** The provider leaves some operators of the step to the CPU. */
  mixed: boolean;
  differences: StepDifferences;
  /** What is out of tolerance, with the name of the output; absent when nothing is. */
  beyond?: string;
  /** Seconds of one step with its programs compiled. */
  secondsPerStep: { cpu: number; other: number };
};

type Outputs = ReadonlyMap<string, Float32Array>;
type TimedStep = { outputs: Outputs; seconds: number; mixed: boolean };

/** What counts as the norm of a tensor that is all but nothing, as a share of the largest. */
const SMALLEST_NORM = 1e-3;

/** Noise and waves that no camera gives, the same on every machine; labels in turns. */
export function testBatch({ batchSize, network: { inputPx } }: TrainingSetup): TrainingBatch {
  const stream = randomStream(9);
  const picture = () => {
    const [pitch, phase] = [stream.uniform(0.02, 0.3), stream.uniform(0, 6)];
    return Uint8Array.from(
      { length: 3 * inputPx * inputPx },
      (_, at) => 128 + 90 * Math.sin(pitch * at + phase) + stream.uniform(-30, 30),
    );
  };
  return {
    pixels: Array.from({ length: batchSize }, picture),
    labels: Array.from({ length: batchSize }, (_, n) => n % 2),
  };
}

/** Timed the second time, when its programs are compiled. */
async function timedStep(setup: TrainingSetup, state: TrainingState, request: SessionRequest): Promise<TimedStep> {
  const { graph, session, mixed } = await buildStep(setup, state, request);
  try {
    const feeds = toOrt(feedsOfStep(setup, graph, state, testBatch(setup)));
    const found = await session.run(feeds);
    const outputs = new Map(Object.entries(found).map(([name, { data }]) => [name, data as Float32Array]));
    const from = performance.now();
    await session.run(feeds);
    return { outputs, seconds: (performance.now() - from) / 1000, mixed };
  } finally {
    await session.release();
  }
}

/** Takes the step on the CPU and on `request.provider`. Throws what the provider throws. */
export async function testStep(setup: TrainingSetup, state: TrainingState, request: SessionRequest): Promise<StepTest> {
  const cpu = await timedStep(setup, state, { ...request, provider: 'cpu' });
  const other = await timedStep(setup, state, request);
  return {
    mixed: other.mixed,
    ...compareSteps(cpu.outputs, other.outputs),
    secondsPerStep: { cpu: cpu.seconds, other: other.seconds },
  };
}

type Kind = keyof StepDifferences;

const kindOf = (output: string): Kind => {
  if (output.startsWith('gradient/')) return 'gradients';
  return output.startsWith('mean/') || output.startsWith('variance/') ? 'statistics' : 'losses';
};

const norm = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};

/** The worst output of each kind, as STEP_TOLERANCE measures it, and what is out of tolerance. */
export function compareSteps(cpu: Outputs, other: Outputs): Pick<StepTest, 'differences' | 'beyond'> {
  const differences: StepDifferences = { losses: 0, statistics: 0, gradients: 0 };
  const largest: StepDifferences = { losses: 0, statistics: 0, gradients: 0 };
  const norms = new Map([...cpu].map(([name, values]) => [name, norm(values)]));
  for (const [name, of] of norms) largest[kindOf(name)] = Math.max(largest[kindOf(name)], of);
  let beyond: string | undefined;
  for (const [name, values] of cpu) {
    const kind = kindOf(name);
    const found = other.get(name);
    if (found?.length !== values.length) {
      beyond ??= `output ${name} has ${found?.length ?? 0} numbers instead of ${values.length}`;
      continue;
    }
    const by =
      norm(values.map((value, i) => found[i]! - value)) / Math.max(norms.get(name)!, SMALLEST_NORM * largest[kind]);
    if (!Number.isFinite(by)) beyond ??= `output ${name} holds what is no number`;
    else differences[kind] = Math.max(differences[kind], by);
    if (by > STEP_TOLERANCE[kind])
      beyond ??= `output ${name} differs by ${by.toPrecision(3)} of its norm, ${STEP_TOLERANCE[kind]} is allowed`;
  }
  return beyond === undefined ? { differences } : { differences, beyond };
}
