// recce scan <paths...> --case <dir>: photographs in, a case with a verdict for every face out.
import path from 'node:path';
import type { Command } from 'commander';
import type { EvidenceId, ModelId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Job } from '../../contract/job.ts';
import { laterRecordWords, NEW_CASE_WORDS } from '../../contract/later-record.ts';
import type { Model } from '../../contract/model.ts';
import { recordElsewhereSentence, WORD_OF_ITS_MAKER } from '../../contract/record-elsewhere.ts';
import { type Device, modelsOfScan, scanRequestSchema } from '../../contract/scan.ts';
import type { VideoTimeline } from '../../contract/track.ts';
import { visibleText } from '../../contract/visible-text.ts';
import type { Client } from '../../engine/index.ts';
import { deviceOption } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Output, print, processOutput } from '../output.ts';
import { listFindings, openOrCreateCase, runScan } from '../run-scan.ts';
import { addScanOptions, modelsFrom, refuseMissing, type ScanOptions, scanRequestFrom } from '../scan-options.ts';
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
  const models = await modelsFrom(client, options);
  refuseMissing(paths);
  await openOrCreateCase(client, path.resolve(options.case), options.title);
  const signHead = await headSigner(client, output, options);
  const request = { ...scanRequestFrom(paths, models, options), device: options.device };
  const job = await runScan(client, output, request);
  await signHead();
  return printFindings(client, output, { job, folder: options.case });
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

/** What one model says in the case now. */
type Results = {
  model: Pick<Model, 'id' | 'name' | 'demonstration'>;
  findings: Finding[];
  videos: { relativePath: string; timeline: VideoTimeline }[];
};

/**
 * What the case has now from each model of the scan. Gives the exit code. As JSON one model's
 * results stand beside the job, those of several in a list.
 */
export async function printFindings(
  client: Client,
  output: Output,
  { job, folder }: { job: Job; folder: string },
): Promise<number> {
  const results: Results[] = [];
  for (const id of modelsOfScan(scanRequestSchema.parse(job.input))) results.push(await resultsOf(client, id));
  if (results.some(({ model }) => model.demonstration)) output.note(DEMONSTRATION_ADVICE);
  const scanned = new Set(results.map(({ model }) => model.id));
  for (const one of await client.case.laterRecords())
    if (scanned.has(one.modelId)) output.note(`Verdicts were ${laterRecordWords(one)}. ${NEW_CASE_WORDS}`);
  for (const one of await client.case.recordsElsewhere())
    if (scanned.has(one.modelId)) output.note(visibleText(`${recordElsewhereSentence(one)} ${WORD_OF_ITS_MAKER}`));
  const [first, ...further] = results;
  const place = `Case: ${path.resolve(folder)}`;
  print(output, further.length === 0 ? { job, ...first } : { job, results }, () =>
    further.length === 0 && first
      ? [...resultLines(first).slice(0, -1), `${countsWords(first.findings)}. ${place}`]
      : [...results.flatMap((one) => [`By ${visibleText(one.model.name)}:`, ...resultLines(one)]), place],
  );
  return results.some(({ findings }) => findings.some((one) => one.kind === 'unreadable'))
    ? exitCodes.someUnreadable
    : exitCodes.done;
}

async function resultsOf(client: Client, modelId: ModelId): Promise<Results> {
  const { id, name, demonstration } = await client.model.get({ id: modelId });
  const findings = await listFindings(client, { modelId });
  return { model: { id, name, demonstration }, findings, videos: await listVideos(client, modelId, findings) };
}

const resultLines = ({ findings, videos }: Results): string[] => [
  ...findings
    .filter((finding) => finding.timeMs === null)
    .map((finding) => `${visibleText(finding.relativePath)}: ${findingWords(finding)}`),
  ...videos.flatMap(({ relativePath, timeline }) => timelineLines(visibleText(relativePath), timeline)),
  `${countsWords(findings)}.`,
];

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
