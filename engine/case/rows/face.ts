// Face rows: boxes in frames, with landmarks and quality.
import type { EvidenceId, FaceId, Sha256 } from '../../../contract/brand.ts';
import type { Face, NewFace } from '../../../contract/face.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { FaceTable } from '../db/tables.ts';

const faceFromRow = (row: Omit<FaceTable, 'id'> & { id: number }): Face => ({
  id: row.id as FaceId,
  evidenceId: row.evidence_id as EvidenceId,
  frameIndex: row.frame_index,
  timeMs: row.time_ms,
  pts: row.pts,
  faceIndex: row.face_index,
  box: storedJson(row.box),
  finderScore: row.finder_score,
  landmarks: storedJson(row.landmarks),
  foundAtRotation: row.found_at_rotation as Face['foundAtRotation'],
  quality: storedJson(row.quality),
});

/** Landmarks are kept to a hundredth of a pixel: a tenth of what the network resolves. */
export const roundedLandmarks = (points: Face['landmarks']) =>
  points.map(({ x, y }) => ({ x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 }));

/** Adds a face, or gives the id it already has under the same finder and pipeline. */
export function addFace(
  { db }: WritableCase,
  evidenceId: EvidenceId,
  face: NewFace,
  made: { pipelineVersion: number; finderSha256: Sha256 },
): FaceId {
  const known = db.first(
    query
      .selectFrom('face')
      .select('id')
      .where('evidence_id', '=', evidenceId)
      .where('frame_index', '=', face.frameIndex)
      .where('face_index', '=', face.faceIndex)
      .where('pipeline_version', '=', made.pipelineVersion)
      .where('finder_sha256', '=', made.finderSha256),
  );
  if (known) return known.id as FaceId;
  const { id } = db.run(
    query.insertInto('face').values({
      evidence_id: evidenceId,
      frame_index: face.frameIndex,
      time_ms: face.timeMs,
      pts: face.pts,
      face_index: face.faceIndex,
      pipeline_version: made.pipelineVersion,
      finder_sha256: made.finderSha256,
      box: JSON.stringify(face.box),
      finder_score: face.finderScore,
      landmarks: JSON.stringify(roundedLandmarks(face.landmarks)),
      found_at_rotation: face.foundAtRotation,
      quality: JSON.stringify(face.quality),
    }),
  );
  return id as FaceId;
}

export function findFace({ db }: ReadableCase, id: FaceId): Face | undefined {
  const row = db.first(query.selectFrom('face').selectAll().where('id', '=', id));
  return row && faceFromRow(row);
}

/** Every face, in the order found, as they are asked for. */
export function* eachFace({ db }: ReadableCase): Generator<Face, void, undefined> {
  for (const row of db.each(query.selectFrom('face').selectAll().orderBy('id'))) yield faceFromRow(row);
}

export const allFaces = (opened: ReadableCase): Face[] => [...eachFace(opened)];
