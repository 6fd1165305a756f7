// What an opinion or a result is about, in words: the same in the window, in its dialogs and in the
// log, so that of two faces of one file it is told which.

/**
 * `faceIndex` and `trackIndex` from 0 as they are stored; null where it is no face, no track.
 * `timeMs`: of a face in a video, from its first frame.
 */
export type SubjectPlace = {
  shownPath: string;
  faceIndex?: number | null | undefined;
  trackIndex?: number | null | undefined;
  timeMs?: number | null | undefined;
};

/** `0:05.500`: minutes, seconds and thousandths. */
export function timeText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${minutes}:${((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;
}

/**
 * `face 2`, `face 1 at 0:05.500`, `track 3`, `the whole file`; `the face at 0:05.500` where its
 * number is not known.
 */
export function placeWords({ faceIndex, trackIndex, timeMs }: Omit<SubjectPlace, 'shownPath'>): string {
  const face = faceIndex == null ? 'the face' : `face ${faceIndex + 1}`;
  if (timeMs != null) return `${face} at ${timeText(timeMs)}`;
  if (trackIndex != null) return `track ${trackIndex + 1}`;
  return faceIndex == null ? 'the whole file' : face;
}

/** `one/a.jpg, face 2`. */
export const subjectWords = (subject: SubjectPlace): string => `${subject.shownPath}, ${placeWords(subject)}`;
