// The job that proposes groups: faces whose pictures are large and sharp enough, linked by their
// embeddings in a thread of its own. What examiners have had in hand stays as it is.
import type { FaceId, JobId } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { type GroupRequest, MOST_GROUPED } from '../../contract/face-groups.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { type Embeddings, NUMBERS, RECORD_WORDS, readEmbeddings } from '../case/embeddings-file.ts';
import { enterGroupStep, readGroups } from '../case/groups/case-groups.ts';
import type { StandingGroups } from '../case/groups/standing-groups.ts';
import { type BoundHere, faceTexts, qualityOfFaces, switchedOn } from '../case/rows/persons.ts';
import type { FaceEmbedder } from '../examine/face-embedder.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { spawnThread } from '../process/spawn-thread.ts';
import { createSupervisedChild } from '../process/supervised-child.ts';
import { areFromElsewhere, keptEmbeddings } from './kept-embeddings.ts';
import type { LinkRequest, LinkResponse } from './link-process.ts';
import { FROM_ELSEWHERE, OFF, OTHER_NETWORK } from './measure-faces.ts';

/** A piece takes a fifth of a second; a machine that sleeps in between may take its time. */
const LIMIT_MS = 10 * 60_000;

export const NONE_TO_GROUP = 'no face of this case has an embedding yet. Make them first ("recce persons measure").';

type GroupDeps = {
  opened: WritableCase;
  embedder: Pick<FaceEmbedder, 'networkSha256'>;
  boundHere: BoundHere;
};

/** Faces that are linked, and how many were left out for what. */
type Chosen = { faces: FaceId[]; numbers: Float32Array; tooSmall: number; blurred: number };

/** Faces that no examiner has put anywhere, in the order of the case. */
function chooseFaces(
  opened: WritableCase,
  { count, words, floats }: Embeddings,
  { minimumFacePx, minimumSharpness }: GroupRequest,
): Chosen {
  const { groups, groupOf } = readGroups(opened);
  const quality = qualityOfFaces(opened);
  const rows: { face: FaceId; at: number }[] = [];
  let [tooSmall, blurred] = [0, 0];
  for (let i = 0; i < count; i++) {
    const at = i * RECORD_WORDS;
    const face = words[at] as FaceId;
    const measured = quality.get(face);
    if (!measured || groups.get(groupOf.get(face)!)?.byExaminer) continue;
    if (measured.sizePx < minimumFacePx) tooSmall += 1;
    else if (measured.sharpness < minimumSharpness) blurred += 1;
    else rows.push({ face, at: at + 2 });
  }
  if (rows.length > MOST_GROUPED) {
    const why = `${rows.length} faces are more than are grouped at once (${MOST_GROUPED}). Raise the smallest size or sharpness.`;
    throw new RecceError('SEARCH_REFUSED', opened.folder, why);
  }
  // The order of the file is that in which they were made: of the same faces the same groups.
  rows.sort((a, b) => a.face - b.face);
  const numbers = new Float32Array(rows.length * NUMBERS);
  for (const [row, { at }] of rows.entries()) numbers.set(floats.subarray(at, at + NUMBERS), row * NUMBERS);
  return { faces: rows.map(({ face }) => face), numbers, tooSmall, blurred };
}

/** Rejects with the signal's reason. */
async function link({ numbers }: Chosen, within: number, job: JobControl): Promise<number[][]> {
  const entry = new URL('./link-process.ts', import.meta.url);
  const thread = createSupervisedChild<LinkRequest, LinkResponse>({
    ...{ entry, name: 'link', timeoutMs: LIMIT_MS },
    spawn: spawnThread,
  });
  try {
    let answer = await thread.call({ numbers, within }, { signal: job.signal });
    while ('progress' in answer) {
      const { settled, faces } = answer.progress;
      job.report({ done: settled, faces: settled, total: faces });
      await job.pausePoint();
      answer = await thread.call('goOn', { signal: job.signal });
    }
    return answer.groups;
  } catch (error) {
    job.signal.throwIfAborted();
    throw error;
  } finally {
    await thread.close();
  }
}

/** Rejects with SEARCH_REFUSED where it is off, or what is there is not what the log holds. */
export async function groupFaces(
  { opened, embedder, boundHere }: GroupDeps,
  { jobId, who, request }: { jobId: JobId; who: string; request: GroupRequest },
  job: JobControl,
): Promise<StandingGroups> {
  const refused = (why: string): RecceError => new RecceError('SEARCH_REFUSED', opened.folder, why);
  if (!switchedOn(opened)) throw refused(OFF);
  const held = keptEmbeddings(opened);
  if (!held) throw refused(NONE_TO_GROUP);
  if (areFromElsewhere(opened, boundHere)) throw refused(FROM_ELSEWHERE);
  if (held.networkSha256 !== embedder.networkSha256) throw refused(OTHER_NETWORK);
  const chosen = chooseFaces(opened, await readEmbeddings(opened.folder, held, faceTexts(opened)), request);
  const { faces, tooSmall, blurred } = chosen;
  job.report({ done: 0, total: faces.length, message: `${faces.length} faces` });
  const groups = (await link(chosen, request.within, job)).map((rows) => rows.map((row) => faces[row]!));
  job.report({ done: faces.length, faces: faces.length });
  // It may have been erased meanwhile, in the turn of another.
  if (!switchedOn(opened)) throw refused(OFF);
  const said = { ...request, compared: faces.length, tooSmall, blurred };
  const { next } = readGroups(opened);
  const step = {
    kind: 'proposed',
    at: opened.clock(),
    who,
    ...said,
    embeddingsSha256: held.sha256,
    first: next,
    groups,
  } as const;
  return enterGroupStep(opened, {
    step,
    subject: `${groups.length} groups`,
    details: { jobId, ...said, groups: groups.length, embeddingsSha256: held.sha256 },
  });
}
