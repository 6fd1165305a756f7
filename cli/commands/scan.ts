// recce scan <paths...> --case <dir>: photographs in, a case with a verdict for every face out.
import path from 'node:path';
import type { Command } from 'commander';
import type { EvidenceId, ModelId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Job } from '../../contract/job.ts';
import { laterRecordWords, NEW_CASE_WORDS } from '../../contract/later-record.ts';
import type { Model } from '../../contract/model.ts';
import type { Device } from '../../contract/scan.ts';
import type { VideoTimeline } from '../../contract/track.ts';
import { visibleText } from '../../contract/visible-text.ts';
import type { Client } from '../../engine/index.ts';
import { deviceOption } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { findModel } from '../find-model.ts';
import { type Output, print, processOutput } from '../output.ts';
import { listFindings, openOrCreateCase, runScan } from '../run-scan.ts';
import { addScanOptions, refuseMissing, type ScanOptions, scanRequestFrom } from '../scan-options.ts';
import { PASSWORD, type SigningOptions, signingFrom, TIME_STAMP_HELP } from '../signing-options.ts';
import { withEngine } from '../with-engine.ts';
import { DEMONSTRATION_ADVICE, findingWords, timelineLines } from '../wording.ts';
import { signedLine } from './head.ts';

type Options = ScanOptions & Partial<SigningOptions> & { case: string; device: Device; signHead?: string };

/** Adds `recce scan` to the program. */
export function addScanCommand(program: Command): void {
  addScanOptions(program.command('scan').requiredOption('--case <dir>', 'case folder').addOption(deviceOption('auto')))
    .description(
      'scan files and folders into a case (made when it does not exist); run again, it goes on where it stopped',
    )
    .argument('<paths...>', 'photographs, videos and folders of them')
    .option('--sign-head <file>', 'sign the newest entry of the log when the scan has ended, as "recce head" does')
    .option('--sign <p12>', `PKCS#12 key for it; its password is read from ${PASSWORD}`)
    .option('--time-stamp <url>', TIME_STAMP_HELP)
    .action(async (paths: string[], options: Options, command: Command) => {
      if ((options.signHead === undefined) !== (options.sign === undefined))
        return command.error('--sign-head and --sign belong together.', { exitCode: exitCodes.usage });
      const output = processOutput(options.json ?? false);
      process.exitCode = await withEngine((client) => scan(client, output, paths, options));
    });
}

async function scan(client: Client, output: Output, paths: readonly string[], options: Options): Promise<number> {
  const model = await findModel(client, options.model);
  refuseMissing(paths);
  await openOrCreateCase(client, path.resolve(options.case), options.title, options.examiner);
  const signHead = await headSigner(client, output, options);
  const request = { ...scanRequestFrom(paths, model, options), device: options.device };
  const job = await runScan(client, output, request);
  await signHead();
  return printFindings(client, output, { job, model, folder: options.case });
}

/** What signs the log's newest entry at the end. Where it may not be written is told before any work. */
async function headSigner(
  client: Client,
  output: Output,
  { signHead, sign, timeStamp }: Options,
): Promise<() => Promise<void>> {
  if (signHead === undefined || sign === undefined) return async () => {};
  const [file, signing] = [path.resolve(signHead), signingFrom({ sign, timeStamp })];
  await client.output.check({ path: file, inputs: [signing.pkcs12Path] });
  return async () => output.note(signedLine(await client.case.signHead({ path: file, signing })));
}

/** What the case has from this model now. Gives the exit code. */
export async function printFindings(
  client: Client,
  output: Output,
  { job, model, folder }: { job: Job; model: Model; folder: string },
): Promise<number> {
  const findings = await listFindings(client, { modelId: model.id });
  const videos = await listVideos(client, model.id, findings);
  if (model.demonstration) output.note(DEMONSTRATION_ADVICE);
  for (const one of await client.case.laterRecords())
    if (one.modelId === model.id) output.note(`Verdicts were ${laterRecordWords(one)}. ${NEW_CASE_WORDS}`);
  print(
    output,
    { job, model: { id: model.id, name: model.name, demonstration: model.demonstration }, findings, videos },
    () => [
      ...findings
        .filter((finding) => finding.timeMs === null)
        .map((finding) => `${visibleText(finding.relativePath)}: ${findingWords(finding)}`),
      ...videos.flatMap(({ relativePath, timeline }) => timelineLines(visibleText(relativePath), timeline)),
      `${countsWords(findings)}. Case: ${path.resolve(folder)}`,
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
function countsWords(findings: readonly Finding[]): string {
  const files = new Set(findings.map((one) => one.evidenceId)).size;
  const faces = findings.filter((one) => one.faceId !== null).length;
  const unreadable = findings.filter((one) => one.kind === 'unreadable').length;
  return `${counted(files, 'file')}, ${counted(faces, 'face')}, ${unreadable} unreadable`;
}
