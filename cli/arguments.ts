// Arguments that are more than text: parsed where they are read, refused with a sentence and the
// exit code for usage.
import { InvalidArgumentError, Option } from 'commander';
import { examinerNameSchema, nameAsKept } from '../contract/examiner-name.ts';
import { deviceSchema } from '../contract/scan.ts';
import { type Sampling, samplingSchema } from '../contract/video.ts';

/** A whole number from `low` to `high`. */
export const wholeNumber =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`A whole number from ${low} to ${high} was expected.`);
  };

/** Any number from `least` to `most`. */
export const numberBetween =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A number from ${least} to ${most} was expected.`);
  };

/** A person's name. */
export function personName(text: string): string {
  const read = examinerNameSchema.safeParse(text);
  if (read.success) return nameAsKept(read.data);
  throw new InvalidArgumentError('A name was expected.');
}

/** `--device`, with the devices the contract knows. */
export const deviceOption = (usual: string): Option =>
  new Option('--device <device>', 'where inference runs').choices(deviceSchema.options).default(usual);

/** `all`, or a number of frames a second. */
export function readSampling(text: string): Sampling {
  if (text === 'all') return { kind: 'everyFrame' };
  const read = samplingSchema.safeParse({ kind: 'byTime', framesPerSecond: Number(text), sceneChanges: true });
  if (read.success) return read.data;
  throw new InvalidArgumentError('A number of frames a second above 0, or "all", was expected.');
}
