// What a worker said -> rows of the case, through the same writers as a scan on this machine.
// Idempotent: said twice, or by two workers, it is written once; said with a gap before it or with
// a picture missing, not at all, and the file is asked for again.

import type { Sha256 } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { FarmMessage, FarmPassport } from '../../../contract/farm.ts';
import type { Model } from '../../../contract/model.ts';
import type { VerdictOutcome, VerdictParameters } from '../../../contract/verdict.ts';
import type { Sampling } from '../../../contract/video.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import type { WritableCase } from '../../case/db/case-handle.ts';
import { addVerdicts, hasFacesToScore, hasVerdicts } from '../../case/rows/verdict.ts';
import { beginVideoScan, lastFrameWritten, type VideoScan } from '../../case/rows/video-scan.ts';
import { OF_THE_PASSPORT } from '../../examine/verdict-parameters.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { finishVideo, writeFrames } from '../scan-video.ts';
import { checkedResult } from './check-result.ts';

/** Into which case, and what may come into it. */
export type ResultDeps = {
  opened: WritableCase;
  blobs: BlobStore;
  model: Model;
  passport: FarmPassport;
  sampling: Sampling;
  minimumFacePx: number;
};

/**
 * `written`: faces it has now, and whether the file is finished. `known`: it was there already.
 * `incomplete`: something before it is missing.
 */
export type Written =
  | { kind: 'written'; faces: number; finished: boolean }
  | { kind: 'known' }
  | { kind: 'incomplete' };

type Result = Exclude<FarmMessage, { kind: 'pictures' | 'notDone' }>;

/**
 * Throws where the message does not belong into this case (another model, another version, another
 * content of the file) or contradicts itself.
 */
export function writeResult(deps: ResultDeps, evidence: Evidence, said: Result): Written {
  const message = judgeResult(deps, evidence, said);
  const outcomes = message.kind === 'ending' ? [] : message.verdicts.map(({ outcome }) => outcome);
  if (!outcomes.flatMap(picturesOf).every((sha256) => deps.blobs.has(sha256))) return { kind: 'incomplete' };
  return message.kind === 'still' ? writeStill(deps, evidence, message) : writeVideoPart(deps, evidence, message);
}

/** The message as it may be written, with what follows from its logits; throws as `writeResult`. */
export function judgeResult(deps: ResultDeps, evidence: Evidence, said: Result): Result {
  checkBelongs(deps, evidence, said);
  return checkedResult(said, deps.model);
}

/** True for a photograph that has its rows, down to the smallest face asked for. */
export function hasStill({ opened, model, passport, minimumFacePx }: ResultDeps, { id }: Evidence): boolean {
  const key = { evidenceId: id, modelId: model.id, pipelineVersion: passport.pipelineVersion };
  return hasVerdicts(opened, key) && !hasFacesToScore(opened, key, minimumFacePx);
}

function writeStill(
  deps: ResultDeps,
  evidence: Evidence,
  { parameters, state, verdicts }: Extract<Result, { kind: 'still' }>,
): Written {
  if (hasStill(deps, evidence)) return { kind: 'known' };
  const { id, relativePath } = evidence;
  addVerdicts(deps.opened, parameters, [{ evidenceId: id, relativePath, state, verdicts }]);
  return { kind: 'written', faces: verdicts.filter(({ face }) => face !== null).length, finished: true };
}

function writeVideoPart(deps: ResultDeps, evidence: Evidence, message: Exclude<Result, { kind: 'still' }>): Written {
  const scan = videoScanOf(deps, evidence);
  if (scan.finished) return { kind: 'known' };
  const rows = { opened: deps.opened, parameters: message.parameters, evidence, scan };
  const last = lastFrameWritten(deps.opened, scan.id);
  if (message.after > last) return { kind: 'incomplete' };
  if (message.kind === 'ending') {
    // Of two workers at one video, the one behind ends it with what the one before it wrote.
    finishVideo(rows, deps.model.operatingPoints, message.ending);
    return { kind: 'written', faces: 0, finished: true };
  }
  if ((message.frames.at(-1)?.frameIndex ?? -1) <= last) return { kind: 'known' };
  const frames = message.frames.filter(({ frameIndex }) => frameIndex > last);
  const verdicts = message.verdicts.filter(({ face }) => face !== null && face.frameIndex > last);
  writeFrames(rows, { frames, verdicts, progress: message.progress });
  return { kind: 'written', faces: verdicts.length, finished: false };
}

/** The scan of a video under this model, sampling and smallest face, begun where it is not. */
export function videoScanOf(
  { opened, model, passport, sampling, minimumFacePx }: ResultDeps,
  { id: evidenceId }: Evidence,
): VideoScan {
  const { pipelineVersion } = passport;
  return beginVideoScan(opened, { evidenceId, modelId: model.id, pipelineVersion, sampling, minimumFacePx });
}

const picturesOf = (outcome: VerdictOutcome): Sha256[] =>
  Object.entries(outcome).flatMap(([name, value]) =>
    name.endsWith('Sha256') && value !== null ? [value as Sha256] : [],
  );

/** A value a channel is a list of three. */
const isSame = (a: unknown, b: unknown): boolean => String(a) === String(b) && typeof a === typeof b;

function checkBelongs({ model, passport, minimumFacePx }: ResultDeps, evidence: Evidence, message: Result): void {
  const { parameters } = message;
  const wrong: string[] = (Object.keys(passport) as (keyof FarmPassport)[]).filter(
    (name) => parameters[name as keyof VerdictParameters] !== passport[name],
  );
  wrong.push(...OF_THE_PASSPORT.filter((name) => !isSame(parameters[name], model.passport[name])));
  if (parameters.minimumFacePx !== minimumFacePx) wrong.push('minimumFacePx');
  if (canonicalJson(parameters.operatingPoints) !== canonicalJson(model.operatingPoints)) wrong.push('operatingPoints');
  if (parameters.validationSha256 !== (model.validation && hashOfValue(model.validation)))
    wrong.push('validationSha256');
  if (message.sha256 !== evidence.sha256) wrong.push('sha256');
  if (parameters.worker === undefined) wrong.push('worker');
  if (wrong.length > 0) throw new Error(`What ${message.worker} says is not taken: ${wrong.join(', ')} differ.`);
}
