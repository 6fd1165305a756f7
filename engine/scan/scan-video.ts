// The scan of one video, as a straight line: what examining it says (examine-video.ts) -> rows,
// portion by portion, then tracks. Each portion is one transaction; a killed scan goes on behind
// the last frame written and ends with the same rows.
import type { Evidence, EvidenceState } from '../../contract/evidence.ts';
import type { SampledFrame, WalkedSoFar } from '../../contract/track.ts';
import {
  type OperatingPoints,
  type VerdictOutcome,
  type VerdictParameters,
  withDecoder,
} from '../../contract/verdict.ts';
import { expectFilmOfScan } from '../case/custody/seal.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { setEvidenceState } from '../case/rows/evidence.ts';
import { addVerdicts } from '../case/rows/verdict.ts';
import {
  addVideoFrame,
  beginVideoScan,
  facesOfScan,
  finishVideoScan,
  framesOf,
  type VideoScan,
  walkedSoFar,
} from '../case/rows/video-scan.ts';
import { endingRemarks } from '../examine/examine-still.ts';
import { examineVideoBy, type JudgedFrames, type ModelOfWalk, type VideoEnding } from '../examine/examine-video.ts';
import { trackFaces } from '../examine/track-faces.ts';
import { judgeTrack } from '../examine/track-outcome.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { SURE_SCORE } from '../media/find-faces.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import type { AsRead } from './ingest.ts';
import type { ListedFile } from './list-media.ts';
import { mostUnseen } from './most-unseen.ts';
import { type ScanDeps, type ScanModel, withParts } from './scan-deps.ts';
import { parametersOn } from './second-look.ts';
import { isExamined } from './select-files.ts';

/** What the rows of a video are written with. */
export type VideoRows = { opened: WritableCase; parameters: VerdictParameters; evidence: Evidence; scan: VideoScan };

/**
 * What a verdict on a frame records. Where the decoder cannot even say its name, the walk says why.
 */
export async function videoParameters(decoder: VideoDecoder, given: VerdictParameters): Promise<VerdictParameters> {
  return withDecoder(given, await decoder.version().catch(() => 'not available'));
}

/** A video of the case: where its bytes lie, and what they were when they were hashed just now. */
export type FilmFile = { file: ListedFile; evidence: Evidence; asRead: AsRead };

/**
 * Scans a video to its end by every model that has not been there: in one walk, in which each frame
 * is decoded and searched once. Where that fails, each model walks by itself, so that what goes
 * wrong over one is its own; `fails` is told, and rejects with what is not the file's. `onProgress`:
 * share of the file, 0..1 where known, and faces found so far, those of a scan that was ended early
 * too. Undefined where no model came to the end.
 */
export async function scanVideo(
  deps: ScanDeps,
  job: JobControl,
  film: FilmFile,
  onProgress: (share: number | null, faces: number) => void,
  fails: (by: ScanModel, error: unknown) => Promise<unknown>,
): Promise<EvidenceState | undefined> {
  const todo = (): ScanModel[] => deps.models.filter((by) => !isExamined({ ...deps, ...by }, film.evidence));
  const open = todo();
  const atOnce = open.filter(({ second }) => !second);
  const state = atOnce.length === 0 ? undefined : await scanTogether(deps, atOnce, job, film, onProgress, fails);
  // What the first of them says of the film is known when it has been through it.
  const later = todo().filter(({ second }) => second);
  if (later.length > 0) return scanTogether(deps, later, job, film, onProgress, fails);
  return state ?? (open.length === 0 ? scanTogether(deps, deps.models, job, film, onProgress, fails) : undefined);
}

