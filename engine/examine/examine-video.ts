// Steps 2 to 8 for a video, without a case: chosen frames -> faces -> crops -> outcomes, portion by
// portion, then how the walk ended. One and the same for the scan on this machine (scan-video.ts)
// and for a worker on another (engine/farm).
import { availableParallelism } from 'node:os';
import type { EvidenceState } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import type { ExaminedFrame, WalkedSoFar } from '../../contract/track.ts';
import type { JudgedFace } from '../../contract/verdict.ts';
import type { Sampling } from '../../contract/video.ts';
import { placeOnDisk } from '../archives/place-in-archive.ts';
import { prefetch, readAhead } from '../async/prefetch.ts';
import { type FileIdentity, isStill } from '../files/file-identity.ts';
import { SURE_SCORE } from '../media/find-faces.ts';
import type { Rotation } from '../media/rotation.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import type { ChosenFrame, VideoEnd } from '../media/video/video-messages.ts';
import type { ExamineDeps } from './examine-still.ts';
import { compositeOf, fusedVerdicts } from './fuse-outcomes.ts';
import { type CutFace, createModelCutter, cuttingOf, judgeFaces } from './judge-faces.ts';

/** What examining a video works with. */
export type VideoDeps = ExamineDeps & { videoDecoder: VideoDecoder; sampling: Sampling };
/** Where a video's bytes lie, and which file was hashed. */
export type VideoFile = { path: string; identity: FileIdentity };
/** How a walk ended: at the end, or before it with the reason. */
export type VideoEnding = { kind: 'end'; end: VideoEnd } | Extract<EvidenceState, { kind: 'unreadable' }>;
/** Frames with all that is said of their faces. `progress`: share of the file, 0..1 where known. */
export type JudgedFrames = { frames: ExaminedFrame[]; progress: number | null; verdicts: readonly JudgedFace[] };
export type JudgedVideoPart = ({ kind: 'frames' } & JudgedFrames) | { kind: 'ending'; ending: VideoEnding };
/** The same by several models: what each says of the frames, in their order. */
export type VideoPartByModels =
  | { kind: 'frames'; judged: readonly JudgedFrames[] }
  | Extract<JudgedVideoPart, { kind: 'ending' }>;
/** One of several models that look at a film in one walk, each behind its own last frame. */
export type ModelOfWalk = Pick<ExamineDeps, 'model'> & {
  /** Absent of a composite, whose parts come before it in the walk. */
  compute?: ExamineDeps['compute'] | undefined;
} & Pick<WalkedSoFar, 'after'>;

/**
 * A frame with its faces cut out, for each model in order; none for one that has been past it. `up`:
 * how its first sure face stood.
 */
type CutFrame = { frame: ExaminedFrame; up: Rotation | undefined; found: readonly (readonly CutFace[])[] };

/** Frames searched for faces ahead of scoring: one on each core, and one waiting. */
const FRAMES_AHEAD = Math.max(3, availableParallelism() + 1);

/** Walks a video by one model. See `examineVideoBy`. */
export async function* examineVideo(
  deps: VideoDeps,
  file: VideoFile,
  from: WalkedSoFar,
): AsyncGenerator<JudgedVideoPart> {
  const { model, compute } = deps;
  for await (const part of examineVideoBy(deps, [{ model, compute, after: from.after }], file, from))
    yield part.kind === 'ending' ? part : { kind: 'frames', ...part.judged[0]! };
}

/**
 * [Note: which way up] A film is held one way up through a shot. Until a shot has shown a sure
 * face, it is not known how its frames are held (find-standing.ts settles it for each); from that
 * face on all frames of the shot are looked at as it stood.
 *
 * Walks a video from where a walk was stopped, or from its beginning. A portion is scored while the
 * next is searched for faces; the ending comes last. Every frame is searched once, and judged by
 * the models that have not been past it.
 */
export async function* examineVideoBy(
  deps: Omit<VideoDeps, 'model' | 'compute'>,
  models: readonly ModelOfWalk[],
  file: VideoFile,
  { after, up }: WalkedSoFar,
): AsyncGenerator<VideoPartByModels> {
  let judging: Promise<VideoPartByModels> | undefined;
  const cutAll = createFrameCutter(deps, models, up ?? undefined);
  for await (const part of readAhead(deps.videoDecoder.walk(file.path, deps.sampling, after, file.identity))) {
    if (part.kind !== 'frames') {
      if (judging) yield await judging;
      yield { kind: 'ending', ending: (await isStill(placeOnDisk(file.path), file.identity)) ? part : CHANGED };
      return;
    }
    const cut = await cutAll(part.frames);
    if (judging) yield await judging;
    judging = judgePortion(deps, models, cut, part.progress);
    // Someone waits for it in the next round; until then a rejection must not count as unhandled.
    judging.catch(() => {});
  }
  throw new Error('The walk through the video ended without saying how.');
}

