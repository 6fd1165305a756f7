// The options that every command which scans files into a case has: "recce scan" and "recce farm
// scan".
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Model } from '../contract/model.ts';
import type { ScanRequest } from '../contract/scan.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../contract/video.ts';
import type { Client } from '../engine/index.ts';
import { personName, readSampling, wholeNumber } from './arguments.ts';
import { findModel } from './find-model.ts';

/** Throws for what is no share. */
function shareOf(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('A share from 0 to 1 was expected.');
}

export type ScanOptions = {
  model: string[];
  secondLook?: boolean;
  control?: number;
  controlSeed: number;
  title?: string;
  examiner?: string;
  minimumFace: number;
  frames?: Sampling;
  json?: boolean;
};

/** Adds `--model`, `--title`, `--examiner`, `--frames`, `--minimum-face` and `--json`. */
export const addScanOptions = (command: Command): Command =>
  command
    .option(
      '--model <id|file>',
      'model by SHA-256 (or its beginning), name, or weights file; again for further models, which judge the same faces in the same pass',
      (named: string, before: string[]) => [...before, named],
      [] as string[],
    )
    .option(
      '--second-look',
      'the further models look only at files of which the first cannot tell, or which are outside its limits',
    )
    .option(
      '--control <share>',
      'with further models: they look at this share of all files for control, drawn by their hashes (0 to 1)',
      shareOf,
    )
    .option('--control-seed <n>', 'which files are drawn', wholeNumber(0, 0xffffffff), 1)
    .option('--title <text>', 'title of a new case')
    .option('--examiner <name>', 'who is examining', personName)
    .option(
      '--frames <n|all>',
      'of videos, so many frames a second and every cut or change, or all of them (default: 2)',
      readSampling,
    )
    .option('--minimum-face <px>', 'smaller faces are reported as too small', wholeNumber(8, 2000), 40)
    .option('--json', 'print JSON');

/** The models that the options name, the default one where they name none. Throws as `findModel`. */
export async function modelsFrom(client: Client, { model: named }: ScanOptions): Promise<[Model, ...Model[]]> {
  const first = await findModel(client, named[0]);
  const further: Model[] = [];
  for (const one of named.slice(1)) further.push(await findModel(client, one));
  return [first, ...further];
}

/** What the options ask of a scan by these models; where it runs is the command's own. */
export const scanRequestFrom = (
  paths: readonly string[],
  [model, ...further]: readonly [Model, ...Model[]],
  options: ScanOptions,
) =>
  ({
    paths: paths.map((one) => path.resolve(one)),
    modelId: model.id,
    furtherModelIds: further.map(({ id }) => id),
    ...(options.secondLook || options.control !== undefined
      ? {
          secondLook: {
            cannotTell: options.secondLook ?? false,
            sampleShare: options.control ?? 0,
            seed: options.controlSeed,
          },
        }
      : {}),
    minimumFacePx: options.minimumFace,
    video: options.frames ?? DEFAULT_SAMPLING,
    ...(options.examiner === undefined ? {} : { examiner: options.examiner }),
  }) satisfies Partial<ScanRequest> & { examiner?: string };

/**
 * Throws for a mistyped path. Called before the case is made: it must not leave an empty one
 * behind.
 */
export function refuseMissing(paths: readonly string[]): void {
  for (const named of paths) if (!existsSync(named)) throw new Error(`There is no such file or folder: ${named}`);
}