async function scanTogether(
  deps: ScanDeps,
  together: readonly ScanModel[],
  job: JobControl,
  film: FilmFile,
  onProgress: (share: number | null, faces: number) => void,
  fails: (by: ScanModel, error: unknown) => Promise<unknown>,
): Promise<EvidenceState | undefined> {
  if (withParts(deps.models, together).length > 1)
    try {
      return await walkVideo(deps, together, job, film, onProgress);
    } catch (error) {
      if (job.signal.aborted) throw error;
    }
  let state: EvidenceState | undefined;
  for (const by of together)
    try {
      state = await walkVideo(deps, [by], job, film, onProgress);
    } catch (error) {
      await fails(by, error);
    }
  return state;
}

/** A model in a walk. `rows`: where it is to write; absent of a part that has been there before. */
type Walker = ModelOfWalk & { rows?: VideoRows & { soFar: WalkedSoFar } };

async function walkersOf(deps: ScanDeps, models: readonly ScanModel[], evidence: Evidence): Promise<Walker[]> {
  const { opened, sampling, minimumFacePx } = deps;
  const walkers: Walker[] = [];
  for (const by of withParts(deps.models, models)) {
    const { model, compute } = by;
    if (!models.includes(by)) {
      walkers.push({ model, compute, after: Number.POSITIVE_INFINITY });
      continue;
    }
    const parameters = await videoParameters(deps.videoDecoder, parametersOn(deps, by, evidence));
    const { pipelineVersion } = parameters;
    const key = { evidenceId: evidence.id, modelId: model.id, pipelineVersion, sampling, minimumFacePx };
    const scan = beginVideoScan(opened, key);
    expectFilmOfScan(opened, scan.id);
    const soFar = walkedSoFar(opened, scan, SURE_SCORE);
    walkers.push({ model, compute, after: soFar.after, rows: { opened, parameters, evidence, scan, soFar } });
  }
  // A part judges from where a composite needs it, however far it has been by itself.
  return walkers.map((walker) => {
    const needing = walkers.filter(({ model }) =>
      model.passport.composite?.parts.some(({ modelId }) => modelId === walker.model.id),
    );
    return { ...walker, after: Math.min(walker.after, ...needing.map(({ after }) => after)) };
  });
}

async function walkVideo(
  deps: ScanDeps,
  models: readonly ScanModel[],
  job: JobControl,
  { file, evidence, asRead }: FilmFile,
  onProgress: (share: number | null, faces: number) => void,
): Promise<EvidenceState> {
  const { opened } = deps;
  const walkers = await walkersOf(deps, models, evidence);
  const writing = walkers.flatMap(({ rows, model }, i) => (rows ? [{ rows, model, i }] : []));
  const last = writing.reduce((a, b) => (b.rows.soFar.after < a.rows.soFar.after ? b : a));
  // Against what it was when it was hashed just now: the row's time of change may be older. See
  // [Note: the hash decides].
  const { identity } = asRead;
  if (!identity) throw new Error('A film that was not hashed was to be walked through.');
  const place = { path: file.readFrom ?? file.path, identity };
  let faces = facesOfScan(opened, last.rows.scan).length;
  for await (const part of examineVideoBy(deps, walkers, place, last.rows.soFar)) {
    if (part.kind === 'ending') {
      const states = writing.map(({ rows, model }) => finishVideo(rows, model.operatingPoints, part.ending));
      return states[0]!;
    }
    opened.db.transaction(() => {
      for (const { rows, i } of writing) writeFrames(rows, behind(part.judged[i]!, rows.soFar.after));
    });
    const own = part.judged[last.i]!;
    faces += own.verdicts.length;
    onProgress(own.progress, faces);
    await job.pausePoint();
  }
  throw new Error('The walk through the video ended without saying how.');
}

/** What is new to rows that have come as far as that frame. */
const behind = ({ frames, verdicts, progress }: JudgedFrames, after: number): JudgedFrames => ({
  frames: frames.filter(({ frameIndex }) => frameIndex > after),
  verdicts: verdicts.filter(({ face }) => face !== null && face.frameIndex > after),
  progress,
});