/** Steps 3 and 4 for portions of frames in order. See [Note: which way up]. */
function createFrameCutter(
  deps: Pick<VideoDeps, 'findFaces'>,
  models: readonly ModelOfWalk[],
  held: Rotation | undefined,
): (frames: readonly ChosenFrame[]) => Promise<CutFrame[]> {
  let up = held;
  return async (frames) => {
    const cut: CutFrame[] = [];
    for (let at = 0; at < frames.length; ) {
      if (frames[at]!.sceneChange) up = undefined;
      // What is known of a shot holds for all of its frames: they are looked at side by side.
      const next = frames.findIndex((one, i) => i > at && one.sceneChange);
      const end = up === undefined ? at + 1 : next < 0 ? frames.length : next;
      const known = up;
      const run = prefetch(frames.slice(at, end), FRAMES_AHEAD, (frame) => cutFrame(deps, models, frame, known));
      for await (const one of run) cut.push(one);
      up ??= cut.at(-1)!.up;
      at = end;
    }
    return cut;
  };
}

/** Steps 3 and 4 for one frame; `up`: which way up its shot is, where that is known. */
async function cutFrame(
  { findFaces }: Pick<VideoDeps, 'findFaces'>,
  models: readonly ModelOfWalk[],
  frame: ChosenFrame,
  up: Rotation | undefined,
): Promise<CutFrame> {
  const { frameIndex, pts, timeMs, sceneChange, beyondDomain, widthPx, heightPx, data } = frame;
  const image = { widthPx, heightPx, data };
  const found = await findFaces(image, { by: 'standing', up });
  const cut = createModelCutter({ image, found, beyondDomain }, { frameIndex, timeMs, pts });
  return {
    frame: { frameIndex, pts, timeMs, sceneChange, widthPx, heightPx, faces: found.length },
    up: found.find(({ finderScore }) => finderScore >= SURE_SCORE)?.foundAtRotation,
    found: models.map(({ model, after }) => (frameIndex > after ? cut(cuttingOf(model.passport)) : [])),
  };
}

/** Steps 5 to 8 for a portion, by each model the frames that are new to it. */
async function judgePortion(
  deps: Omit<VideoDeps, 'model' | 'compute'>,
  models: readonly ModelOfWalk[],
  cut: readonly CutFrame[],
  progress: number | null,
): Promise<VideoPartByModels> {
  const judged: JudgedFrames[] = [];
  for (const [i, { model, compute, after }] of models.entries()) {
    const fresh = cut.filter(({ frame }) => frame.frameIndex > after);
    const found = fresh.flatMap((one) => one.found[i]!);
    const verdicts = compute
      ? await judgedBy({ ...deps, model, compute }, found)
      : fusedVerdicts(model, found, saidByParts(model, models, judged, after));
    judged.push({ frames: fresh.map(({ frame }) => frame), progress, verdicts });
  }
  return { kind: 'frames', judged };
}

async function judgedBy(
  deps: Pick<ExamineDeps, 'blobs' | 'compute' | 'model' | 'minimumFacePx'>,
  found: readonly CutFace[],
): Promise<JudgedFace[]> {
  const outcomes = await judgeFaces(deps, found);
  return found.map((one) => ({ face: one.face, outcome: outcomes.get(one)! }));
}

/** What each part of a composite said of the frames behind `after`. */
const saidByParts = (
  model: Model,
  models: readonly ModelOfWalk[],
  judged: readonly JudgedFrames[],
  after: number,
): JudgedFace[][] =>
  compositeOf(model).parts.map(({ modelId }) => {
    const { verdicts } = judged[models.findIndex((one) => one.model.id === modelId)]!;
    return verdicts.filter(({ face }) => face !== null && face.frameIndex > after);
  });

const CHANGED = { kind: 'unreadable', reason: 'changedWhileRead', message: { kind: 'changedWhileRead' } } as const;
