// recce scan <paths...> --case <dir>: photographs in, a case with a verdict for every face out.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { EvidenceId, ModelId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Job } from '../../contract/job.ts';
import { NEW_CASE_WORDS, wordsFromLaterRecord } from '../../contract/later-record.ts';
import type { Model } from '../../contract/model.ts';
import type { Device } from '../../contract/scan.ts';
import type { VideoTimeline } from '../../contract/track.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../../contract/video.ts';
import { visibleText } from '../../contract/visible-text.ts';
import type { Client } from '../../engine/index.ts';
import { deviceOption, readSampling, wholeNumber } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { findModel } from '../find-model.ts';
import { type Output, print, processOutput } from '../output.ts';
import { listFindings, openOrCreateCase, runScan } from '../run-scan.ts';
import { withEngine } from '../with-engine.ts';
import { DEMONSTRATION_NOTICE, linesFromTimeline, wordsFromFinding } from '../wording.ts';

type Options = {
  case: string;
  model?: string;
  device: Device;
  title?: string;
  examiner?: string;
  minimumFace: number;
  frames?: Sampling;
  json?: boolean;
};

/** Adds `recce scan` to the program. */
export function addScanCommand(program: Command): void {
  program
    .command('scan')
    .description(
      'scan files and folders into a case (made when it does not exist); run again, it goes on where it stopped',
    )
    .argument('<paths...>', 'photographs, videos and folders of them')
    .requiredOption('--case <dir>', 'case folder')
    .option('--model <id|file>', 'model by SHA-256 (or its beginning), name, or weights file')
    .addOption(deviceOption('auto'))
    .option('--title <text>', 'title of a new case')
    .option('--examiner <name>', 'who is examining')
    .option(
      '--frames <n|all>',
      'of videos, so many frames a second and every cut, or all of them (default: 2)',
      readSampling,
    )
    .option('--minimum-face <px>', 'smaller faces are reported as too small', wholeNumber(8, 2000), 40)
    .option('--json', 'print JSON')
    .action(async (paths: string[], options: Options) => {
      const output = processOutput(options.json ?? false);
      process.exitCode = await withEngine((client) => scan(client, output, paths, options));
    });
}

async function scan(client: Client, output: Output, paths: readonly string[], options: Options): Promise<number> {
  const model = await findModel(client, options.model);
  // Before the case is made: a mistyped path must not leave an empty one behind.
  for (const named of paths) if (!existsSync(named)) throw new Error(`There is no such file or folder: ${named}`);
  await openOrCreateCase(client, path.resolve(options.case), options.title, options.examiner);
  const job = await runScan(client, output, {
    paths: paths.map((p) => path.resolve(p)),
    modelId: model.id,
    device: options.device,
    minimumFacePx: options.minimumFace,
    video: options.frames ?? DEFAULT_SAMPLING,
  });
  return printFindings(client, output, { job, model, folder: options.case });
}

/** What the case has from this model now. Gives the exit code. */
export async function printFindings(
  client: Client,
  output: Output,
  { job, model, folder }: { job: Job; model: Model; folder: string },
): Promise<number> {
  const findings = await listFindings(client, { modelId: model.id });
  const videos = await listVideos(client, model.id, findings);
  if (model.demonstration) output.note(DEMONSTRATION_NOTICE);
  for (const one of await client.case.laterRecords())
    if (one.modelId === model.id) output.note(`Verdicts were ${wordsFromLaterRecord(one)}. ${NEW_CASE_WORDS}`);
  print(
    output,
    { job, model: { id: model.id, name: model.name, demonstration: model.demonstration }, findings, videos },
    () => [
      ...findings
        .filter((finding) => finding.timeMs === null)
        .map((finding) => `${visibleText(finding.relativePath)}: ${wordsFromFinding(finding)}`),
      ...videos.flatMap(({ relativePath, timeline }) => linesFromTimeline(visibleText(relativePath), timeline)),
      `${wordsFromCounts(findings)}. Case: ${path.resolve(folder)}`,
    ],
  );
  return findings.some((one) => one.kind === 'unreadable') ? exitCodes.someUnreadable : exitCodes.done;
}

/** The timelines of the videos in which this model saw faces, by path. */
async function listVideos(
  client: Client,
  modelId: ModelId,
  findings: readonly Finding[],
): Promise<{ relativePath: string; timeline: VideoTimeline }[]> {
  const videos = new Map<EvidenceId, string>();
  for (const one of findings) if (one.timeMs !== null) videos.set(one.evidenceId, one.relativePath);
  return Promise.all(
    [...videos].map(async ([evidenceId, relativePath]) => ({
      relativePath,
      timeline: await client.video.timeline({ evidenceId, modelId }),
    })),
  );
}

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** How many files and faces the case has from this model, and how many files could not be read. */
function wordsFromCounts(findings: readonly Finding[]): string {
  const files = new Set(findings.map((one) => one.evidenceId)).size;
  const faces = findings.filter((one) => one.faceId !== null).length;
  const unreadable = findings.filter((one) => one.kind === 'unreadable').length;
  return `${counted(files, 'file')}, ${counted(faces, 'face')}, ${unreadable} unreadable`;
}
