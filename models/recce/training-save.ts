// A training run's state as a save file: setup, step, weights, what Adam remembers, the running
// average. Chance is drawn from seed and step, so the step is also the position of every random
// stream.
import { CheckpointError } from '../checkpoint/checkpoint-error.ts';
import { decodeSaveFile, encodeSaveFile } from '../checkpoint/save-file.ts';
import type { ScheduleConfig } from '../nn/schedule.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import type { TrainingSetup } from './training-setup.ts';
import type { TrainingState } from './training-state.ts';

/** A run as it stands. */
export type TrainingSave = { readonly setup: TrainingSetup; readonly state: TrainingState };

const KIND = 'recce training state';

/** Prefixes of the tensors' names in the file. */
const GROUPS = ['weights', 'first', 'second', 'average'] as const;

/** Bytes of a run's state. */
export function encodeTrainingSave({ setup, state }: TrainingSave): Uint8Array {
  const shapeOf = (name: string): readonly number[] => state.weights.get(name)!.shape;
  const tensors = new Map<string, Float32Tensor>();
  for (const group of GROUPS)
    for (const [name, value] of state[group])
      tensors.set(`${group}/${name}`, value instanceof Float32Array ? float32Tensor(shapeOf(name), value) : value);
  return encodeSaveFile({ meta: { kind: KIND, setup, step: state.step }, tensors });
}

/** `setup` as it is written today: saves of before name the schedule's decay `fall`. */
function withNamesOfToday(setup: TrainingSetup): TrainingSetup {
  const { fall, ...schedule } = setup.schedule as TrainingSetup['schedule'] & { fall?: ScheduleConfig['decay'] };
  return fall ? { ...setup, schedule: { ...schedule, decay: fall } } : setup;
}

/** Reads what encodeTrainingSave wrote. Throws CheckpointError. */
export function decodeTrainingSave(bytes: Uint8Array): TrainingSave {
  const { meta, tensors } = decodeSaveFile(bytes);
  const { kind, setup, step } = meta as { kind?: string; setup: TrainingSetup; step: number };
  if (kind !== KIND) throw new CheckpointError('badStructure', `The save file holds ${kind}; ${KIND} was expected.`);
  const group = (prefix: string): Map<string, Float32Tensor> =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]),
    );
  const arrays = (prefix: string) => new Map([...group(prefix)].map(([name, { data }]) => [name, data]));
  return {
    setup: withNamesOfToday(setup),
    state: {
      step,
      weights: group('weights'),
      first: arrays('first'),
      second: arrays('second'),
      average: group('average'),
    },
  };
}
