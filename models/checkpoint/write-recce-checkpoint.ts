// A trained network as PyTorch knows it: the bare state dict, or the whole file of the paper's
// trainer with Adam's memory, which its test.py and torch.load accept and torch.optim.Adam goes on
// from. Names, order and types as PyTorch 1.13 writes them.
import type { AdamConfig } from '../nn/adam.ts';
import { learningRateAt, type ScheduleConfig } from '../nn/schedule.ts';
import type { RecceConfig } from '../recce/config.ts';
import type { KeyShape } from '../recce/key-shape.ts';
import { recceKeys } from '../recce/keys.ts';
import { type Float32Tensor, float32Tensor, sizeFromShape, type Tensor } from '../tensor/tensor.ts';
import type { PyValue } from './pickle-writer.ts';
import { PyTorchFileWriter } from './write-pytorch-file.ts';

type Tensors = ReadonlyMap<string, Float32Tensor>;

/** The network's part of a file. `batchesTracked` is what every BatchNorm2d counted. */
export type NetworkToWrite = {
  readonly config: Pick<RecceConfig, 'width' | 'numClasses'>;
  readonly tensors: Tensors;
  readonly batchesTracked: number;
};

/** What the paper's trainer keeps beside the network. */
export type TrainerToWrite = {
  readonly step: number;
  readonly bestStep: number;
  readonly bestMetric: number;
  readonly evalMetric: string;
  readonly optimiser: AdamConfig;
  readonly schedule: ScheduleConfig;
  readonly first: ReadonlyMap<string, Float32Array>;
  readonly second: ReadonlyMap<string, Float32Array>;
};

const float = (value: number): PyValue => ({ kind: 'float', value });
const scalar = (value: number): Tensor => float32Tensor([], Float32Array.of(value));

/** A tensor of the state dict; the unused classifier of a network made here is zeros. */
function tensorOf({ name, shape, dtype }: KeyShape, { tensors, batchesTracked }: NetworkToWrite): Tensor {
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.of(BigInt(batchesTracked)) };
  const known = tensors.get(name);
  if (known) return known;
  if (name.startsWith('encoder.fc.')) return float32Tensor(shape, new Float32Array(sizeFromShape(shape)));
  throw new Error(`The network has no ${name}.`);
}

const stateDict = (file: PyTorchFileWriter, keys: readonly KeyShape[], network: NetworkToWrite): PyValue => ({
  kind: 'orderedDict',
  entries: new Map(keys.map((key) => [key.name, file.tensor(tensorOf(key, network))])),
});

/** Bytes of the bare state dict (`.pth`). encoder.fc is written when the network has it. */
export function writeRecceWeights(network: NetworkToWrite): Uint8Array {
  const file = new PyTorchFileWriter();
  const keys = recceKeys(network.config, network.tensors.has('encoder.fc.weight'));
  return file.write(stateDict(file, keys, network));
}

/**
 * Bytes of the paper's trainer file (`.bin`): step, best_step, best_metric, eval_metric, model,
 * optimizer, scheduler.
 */
export function writeRecceTrainerFile(network: NetworkToWrite, trainer: TrainerToWrite): Uint8Array {
  const file = new PyTorchFileWriter();
  const keys = recceKeys(network.config, true);
  return file.write(
    new Map<string, PyValue>([
      ['step', trainer.step],
      ['best_step', trainer.bestStep],
      ['best_metric', file.tensor(scalar(trainer.bestMetric))],
      ['eval_metric', trainer.evalMetric],
      ['model', stateDict(file, keys, network)],
      ['optimizer', optimiserState(file, keys, trainer)],
      ['scheduler', schedulerState(trainer)],
    ]),
  );
}

const isParameter = ({ name }: KeyShape): boolean => !/\.(running_mean|running_var|num_batches_tracked)$/.test(name);

/**
 * torch.optim.Adam.state_dict(): parameters are numbered in the network's order; those never
 * trained have no state.
 */
function optimiserState(file: PyTorchFileWriter, keys: readonly KeyShape[], trainer: TrainerToWrite): PyValue {
  const parameters = keys.filter(isParameter);
  const state = parameters.flatMap(({ name, shape }, index): [number, PyValue][] => {
    const [first, second] = [trainer.first.get(name), trainer.second.get(name)];
    if (!first || !second || name.startsWith('encoder.fc.')) return [];
    const entry = new Map<string, PyValue>([
      ['step', file.tensor(scalar(trainer.step))],
      ['exp_avg', file.tensor(float32Tensor(shape, first))],
      ['exp_avg_sq', file.tensor(float32Tensor(shape, second))],
    ]);
    return [[index, entry]];
  });
  return new Map<string, PyValue>([
    ['state', new Map(state)],
    ['param_groups', [parameterGroup(parameters.length, trainer)]],
  ]);
}

function parameterGroup(count: number, { step, optimiser, schedule }: TrainerToWrite): PyValue {
  return new Map<string, PyValue>([
    ['lr', float(learningRateAt(step + 1, schedule))],
    ['betas', { kind: 'tuple', items: [float(optimiser.beta1), float(optimiser.beta2)] }],
    ['eps', float(optimiser.eps)],
    ['weight_decay', float(optimiser.weightDecay)],
    ['amsgrad', false],
    ['maximize', false],
    ['foreach', null],
    ['capturable', false],
    ['initial_lr', float(schedule.learningRate)],
    ['params', Array.from({ length: count }, (_, index) => index)],
  ]);
}

/**
 * torch.optim.lr_scheduler.StepLR.state_dict(); another decay is written as a constant rate.
 */
function schedulerState({ step, schedule }: TrainerToWrite): PyValue {
  const { learningRate, warmupSteps, decay } = schedule;
  const steps = Math.max(0, step - warmupSteps);
  return new Map<string, PyValue>([
    ['step_size', decay.kind === 'step' ? decay.stepSize : 2 ** 31],
    ['gamma', float(decay.kind === 'step' ? decay.gamma : 1)],
    ['base_lrs', [float(learningRate)]],
    ['last_epoch', steps],
    ['verbose', false],
    ['_step_count', steps + 1],
    ['_get_lr_called_within_step', false],
    ['_last_lr', [float(learningRateAt(step + 1, schedule))]],
  ]);
}
