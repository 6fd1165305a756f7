// One task on a worker: the file read and hashed again, examined by the same steps as on the
// machine with the case, and said back.

import type { FarmTask } from '../../../contract/farm.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import type { VerdictParameters } from '../../../contract/verdict.ts';
import type { MemoryBudget } from '../../async/memory-budget.ts';
import { hashEvidenceFile, readEvidenceFile } from '../../blobs/read-evidence-file.ts';
import {
  cutStill,
  type DecodedEvidence,
  decodeEvidence,
  type ExamineDeps,
  judgeStills,
  pixelBytesOf,
} from '../../examine/examine-still.ts';
import { examineVideo } from '../../examine/examine-video.ts';
import type { VideoDecoder } from '../../media/video/video-decoder.ts';
import { videoParameters } from '../scan-video.ts';
import { type EvidenceFolder, placeHere } from './evidence-folders.ts';
import type { Outbox } from './outbox.ts';

/** What a worker examines with. */
export type TaskDeps = Omit<ExamineDeps, 'blobs' | 'minimumFacePx'> & {
  videoDecoder: VideoDecoder;
  parameters: VerdictParameters;
  folders: readonly EvidenceFolder[];
  /** Shared by the tasks this worker has at a time. */
  budget: MemoryBudget;
};

/**
 * Examines, and gives the number of faces. Throws where the file is not here or not the one asked
 * for: another worker may have it.
 */
export async function examineTask(deps: TaskDeps, task: FarmTask, outbox: Outbox): Promise<number> {
  const place = await placeHere(deps.folders, task.readFrom);
  if (place === undefined) throw new Error(`${task.readFrom} lies below none of the folders this worker may read.`);
  return task.kind === 'still'
    ? examineStillTask(deps, task, place, outbox)
    : examineVideoTask(deps, task, place, outbox);
}

async function examineStillTask(deps: TaskDeps, task: FarmTask, place: string, outbox: Outbox): Promise<number> {
  const decoded = await deps.budget.make(() => readAndDecode(deps, task, place), pixelBytesOf);
  const cut = await cutStill(deps, decoded).finally(() => deps.budget.free(pixelBytesOf(decoded)));
  const [judged] = await judgeStills({ ...deps, blobs: outbox, minimumFacePx: task.minimumFacePx }, [cut]);
  const { verdicts, decoder = deps.parameters.decoder } = judged!;
  const parameters = { ...deps.parameters, decoder, minimumFacePx: task.minimumFacePx };
  await outbox.send({ kind: 'still', parameters, state: cut.state, verdicts: [...verdicts] });
  return cut.faces.length;
}

async function readAndDecode({ decoder }: TaskDeps, task: FarmTask, place: string): Promise<DecodedEvidence> {
  const read = await readEvidenceFile(place);
  if (read.kind === 'failed') throw new Error(`${place} cannot be read here: ${unreadableWords(read)}`);
  checkHash(task, place, read.sha256);
  return decodeEvidence(decoder, task, read.bytes);
}

async function examineVideoTask(deps: TaskDeps, task: FarmTask, place: string, outbox: Outbox): Promise<number> {
  const hashed = await hashEvidenceFile(place);
  if (hashed.kind === 'failed') throw new Error(`${place} cannot be read here: ${unreadableWords(hashed)}`);
  checkHash(task, place, hashed.sha256);
  const { minimumFacePx, sampling } = task;
  const parameters = { ...(await videoParameters(deps.videoDecoder, deps.parameters)), minimumFacePx };
  const own = { ...deps, blobs: outbox, minimumFacePx, sampling };
  let after = task.after;
  let faces = 0;
  for await (const part of examineVideo(own, { path: place, ...hashed }, task)) {
    if (part.kind === 'ending') await outbox.send({ ...part, parameters, after });
    else {
      await outbox.send({ ...part, verdicts: [...part.verdicts], parameters, after });
      after = part.frames.at(-1)?.frameIndex ?? after;
      faces += part.verdicts.length;
    }
  }
  return faces;
}

/** Evidence is never examined under a hash that is not its own. */
function checkHash(task: FarmTask, place: string, found: string): void {
  if (found === task.sha256) return;
  throw new Error(`${place} is not the file of the case: SHA-256 ${found} is here, ${task.sha256} was taken in.`);
}
