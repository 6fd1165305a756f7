// Where the subject of an opinion is: its file, and which face or track of it.
import type { Subject } from '../../../contract/opinion.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { getEvidence } from './evidence.ts';
import { findFace } from './face.ts';

export type PlaceOfSubject = {
  shownPath: string;
  faceIndex: number | null;
  trackIndex: number | null;
  timeMs: number | null;
};

/** Throws NOT_FOUND for a file the case does not have. */
export function subjectPlace(opened: ReadableCase, { evidenceId, faceId, trackId }: Subject): PlaceOfSubject {
  const { shownPath } = getEvidence(opened, evidenceId);
  const face = faceId === null ? undefined : findFace(opened, faceId);
  const track =
    trackId == null
      ? undefined
      : opened.db.first(query.selectFrom('track').select('track_index').where('id', '=', trackId));
  return {
    shownPath,
    faceIndex: face?.faceIndex ?? null,
    trackIndex: track?.track_index ?? null,
    timeMs: face && face.pts !== null ? face.timeMs : null,
  };
}
