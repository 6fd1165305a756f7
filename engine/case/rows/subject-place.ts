// Where the subject of an opinion is: its file, and which face or track of it.
import type { VerdictId } from '../../../contract/brand.ts';
import type { Subject } from '../../../contract/opinion.ts';
import { type PlaceInFile, subjectWords } from '../../../contract/subject-words.ts';
import type { TrackPlace } from '../../../contract/track.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { getEvidence } from './evidence.ts';
import { findFace } from './face.ts';
import { trackPlace } from './track-place.ts';
import { findVerdict } from './verdict.ts';

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

/** Of results that a job is on as many as this are named. */
const NAMED = 5;

/** What a job on chosen results is on, for the log: their files and faces; of many how many there are. */
export function resultsWords(opened: ReadableCase, ids: readonly VerdictId[]): string {
  if (ids.length === 0 || ids.length > NAMED) return `${ids.length} results`;
  const names = ids.map((id) => {
    const verdict = findVerdict(opened, id)?.verdict;
    return verdict ? subjectWords(subjectPlace(opened, verdict)) : `verdict ${id}`;
  });
  return names.join('; ');
}

/** For placeWords. */
export const spanOf = ({ scan, fromMs, toMs }: TrackPlace): NonNullable<PlaceInFile['span']> => ({
  scan: scan.number,
  fromMs,
  toMs,
});
