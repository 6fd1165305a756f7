// What a worker said, taken into the case: pictures first, then rows, then how far the scan is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from '../../../contract/evidence.ts';
import type { FarmMessage } from '../../../contract/farm.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { errorFromSystem } from '../../case/db/database-error.ts';
import { getEvidence } from '../../case/rows/evidence.ts';
import { walkedSoFar } from '../../case/rows/video-scan.ts';
import { SURE_SCORE } from '../../media/find-faces.ts';
import { afterKey, KEPT_SECONDS, taskIdOf } from './farm-keys.ts';
import type { FarmRun } from './farm-run.ts';
import { decodeMessage } from './message-bytes.ts';
import { hasStill, judgeResult, videoScanOf, writeResult } from './write-result.ts';

/**
 * Writes one message. What does not belong here is said and left, and its file is asked for again;
 * a case that cannot be written is an error.
 */
export async function takeMessage(run: FarmRun, bytes: Buffer): Promise<void> {
  try {
    await take(run, bytes);
  } catch (error) {
    if (errorFromSystem(error, run.deps.opened.folder) !== error) throw error;
    run.job.problem('', error instanceof Error ? error.message : String(error));
    // A stranger at the queue must not keep this process busy.
    await sleep(10);
  }
}

async function take(run: FarmRun, bytes: Buffer): Promise<void> {
  const { message, pictures } = decodeMessage(bytes);
  const { opened, blobs } = run.deps;
  if (message.scan !== run.scan) throw new Error(`A result of another scan (${message.scan}) came.`);
  const evidence = run.underWay.get(message.evidenceId)?.evidence ?? getEvidence(opened, message.evidenceId);
  // Judged before anything of it is kept.
  if (message.kind !== 'notDone') judge(run, evidence, message);
  for (const picture of pictures) expectPng(picture);
  for (const picture of pictures) await blobs.put(picture);
  if (message.kind === 'pictures') return;
  if (message.kind === 'notDone') return tell(run, evidence, `${message.worker}: ${message.sentence}`);
  return takeResult(run, evidence, message);
}

/** Throws what `writeResult` would, and for pictures of other bytes than those of the file. */
function judge({ deps }: FarmRun, evidence: Evidence, message: Exclude<FarmMessage, { kind: 'notDone' }>): void {
  if (message.kind !== 'pictures') return void judgeResult(deps, evidence, message);
  if (message.sha256 !== evidence.sha256)
    throw new Error(`${message.worker} sent pictures of a file with another content.`);
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function expectPng(bytes: Uint8Array): void {
  if (!PNG.every((byte, i) => bytes[i] === byte)) throw new Error('What was sent as a picture is none (PNG).');
}

/** A worker that refuses does so again with every file it is offered. */
function tell({ told, job }: FarmRun, { shownPath }: Evidence, sentence: string): void {
  if (told.has(sentence)) return;
  told.add(sentence);
  job.problem(shownPath, sentence);
}

async function takeResult(
  run: FarmRun,
  evidence: Evidence,
  message: Exclude<FarmMessage, { kind: 'pictures' | 'notDone' }>,
): Promise<void> {
  const written = writeResult(run.deps, evidence, message);
  if (written.kind === 'known' && hasEnded(run, evidence)) return ended(run, evidence);
  if (written.kind !== 'written') return;
  run.progress.faces(message.worker, written.faces);
  if (message.kind === 'frames') return noteFrames(run, evidence, message.progress);
  const state = message.kind === 'still' ? message.state : message.ending;
  if (state.kind === 'unreadable') run.progress.notRead(evidence, unreadableWords(state));
  ended(run, evidence, message.worker);
}

function ended({ underWay, progress }: FarmRun, { id }: Evidence, by?: string): void {
  if (underWay.delete(id)) progress.fileDone(by);
}

function hasEnded({ underWay, deps }: FarmRun, evidence: Evidence): boolean {
  if (underWay.get(evidence.id)?.task.kind === 'video') return videoScanOf(deps, evidence).finished;
  return hasStill(deps, evidence);
}

/** A worker that takes the video over begins behind what has its rows. */
async function noteFrames(run: FarmRun, evidence: Evidence, share: number | null): Promise<void> {
  const { deps, redis, scan, progress } = run;
  const so = JSON.stringify(walkedSoFar(deps.opened, videoScanOf(deps, evidence), SURE_SCORE));
  const key = afterKey(scan);
  await redis.multi().hset(key, taskIdOf(scan, evidence.id), so).expire(key, KEPT_SECONDS).exec();
  progress.report(`${evidence.relativePath}: ${share === null ? 'in progress' : `${Math.floor(share * 100)} %`}`);
}
