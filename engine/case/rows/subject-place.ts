// Where the subject of an opinion is: its file, and which face or track of it.
import type { Subject } from '../../../contract/opinion.ts';
import type { PlaceInFile } from '../../../contract/subject-words.ts';
import type { TrackPlace } from '../../../contract/track.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { getEvidence } from './evidence.ts';
import { findFace } from './face.ts';
import { trackPlace } from './track-place.ts';

/** Throws NOT_FOUND for a file the case does not have. */
export function subjectPlace(opened: ReadableCase, { evidenceId, faceId, trackId }: Subject): PlaceInFile {
  const { shownPath } = getEvidence(opened, evidenceId);
  const face = faceId === null ? undefined : findFace(opened, faceId);
  const track = trackId == null ? undefined : trackPlace(opened, trackId);
  return {
    shownPath,
    faceIndex: face?.faceIndex ?? null,
    trackIndex: track?.trackIndex ?? null,
    timeMs: face && face.pts !== null ? face.timeMs : null,
    span: track ? spanOf(track) : null,
  };
}

/** For placeWords. */
export const spanOf = ({ scan, fromMs, toMs }: TrackPlace): NonNullable<PlaceInFile['span']> => ({
  scan: scan.number,
  fromMs,
  toMs,
});
