// recce worker --queue <url> --evidence <folder>: examines files for cases on other machines until
// it is interrupted.
import os from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { workerNameSchema } from '../../contract/farm.ts';
import type { Device } from '../../contract/scan.ts';
import { appDataFolder, type EvidenceFolder, folderFromText, startFarmWorker } from '../../engine/index.ts';
import { deviceOption, wholeNumber } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { modelFrom } from '../find-model.ts';
import { processOutput } from '../output.ts';
import { addQueueOptions, noteUnencrypted, type QueueOptions, queueFrom } from '../queue-options.ts';

type Options = QueueOptions & {
  evidence: EvidenceFolder[];
  model?: string;
  device: Device;
  name: string;
  concurrency: number;
  stalledAfter: number;
};

const readFolder = (text: string, before: EvidenceFolder[] = []): EvidenceFolder[] => [...before, folderFromText(text)];

function readName(text: string): string {
  const read = workerNameSchema.safeParse(text);
  if (!read.success) throw new InvalidArgumentError('At most 100 printable characters were expected.');
  return read.data;
}

/** Adds `recce worker` to the program. */
export function addWorkerCommand(program: Command): void {
  addQueueOptions(program.command('worker'))
    .description('examine files for cases on other machines, until interrupted; opens no case')
    .requiredOption(
      '--evidence <folder>',
      'read files below it, and no others; <there>=<here> where the case’s machine calls it otherwise. Repeatable',
      readFolder,
    )
    .option('--model <id|name>', 'the only model it examines with (default: the default model)')
    .addOption(deviceOption('auto'))
    .option('--name <text>', 'what it is called, in the case and in "recce farm status"', readName, os.hostname())
    .option('--concurrency <n>', 'files at a time', wholeNumber(1, 64), 4)
    .option('--stalled-after <seconds>', 'not heard of for so long, its files go to others', wholeNumber(2, 3600), 30)
    .action(work);
}

async function work(options: Options): Promise<void> {
  const output = processOutput(false);
  noteUnencrypted(output, options);
  const { model } = options;
  const worker = await startFarmWorker({
    engine: { appDataFolder: appDataFolder() },
    queue: queueFrom(options),
    folders: options.evidence,
    chooseModel: model === undefined ? undefined : (models) => modelFrom(models, model),
    device: options.device,
    name: options.name,
    concurrency: options.concurrency,
    stalledAfterMs: options.stalledAfter * 1000,
    say: output.note,
  });
  output.line(`${options.name} works with ${worker.model.name} (${worker.model.id.slice(0, 12)}).`);
  output.note('Ctrl+C ends it when its files are done; a second one at once.');
  await interrupted();
  const closing = worker.close();
  await Promise.race([
    closing,
    interrupted().then(() => worker.close(true).finally(() => process.exit(exitCodes.failed))),
  ]);
}

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
