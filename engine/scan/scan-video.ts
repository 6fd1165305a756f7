// The scan of one video, as a straight line: what examining it says (examine-video.ts) -> rows,
// portion by portion, then tracks. Each portion is one transaction; a killed scan goes on behind
// the last frame written and ends with the same rows.
import type { Evidence, EvidenceState } from '../../contract/evidence.ts';
import type { SampledFrame } from '../../contract/track.ts';
import type { OperatingPoints, VerdictOutcome, VerdictParameters } from '../../contract/verdict.ts';
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
import { examineVideo, type JudgedFrames, type VideoEnding } from '../examine/examine-video.ts';
import { trackFaces } from '../examine/track-faces.ts';
import { judgeTrack } from '../examine/track-outcome.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { SURE_SCORE } from '../media/find-faces.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import type { AsRead } from './ingest.ts';
import type { ListedFile } from './list-media.ts';
import type { ScanDeps } from './scan-deps.ts';

/** What the rows of a video are written with. */
export type VideoRows = { opened: WritableCase; parameters: VerdictParameters; evidence: Evidence; scan: VideoScan };

/**
 * What a verdict on a frame records. Where the decoder cannot even say its name, the walk says why.
 */
export async function videoParameters(decoder: VideoDecoder, given: VerdictParameters): Promise<VerdictParameters> {
  return { ...given, decoder: await decoder.version().catch(() => 'not available') };
}

/**
 * Scans a video to its end. `onProgress`: share of the file, 0..1 where known, and faces found so
 * far, those of a scan that was ended early too.
 */
export async function scanVideo(
  deps: ScanDeps,
  job: JobControl,
  { file, evidence, asRead }: { file: ListedFile; evidence: Evidence; asRead: AsRead },
  onProgress: (share: number | null, faces: number) => void,
): Promise<EvidenceState> {
  const { opened, model, sampling, minimumFacePx } = deps;
  const parameters = await videoParameters(deps.videoDecoder, deps.parameters);
  const { pipelineVersion } = parameters;
  const key = { evidenceId: evidence.id, modelId: model.id, pipelineVersion, sampling, minimumFacePx };
  const scan = beginVideoScan(opened, key);
  expectFilmOfScan(opened, scan.id);
  const rows: VideoRows = { opened, parameters, evidence, scan };
  // Against what it was when it was hashed just now: the row's time of change may be older. See
  // [Note: the hash decides].
  const place = { path: file.readFrom ?? file.path, ...asRead };
  let faces = facesOfScan(opened, scan).length;
  for await (const part of examineVideo(deps, place, walkedSoFar(opened, scan, SURE_SCORE))) {
    if (part.kind === 'ending') return finishVideo(rows, deps.model.operatingPoints, part.ending);
    writeFrames(rows, part);
    faces += part.verdicts.length;
    onProgress(part.progress, faces);
    await job.pausePoint();
  }
  throw new Error('The walk through the video ended without saying how.');
}

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
  const state = stateFrom(evidence, ending, frames);
  const faces = facesOfScan(opened, scan);
  const outcome: VerdictOutcome | undefined =
    state.kind === 'unreadable' ? state : faces.length === 0 ? { kind: 'noFace' } : undefined;
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

function stateFrom(evidence: Evidence, ending: VideoEnding, frames: readonly SampledFrame[]): EvidenceState {
  if (ending.kind === 'end') {
    const { widthPx, heightPx, facts, remarks, leftOut } = ending.end;
    // Nothing was looked at: that is no "no face found".
    if (frames.length === 0)
      return {
        kind: 'unreadable',
        reason: 'corrupt',
        message: { kind: 'noFrameExamined', frames: facts.frames, damagedFrames: facts.damagedFrames },
      };
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
