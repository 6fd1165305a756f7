// The options that every command which scans files into a case has: "recce scan" and "recce farm
// scan".
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Model } from '../contract/model.ts';
import type { ScanRequest } from '../contract/scan.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../contract/video.ts';
import { personName, readSampling, wholeNumber } from './arguments.ts';

export type ScanOptions = {
  model?: string;
  title?: string;
  examiner?: string;
  minimumFace: number;
  frames?: Sampling;
  json?: boolean;
};

/** Adds `--model`, `--title`, `--examiner`, `--frames`, `--minimum-face` and `--json`. */
export const addScanOptions = (command: Command): Command =>
  command
    .option('--model <id|file>', 'model by SHA-256 (or its beginning), name, or weights file')
    .option('--title <text>', 'title of a new case')
    .option('--examiner <name>', 'who is examining', personName)
    .option(
      '--frames <n|all>',
      'of videos, so many frames a second and every cut, or all of them (default: 2)',
      readSampling,
    )
    .option('--minimum-face <px>', 'smaller faces are reported as too small', wholeNumber(8, 2000), 40)
    .option('--json', 'print JSON');

/** What the options ask of a scan by `model`; where it runs is the command's own. */
export const scanRequestFrom = (paths: readonly string[], model: Model, options: ScanOptions) =>
  ({
    paths: paths.map((one) => path.resolve(one)),
    modelId: model.id,
    minimumFacePx: options.minimumFace,
    video: options.frames ?? DEFAULT_SAMPLING,
  }) satisfies Partial<ScanRequest>;

/**
 * Throws for a mistyped path. Called before the case is made: it must not leave an empty one
 * behind.
 */
export function refuseMissing(paths: readonly string[]): void {
  for (const named of paths) if (!existsSync(named)) throw new Error(`There is no such file or folder: ${named}`);
}
