// recce faces extract: labelled faces, cut by the recipe a model will be used with, into a folder
// that training and validation read.

import path from 'node:path';
import type { Command } from 'commander';
import { extractRequestSchema } from '../../contract/faces.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput, progressBar } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = {
  data?: string;
  case?: string;
  to: string;
  crop: string;
  px: string;
  compression?: string;
  methods?: string;
  fps: string;
  json?: boolean;
};

/** Adds `recce faces` to the program. */
export function addFacesCommand(program: Command): void {
  program
    .command('faces')
    .description('labelled faces for training')
    .command('extract')
    .description(
      'cut the faces of a labelled set, or of a case as its examiners concluded, into a folder; run again, it goes on',
    )
    .option('--data <dir>', 'real/ and fake/ folders, or FaceForensics++, Celeb-DF, WildDeepfake, DFDC as unpacked')
    .option('--case <dir>', 'a case: faces that examiners concluded to be genuine or forged')
    .requiredOption('--to <dir>', 'folder for the faces')
    .option('--crop <recipe>', 'crop recipe', 'square-1.3')
    .option('--px <n>', "side of the pictures: the network's input size", '299')
    .option('--compression <c>', 'FaceForensics++: raw, c23 or c40 only')
    .option('--methods <names>', 'FaceForensics++: only these, separated by commas')
    .option('--fps <n>', 'frames a second of videos', '1')
    .option('--json', 'print JSON')
    .action(async (options: Options, command: Command) => {
      if ((options.data === undefined) === (options.case === undefined))
        command.error('Give either --data or --case.', { exitCode: exitCodes.usage });
      process.exitCode = await extract(options, command);
    });
}

function requestFrom(options: Options) {
  const from = options.case
    ? { kind: 'opinions' }
    : {
        kind: 'labelled',
        folder: path.resolve(options.data!),
        compression: options.compression,
        methods: options.methods?.split(','),
        framesPerSecond: Number(options.fps),
      };
  return extractRequestSchema.safeParse({
    from,
    to: path.resolve(options.to),
    cropRecipe: options.crop,
    sidePx: Number(options.px),
  });
}

/** Nothing cut is no error: the command goes on where it was. It says what it would have taken. */
const whyNone = ({ case: folder }: Options): string =>
  folder === undefined
    ? 'Nothing new: faces that are in the folder already stay as they are.'
    : 'Nothing new: only faces concluded to be genuine or forged are taken, each once.';

async function extract(options: Options, command: Command): Promise<number> {
  const request = requestFrom(options);
  if (!request.success) return command.error(request.error.message, { exitCode: exitCodes.usage });
  const output = processOutput(options.json ?? false);
  const bar = progressBar(output);
  return withEngine(async (client) => {
    if (options.case) await client.case.open({ folder: path.resolve(options.case) });
    for await (const event of await client.faces.extract(request.data)) {
      if (event.kind === 'progress') {
        bar.update(event.done, event.total, 'Faces cut');
        continue;
      }
      bar.stop();
      print(output, event, () => [
        `${event.faces} faces cut into ${options.to}`,
        ...(event.faces === 0 ? [whyNone(options)] : []),
        ...event.without.map(({ from, reason }) => `${visibleText(from)}: ${reason}`),
        ...event.remarks,
      ]);
    }
    return exitCodes.done;
  });
}
