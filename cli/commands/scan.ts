// recce scan <paths...> --case <dir>: photographs in, a case with a verdict for every face out.
import path from 'node:path';
import type { Command } from 'commander';
import { type Device, deviceSchema } from '../../contract/scan.ts';
import type { Client } from '../../engine/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { findModel } from '../find-model.ts';
import { type Output, print, processOutput } from '../output.ts';
import { listFindings, openOrCreateCase, runScan } from '../run-scan.ts';
import { withEngine } from '../with-engine.ts';
import { DEMONSTRATION_NOTICE, wordsFromFinding } from '../wording.ts';

type Options = {
  case: string;
  model?: string;
  device: string;
  title?: string;
  examiner?: string;
  minimumFace: string;
  json?: boolean;
};

/** Adds `recce scan` to the program. */
export function addScanCommand(program: Command): void {
  program
    .command('scan')
    .description(
      'scan files and folders into a case (made when it does not exist); run again, it goes on where it stopped',
    )
    .argument('<paths...>', 'photographs and folders of them')
    .requiredOption('--case <dir>', 'case folder')
    .option('--model <id|file>', 'model by SHA-256 (or its beginning), name, or weights file')
    .option('--device <device>', 'auto, cpu, webgpu, cuda, dml or coreml', 'auto')
    .option('--title <text>', 'title of a new case')
    .option('--examiner <name>', 'who is examining')
    .option('--minimum-face <px>', 'smaller faces are reported as too small', '40')
    .option('--json', 'print JSON')
    .action(async (paths: string[], options: Options) => {
      const output = processOutput(options.json ?? false);
      process.exitCode = await withEngine((client) => scan(client, output, paths, options));
    });
}

async function scan(client: Client, output: Output, paths: readonly string[], options: Options): Promise<number> {
  const model = await findModel(client, options.model);
  await openOrCreateCase(client, path.resolve(options.case), options.title, options.examiner);
  const job = await runScan(client, output, {
    paths: paths.map((p) => path.resolve(p)),
    modelId: model.id,
    device: deviceSchema.parse(options.device) satisfies Device,
    minimumFacePx: Number(options.minimumFace),
  });
  const findings = await listFindings(client, { modelId: model.id });
  if (model.demonstration) output.note(DEMONSTRATION_NOTICE);
  print(
    output,
    { job, model: { id: model.id, name: model.name, demonstration: model.demonstration }, findings },
    () => [
      ...findings.map((finding) => `${finding.relativePath}: ${wordsFromFinding(finding)}`),
      `${job.progress.done} files, ${job.progress.faces} faces, ${job.progress.failed} unreadable. Case: ${path.resolve(options.case)}`,
    ],
  );
  return job.progress.failed > 0 ? exitCodes.someUnreadable : exitCodes.done;
}