/** A portion's frames, faces and verdicts in one transaction. */
export function writeFrames({ opened, parameters, evidence, scan }: VideoRows, portion: JudgedFrames): void {
  const { id: evidenceId, relativePath } = evidence;
  opened.db.transaction(() => {
    for (const frame of portion.frames) addVideoFrame(opened, scan.id, frame);
    addVerdicts(opened, parameters, [{ evidenceId, relativePath, state: undefined, verdicts: portion.verdicts }]);
  });
}

/**
 * The last transaction: tracks, the file's state, and a row for the whole file where no face speaks
 * for it.
 */
export function finishVideo(rows: VideoRows, points: OperatingPoints | null, ending: VideoEnding): EvidenceState {
  const { opened, parameters, evidence, scan } = rows;
  // What a farm says comes by other ways, and ends here too.
  expectFilmOfScan(opened, scan.id);
  const frames = framesOf(opened, scan.id);
  const faces = facesOfScan(opened, scan);
  const state = stateFrom(evidence, ending, frames, faces.length);
  const outcome: VerdictOutcome | undefined =
    state.kind === 'unreadable'
      ? state
      : faces.length === 0 && state.kind === 'read'
        ? { kind: 'noFace', frames: { lookedAt: frames.length, of: state.video!.frames } }
        : undefined;
  opened.db.transaction(() => {
    setEvidenceState(opened, evidence.id, state);
    if (outcome)
      addVerdicts(opened, parameters, [
        {
          evidenceId: evidence.id,
          relativePath: evidence.relativePath,
          state: undefined,
          verdicts: [{ face: null, outcome }],
        },
      ]);
    finishVideoScan(opened, scan.id, {
      ptsRuns: ending.kind === 'end' ? ending.end.ptsRuns : null,
      tracks: tracksFrom(points, frames, faces),
    });
  });
  return state;
}

function stateFrom(
  evidence: Evidence,
  ending: VideoEnding,
  frames: readonly SampledFrame[],
  faces: number,
): EvidenceState {
  if (ending.kind === 'end') {
    const { widthPx, heightPx, facts, remarks, leftOut } = ending.end;
    // Nothing was looked at: that is no "no face found".
    if (frames.length === 0)
      return {
        kind: 'unreadable',
        reason: 'corrupt',
        message: { kind: 'noFrameExamined', frames: facts.frames, damagedFrames: facts.damagedFrames },
      };
    const unseen = faces === 0 ? mostUnseen(facts) : undefined;
    if (unseen) return unseen;
    return {
      kind: 'read',
      widthPx,
      heightPx,
      remarks: [...endingRemarks(evidence.relativePath, evidence.mediaType), ...remarks],
      ...(leftOut.length > 0 ? { leftOut } : {}),
      video: facts,
    };
  }
  const last = frames.at(-1);
  const { message: why } = ending;
  if (!last || typeof why === 'string' || why.kind === 'endedEarly') return ending;
  return { ...ending, message: { kind: 'endedEarly', why, frames: frames.length, untilMs: last.timeMs } };
}

function tracksFrom(
  points: OperatingPoints | null,
  frames: readonly SampledFrame[],
  faces: ReturnType<typeof facesOfScan>,
): { faces: { faceId: (typeof faces)[number]['faceId']; isKey: boolean }[] }[] {
  const byId = new Map(faces.map((one) => [one.faceId, one]));
  const byFrame = Map.groupBy(faces, (one) => one.frameIndex);
  const tracks = trackFaces(
    frames.map(({ frameIndex, timeMs, sceneChange }) => ({
      timeMs,
      sceneChange,
      faces: (byFrame.get(frameIndex) ?? []).map(({ faceId, box }) => ({ id: faceId, box })),
    })),
  );
  return tracks.map((ids) => {
    const keys = new Set(
      judgeTrack(
        ids.map((id) => byId.get(id)!),
        points,
      ).keyFaces,
    );
    return { faces: ids.map((faceId) => ({ faceId, isKey: keys.has(faceId) })) };
  });
}
