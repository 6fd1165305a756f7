// recce infer: the paper's own front door, with its flags and its output line. Whole pictures, no
// face finding, no case.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Device } from '../../contract/scan.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { deviceOption, wholeNumber } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

type Options = {
  image?: string;
  image_folder?: string;
  bin?: string;
  weight?: string;
  device: Device;
  image_size?: number;
  json?: boolean;
};

const PICTURE = /\.(jpe?g|png|webp|bmp|tiff?|avif|hei[cf])$/i;

/** Adds `recce infer` to the program. */
export function addInferCommand(program: Command): void {
  program
    .command('infer')
    .description('score face crops as they are, like the inference script of the paper')
    .option('--image <file>', 'one picture')
    .option('--image_folder <dir>', 'a folder of pictures')
    .option('--bin <file>', 'trainer checkpoint (.bin)')
    .option('--weight <file>', 'bare state dict')
    .addOption(deviceOption('cpu'))
    .option('--image_size <px>', 'input size; 299 for the published weights', wholeNumber(64, 1024))
    .option('--json', 'print JSON, one object a line')
    .action(async (options: Options, command: Command) => {
      const weights = options.bin ?? options.weight;
      const images = picturesFrom(options);
      if (!weights || images.length === 0)
        command.error('Give --image or --image_folder, and --bin or --weight.', { exitCode: exitCodes.usage });
      process.exitCode = await infer(images, weights!, options);
    });
}

/**
 * The line is the paper's, for comparison with its script; whoever reads it must know what it does
 * not say.
 */
const PAPERS_WORDS =
  'These are the words of the paper’s script. No face was looked for: a picture without one gets a line as well. The number is a raw score, not the probability of a forgery, and "real" says no more than that it is below 0.5. Examine evidence with `recce scan`.';

function picturesFrom(options: Options): string[] {
  if (options.image) return [options.image];
  if (!options.image_folder) return [];
  const folder = options.image_folder;
  return readdirSync(folder)
    .filter((name) => PICTURE.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

async function infer(images: readonly string[], weights: string, options: Options): Promise<number> {
  const output = processOutput(options.json ?? false);
  let unreadable = 0;
  await withEngine(async (client) => {
    const events = await client.model.infer({
      images: [...images],
      weights: path.resolve(weights),
      device: options.device,
      ...(options.image_size ? { inputPx: options.image_size } : {}),
    });
    for await (const event of events) {
      if (event.kind === 'unreadable') unreadable += 1;
      if (output.json) output.value(event, 'compact');
      else if (event.kind === 'unreadable')
        output.note(`path: ${visibleText(event.path)} | unreadable: ${event.message}`);
      else
        output.line(
          `path: ${visibleText(event.path)} | fake probability: ${event.score.toFixed(4)} | prediction: ${event.score >= 0.5 ? 'fake' : 'real'}`,
        );
    }
  });
  output.note(PAPERS_WORDS);
  return unreadable > 0 ? exitCodes.someUnreadable : exitCodes.done;
}
