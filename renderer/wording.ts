// What the window alone says, and how it writes numbers, sizes and times. The words for what was
// found are in contract/wording.ts.
import type { Alteration } from '../contract/evidence.ts';
import type { Conclusion } from '../contract/opinion.ts';
import type { Device } from '../contract/scan.ts';
import { CONCLUSION_WORDS, capitalised } from '../contract/wording.ts';

export const DEVICE_WORDS: Readonly<Record<Device, string>> = {
  auto: 'Best available',
  cpu: 'CPU',
  webgpu: 'WebGPU',
  cuda: 'NVIDIA CUDA',
  tensorrt: 'NVIDIA TensorRT',
  dml: 'DirectML',
  coreml: 'Core ML',
};

/** An opinion as a name: on buttons, in lists. */
export const conclusionName = (conclusion: Conclusion): string => capitalised(CONCLUSION_WORDS[conclusion]);

export const HIDDEN_SCORE = 'Score hidden until you have given your opinion';
export const ORDER_NOTE = 'Scores order the list. They are not probabilities.';
export const READ_ONLY_NOTICE =
  'Open for viewing only: this case’s disk or folder cannot be written. It can be verified, reported and packed to another place; to work on it, copy it to a disk that can be written.';
/**
 * What is said of a case that can only be looked at; `because` where another program has changed
 * its database.
 */
export const readOnlyNotice = (because: string | undefined): string =>
  because === undefined ? READ_ONLY_NOTICE : `Open for viewing only: ${because}`;
export const ALTERED_WORDS: Readonly<Record<Alteration['kind'], string>> = {
  changed: 'This file was changed after it was added.',
  missing: 'This file was missing at a later look.',
};
export const SCORE_NOTE =
  'The raw score is the network’s output between 0 and 1. It is not the probability that the face is forged.';

const integer = new Intl.NumberFormat('en-GB');
export const numberText = (value: number): string => integer.format(value);

/** `one face`, `12 faces`. */
export const countText = (n: number, one: string, many: string): string => `${numberText(n)} ${n === 1 ? one : many}`;

export const bytesText = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : bytes < 1e9
        ? `${(bytes / 1e6).toFixed(1)} MB`
        : `${(bytes / 1e9).toFixed(2)} GB`;

/** Local date and time to the second, with the UTC moment for the tooltip. */
export const instantText = (instant: string): string =>
  new Date(instant).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** `2 h 5 min`, `40 s`; what took no whole second took some time all the same. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return 'less than 1 s';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
