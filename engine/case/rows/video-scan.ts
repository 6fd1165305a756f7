// Video scans: which frames of a video were looked at for one model, how far that is, and the
// tracks its faces make. Written frame by frame together with faces and verdicts, so that a killed
// scan goes on behind the last frame it wrote.
import type { EvidenceId, FaceId, ModelId, TrackId, VerdictId, VideoScanId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { PtsRuns, SampledFrame, WalkedSoFar } from '../../../contract/track.ts';
import type { PixelBox } from '../../../contract/units.ts';
import type { OperatingPoints, VerdictKind, VerdictParameters } from '../../../contract/verdict.ts';
import type { Sampling } from '../../../contract/video.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { VideoScanTable } from '../db/tables.ts';
import { hasFacesToScore, superseded } from './verdict.ts';

export type VideoScan = {
  id: number;
  evidenceId: EvidenceId;
  modelId: ModelId;
  pipelineVersion: number;
  sampling: Sampling;
  /** Smallest face scored; null where the walk was begun before it was recorded. */
  minimumFacePx: number | null;
  finished: boolean;
  ptsRuns: PtsRuns | null;
};

/** What makes two scans of a video the same scan. */
export type VideoScanKey = Pick<VideoScan, 'evidenceId' | 'modelId' | 'pipelineVersion' | 'sampling'> & {
  minimumFacePx: number;
};

/** A face of a sampled frame with what was said of it. */
export type ScannedFace = {
  faceId: FaceId;
  verdictId: VerdictId;
  frameIndex: number;
  pts: number;
  timeMs: number;
  box: PixelBox;
  kind: VerdictKind;
  score: number | null;
  sizePx: number;
};

/** A track as stored: faces in order of time, the most telling marked. */
export type StoredTrack = { id: TrackId; trackIndex: number; faces: { faceId: FaceId; isKey: boolean }[] };

const scanFromRow = (row: Omit<VideoScanTable, 'id'> & { id: number }): VideoScan => ({
  id: row.id,
  evidenceId: row.evidence_id as EvidenceId,
  modelId: row.model_id as ModelId,
  pipelineVersion: row.pipeline_version,
  sampling: storedJson(row.sampling),
  minimumFacePx: row.minimum_face_px,
  finished: row.finished === 1,
  ptsRuns: row.pts_runs === null ? null : storedJson(row.pts_runs),
});

/**
 * The scan that says all of what is asked: of this key, else a finished one that left no face
 * unscored that the key asks for. Else one of this key that is not finished; undefined where there
 * is none.
 */
export function findVideoScan(opened: ReadableCase, key: VideoScanKey): VideoScan | undefined {
  const rows = opened.db.all(
    query
      .selectFrom('video_scan')
      .selectAll()
      .where('evidence_id', '=', key.evidenceId)
      .where('model_id', '=', key.modelId)
      .where('pipeline_version', '=', key.pipelineVersion)
      .where('sampling', '=', canonicalJson(key.sampling)),
  );
  const { minimumFacePx } = key;
  const scans = rows.map(scanFromRow);
  const enough = (scan: VideoScan): boolean => scan.minimumFacePx !== null && scan.minimumFacePx <= minimumFacePx;
  const finished = scans.filter((scan) => scan.finished);
  return (
    finished.find(enough) ??
    (hasFacesToScore(opened, key, minimumFacePx) ? undefined : finished[0]) ??
    scans.find((scan) => !scan.finished && (scan.minimumFacePx ?? minimumFacePx) === minimumFacePx)
  );
}

/** The scan of this key as it is, or a new one. */
export function beginVideoScan(opened: WritableCase, key: VideoScanKey): VideoScan {
  const known = findVideoScan(opened, key);
  if (known) return known;
  opened.db.run(
    query
      .insertInto('video_scan')
      .values({
        id: freeId(opened, 'video_scan', 'video_frame', 'track'),
        evidence_id: key.evidenceId,
        model_id: key.modelId,
        pipeline_version: key.pipelineVersion,
        sampling: canonicalJson(key.sampling),
        minimum_face_px: key.minimumFacePx,
        finished: 0,
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  return findVideoScan(opened, key)!;
}

/**
 * The next id of a film or a track to which no row of its parts refers: one that somebody has put
 * there under an id to come would be taken for a part of it, and for where its scan is to go on.
 * Throws CASE_DAMAGED where there is none.
 */
function freeId({ db, folder }: WritableCase, table: 'video_scan' | 'track', ...parts: PartTable[]): number {
  const column = table === 'track' ? 'track_id' : 'video_scan_id';
  const highest = [`SELECT max(id) FROM ${table}`, ...parts.map((part) => `SELECT max(${column}) FROM ${part}`)].map(
    (sql) => (db.raw.prepare(sql).pluck().get() as number | null) ?? 0,
  );
  const id = Math.max(...highest) + 1;
  if (id < 2 ** 31) return id;
  throw new RecceError('CASE_DAMAGED', folder, `a row of a film has the number ${id - 1}. Verify the case.`);
}
type PartTable = 'video_frame' | 'track' | 'track_face';

/** The latest scan of a video, by one model if named; a finished one before an unfinished one. */
export function latestVideoScan(
  { db }: ReadableCase,
  evidenceId: EvidenceId,
  modelId?: ModelId,
): VideoScan | undefined {
  const all = query.selectFrom('video_scan').selectAll().where('evidence_id', '=', evidenceId);
  const wanted = modelId === undefined ? all : all.where('model_id', '=', modelId);
  const row = db.first(wanted.orderBy('finished', 'desc').orderBy('id', 'desc').limit(1));
  return row && scanFromRow(row);
}

/** One of a video's scans; undefined where it has none of this id. */
export function findScanOf({ db }: ReadableCase, evidenceId: EvidenceId, id: VideoScanId): VideoScan | undefined {
  const all = query.selectFrom('video_scan').selectAll().where('evidence_id', '=', evidenceId);
  const row = db.first(all.where('id', '=', id));
  return row && scanFromRow(row);
}

/** Every scan of every video, in the order begun, as they are asked for. */
export function* eachVideoScan({ db }: ReadableCase): Generator<VideoScan, void, undefined> {
  for (const row of db.each(query.selectFrom('video_scan').selectAll().orderBy('id'))) yield scanFromRow(row);
}

export function addVideoFrame({ db }: WritableCase, scanId: number, frame: SampledFrame): void {
  db.run(
    query
      .insertInto('video_frame')
      .values({
        video_scan_id: scanId,
        frame_index: frame.frameIndex,
        pts: frame.pts,
        time_ms: frame.timeMs,
        scene_change: frame.sceneChange ? 1 : 0,
        faces: frame.faces,
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
}

/** Number of the last frame written, -1 before the first. */
export function lastFrameWritten({ db }: ReadableCase, scanId: number): number {
  const row = db.first(
    query
      .selectFrom('video_frame')
      .select(({ fn }) => fn.max('frame_index').as('last'))
      .where('video_scan_id', '=', scanId),
  );
  return row?.last ?? -1;
}

/**
 * Where a scan goes on. `sure`: the finder's confidence from which a face settles which way up its
 * shot is held; the first such face does, as it did before the scan was stopped.
 */
export function walkedSoFar(opened: ReadableCase, scan: VideoScan, sure: number): WalkedSoFar {
  const { db } = opened;
  const { last } = db.first(
    query
      .selectFrom('video_frame')
      .select(({ fn }) => fn.max('frame_index').as('last'))
      .where('video_scan_id', '=', scan.id)
      .where('scene_change', '=', 1),
  ) ?? { last: null };
  const first = db.first(
    query
      .selectFrom('video_frame as vf')
      .innerJoin('face as f', (join) =>
        join.onRef('f.frame_index', '=', 'vf.frame_index').on('f.evidence_id', '=', scan.evidenceId),
      )
      .select('f.found_at_rotation as up')
      .where('vf.video_scan_id', '=', scan.id)
      .where('vf.frame_index', '>=', last ?? 0)
      .where('f.pipeline_version', '=', scan.pipelineVersion)
      .where('f.finder_score', '>=', sure)
      .orderBy('vf.frame_index')
      .orderBy('f.face_index')
      .limit(1),
  );
  return { after: lastFrameWritten(opened, scan.id), up: (first?.up ?? null) as WalkedSoFar['up'] };
}

/** Frames looked at, in order. */
export const framesOf = ({ db }: ReadableCase, scanId: number): SampledFrame[] =>
  db
    .all(query.selectFrom('video_frame').selectAll().where('video_scan_id', '=', scanId).orderBy('frame_index'))
    .map((row) => ({
      frameIndex: row.frame_index,
      pts: row.pts,
      timeMs: row.time_ms,
      sceneChange: row.scene_change === 1,
      faces: row.faces,
    }));

/** Faces of a scan's frames with the verdict of its model, by frame and position. */
export const facesOfScan = ({ db }: ReadableCase, scan: VideoScan): ScannedFace[] =>
  db
    .all(
      query
        .selectFrom('video_frame as vf')
        .innerJoin('face as f', (join) =>
          join.onRef('f.frame_index', '=', 'vf.frame_index').on('f.evidence_id', '=', scan.evidenceId),
        )
        // By file as well: no index begins with the face, and without it every film reads all
        // verdicts of the case.
        .innerJoin('verdict as v', (join) =>
          join.onRef('v.face_id', '=', 'f.id').on('v.evidence_id', '=', scan.evidenceId),
        )
        .select(['f.id as face_id', 'v.id as verdict_id', 'vf.frame_index', 'vf.pts', 'vf.time_ms', 'f.box'])
        .select(['v.kind', 'v.score', 'v.size_px'])
        .where('vf.video_scan_id', '=', scan.id)
        .where('v.model_id', '=', scan.modelId)
        .where('v.pipeline_version', '=', scan.pipelineVersion)
        .where('v.id', 'not in', superseded)
        .orderBy('vf.frame_index')
        .orderBy('f.face_index'),
    )
    .map((row) => ({
      faceId: row.face_id as FaceId,
      verdictId: row.verdict_id as VerdictId,
      frameIndex: row.frame_index,
      pts: row.pts,
      timeMs: row.time_ms,
      box: storedJson(row.box),
      kind: row.kind as VerdictKind,
      score: row.score,
      sizePx: row.size_px ?? 0,
    }));

/**
 * The operating points that the scan's scores were held against when they were made; the model may
 * have others by now. Null where it had none, and where an interrupted scan went on under others:
 * no one pair then speaks for all of its faces.
 */
export function operatingPointsOfScan({ db }: ReadableCase, scan: VideoScan): OperatingPoints | null {
  const rows = db.all(
    query
      .selectFrom('parameters')
      .select('json')
      .where(
        'id',
        'in',
        query
          .selectFrom('verdict as v')
          .innerJoin('face as f', 'f.id', 'v.face_id')
          .innerJoin('video_frame as vf', 'vf.frame_index', 'f.frame_index')
          .select('v.parameters_id')
          .where('vf.video_scan_id', '=', scan.id)
          .where('v.evidence_id', '=', scan.evidenceId)
          .where('v.model_id', '=', scan.modelId)
          .where('v.pipeline_version', '=', scan.pipelineVersion)
          .where('v.kind', '=', 'scored'),
      ),
  );
  const points = rows.map(({ json }) => (storedJson(json) as VerdictParameters).operatingPoints);
  const same = new Set(points.map((one) => canonicalJson(one))).size === 1;
  return same ? points[0]! : null;
}

/** Ends a scan: its tracks, and the pts of every frame shown. */
export function finishVideoScan(
  opened: WritableCase,
  scanId: number,
  end: {
    ptsRuns: PtsRuns | null;
    tracks: readonly { faces: readonly { faceId: FaceId; isKey: boolean }[] }[];
  },
): void {
  opened.db.transaction(() => {
    end.tracks.forEach(({ faces }, trackIndex) => {
      const { id } = opened.db.run(
        query.insertInto('track').values({
          id: freeId(opened, 'track', 'track_face'),
          video_scan_id: scanId,
          track_index: trackIndex,
        }),
      );
      for (const { faceId, isKey } of faces)
        opened.db.run(query.insertInto('track_face').values({ track_id: id, face_id: faceId, is_key: isKey ? 1 : 0 }));
    });
    opened.db.run(
      query
        .updateTable('video_scan')
        .set({ finished: 1, pts_runs: end.ptsRuns && JSON.stringify(end.ptsRuns) })
        .where('id', '=', scanId),
    );
  });
}

/** Tracks of a scan in order of first appearance; none before it is finished. */
export function tracksOf({ db }: ReadableCase, scanId: number): StoredTrack[] {
  const rows = db.all(
    query
      .selectFrom('track as t')
      .innerJoin('track_face as tf', 'tf.track_id', 't.id')
      .innerJoin('face as f', 'f.id', 'tf.face_id')
      .select(['t.id', 't.track_index', 'tf.face_id', 'tf.is_key'])
      .where('t.video_scan_id', '=', scanId)
      .orderBy('t.track_index')
      .orderBy('f.frame_index'),
  );
  const tracks = new Map<number, StoredTrack>();
  for (const row of rows) {
    const track = tracks.get(row.id) ?? { id: row.id as TrackId, trackIndex: row.track_index, faces: [] };
    track.faces.push({ faceId: row.face_id as FaceId, isKey: row.is_key === 1 });
    tracks.set(row.id, track);
  }
  return [...tracks.values()];
}
