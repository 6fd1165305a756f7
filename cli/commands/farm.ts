// recce farm scan <case> --queue <url> [paths...]: the files of a case examined by the workers of a
// queue. recce farm status: who works there.
import path from 'node:path';
import type { Command } from 'commander';
import type { FarmStatus, FarmWorker } from '../../contract/farm.ts';
import { visibleText } from '../../contract/visible-text.ts';
import type { Client } from '../../engine/index.ts';
import { wholeNumber } from '../arguments.ts';
import { followJob } from '../follow-job.ts';
import { type Output, print, processOutput, table } from '../output.ts';
import { addQueueOptions, noteUnencrypted, type QueueOptions, queueFrom } from '../queue-options.ts';
import { openOrCreateCase } from '../run-scan.ts';
import { addScanOptions, modelsFrom, refuseMissing, type ScanOptions, scanRequestFrom } from '../scan-options.ts';
import { withEngine } from '../with-engine.ts';
import { printFindings } from './scan.ts';

type FarmScanOptions = QueueOptions & ScanOptions & { inFlight: number };

/** Adds `recce farm` to the program. */
export function addFarmCommand(program: Command): void {
  const farm = program.command('farm').description('spread a case over many machines: see also "recce worker"');
  addScanOptions(addQueueOptions(farm.command('scan')))
    .description('scan files and folders into a case by the workers of a queue; run again, it goes on where it stopped')
    .argument('<case>', 'case folder (made when it does not exist)')
    .argument('[paths...]', 'photographs, videos and folders of them; every file of the case when none is named')
    .option('--in-flight <n>', 'files handed out at a time', wholeNumber(1, 10_000), 64)
    .action(async (folder: string, paths: string[], options: FarmScanOptions) => {
      const output = processOutput(options.json ?? false);
      process.exitCode = await withEngine((client) => scan(client, output, folder, paths, options));
    });
  addQueueOptions(farm.command('status'))
    .description('the workers of a queue and what waits for them')
    .option('--json', 'print JSON')
    .action(async (options: QueueOptions & { json?: boolean }) => {
      const status = await withEngine((client) => client.farm.status(queueFrom(options)));
      print(processOutput(options.json ?? false), status, () => statusLines(status));
    });
}

async function scan(
  client: Client,
  output: Output,
  folder: string,
  paths: readonly string[],
  options: FarmScanOptions,
): Promise<number> {
  const models = await modelsFrom(client, options);
  refuseMissing(paths);
  // Before the case is made: a queue that cannot be reached must not leave an empty one behind.
  await client.farm.status(queueFrom(options));
  noteUnencrypted(output, options);
  await openOrCreateCase(client, path.resolve(folder), options.title);
  const started = await client.farm.scan({
    ...scanRequestFrom(paths, models, options),
    queue: queueFrom(options),
    inFlight: options.inFlight,
  });
  const job = await followJob(client, output, started);
  return printFindings(client, output, { job, folder });
}

const STATES: Record<FarmWorker['state'], string> = {
  idle: 'idle',
  working: 'working',
  refused: 'REFUSED',
  stopped: 'stopped',
  gone: 'GONE',
};

function statusLines({ address, server, counts, workers }: FarmStatus): string[] {
  const { waiting, active, delayed, failed } = counts;
  const rows = workers.map((one) => [
    one.name,
    one.machine,
    STATES[one.state],
    `${one.filesDone}`,
    `${one.facesDone}`,
    `${one.model.name} (${one.model.id.slice(0, 12)})`,
    `${one.provider}, ${one.device}`,
    one.lastSeenAt,
    visibleText(one.lastSentence ?? ''),
  ]);
  const head = ['worker', 'machine', 'state', 'files', 'faces', 'model', 'runs on', 'last seen', 'last said'];
  return [
    `${address} (${server}): ${waiting} waiting, ${active} in progress, ${delayed} to be tried again, ${failed} failed`,
    ...(rows.length === 0 ? ['No worker has been here within the last hour.'] : table([head, ...rows])),
  ];
}
