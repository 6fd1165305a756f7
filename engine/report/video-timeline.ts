// One model's reading of one video, put together from its rows: frames, tracks with their outcome,
// score series. Read-only.
import type { EvidenceId, FaceId, ModelId, TrackId, VideoScanId } from '../../contract/brand.ts';
import type { Track, VideoTimeline } from '../../contract/track.ts';
import type { OperatingPoints } from '../../contract/verdict.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { whichScan } from '../case/rows/track-place.ts';
import {
  facesOfScan,
  findScanOf,
  framesOf,
  latestVideoScan,
  operatingPointsOfScan,
  type ScannedFace,
  type StoredTrack,
  tracksOf,
  type VideoScan,
} from '../case/rows/video-scan.ts';
import { judgeTrack } from '../examine/track-outcome.ts';

/**
 * The timeline of a named scan of a video, else of the latest, by one model if named; undefined
 * where there is none.
 */
export function readTimeline(
  opened: ReadableCase,
  evidenceId: EvidenceId,
  options: {
    modelId?: ModelId | undefined;
    scanId?: VideoScanId | undefined;
    hidden: boolean;
    hidesTrack?: (id: TrackId) => boolean;
  },
): VideoTimeline | undefined {
  const scan =
    options.scanId === undefined
      ? latestVideoScan(opened, evidenceId, options.modelId)
      : findScanOf(opened, evidenceId, options.scanId);
  return scan && timelineOf(opened, scan, options.hidden, options.hidesTrack);
}

/**
 * The timeline of a scan. With `hidden`, no score and nothing made of scores is in it, but of
 * tracks that `hidesTrack` leaves. `noFaces` are in no outcome, unless a track holds nothing else.
 */
export function timelineOf(
  opened: ReadableCase,
  scan: VideoScan,
  hidden: boolean,
  hidesTrack: (id: TrackId) => boolean = () => hidden,
  noFaces: ReadonlySet<FaceId> = NONE,
): VideoTimeline {
  const faces = new Map(facesOfScan(opened, scan).map((one) => [one.faceId, one]));
  const points = operatingPointsOfScan(opened, scan);
  const tracks = tracksOf(opened, scan.id).map((track) =>
    trackFrom(track, faces, points, hidesTrack(track.id), noFaces),
  );
  return {
    evidenceId: scan.evidenceId,
    modelId: scan.modelId,
    sampling: scan.sampling,
    scan: whichScan(opened, scan.id)!,
    hidden,
    finished: scan.finished,
    frames: framesOf(opened, scan.id),
    ptsRuns: scan.ptsRuns,
    tracks,
    mostSuspiciousTrackId: hidden ? null : mostSuspicious(tracks),
  };
}

const NONE: ReadonlySet<FaceId> = new Set();

function trackFrom(
  { id, trackIndex, faces }: StoredTrack,
  byId: ReadonlyMap<number, ScannedFace>,
  points: OperatingPoints | null,
  hidden: boolean,
  noFaces: ReadonlySet<FaceId>,
): Track {
  const own = faces.flatMap(({ faceId }) => byId.get(faceId) ?? []);
  const judged = own.filter(({ faceId }) => !noFaces.has(faceId));
  return {
    id,
    trackIndex,
    outcome: hidden ? null : judgeTrack(judged.length > 0 ? judged : own, points).outcome,
    points: own.map(({ faceId, verdictId, frameIndex, pts, timeMs, box, kind, score }) => ({
      ...{ faceId, verdictId, frameIndex, pts, timeMs, box, kind },
      score: hidden ? null : score,
    })),
    // The most telling faces are chosen by score: hidden with it.
    keyFaces: hidden ? [] : faces.filter(({ isKey }) => isKey).map(({ faceId }) => faceId),
  };
}

/** The first of the tracks with the highest window median. */
function mostSuspicious(tracks: readonly Track[]): TrackId | null {
  let best: { id: TrackId; median: number } | undefined;
  for (const { id, outcome } of tracks)
    if (outcome?.kind === 'scored' && (!best || outcome.windowMedianScore > best.median))
      best = { id, median: outcome.windowMedianScore };
  return best?.id ?? null;
}
