// What an opinion or a result is about, in words: the same in the window, in its dialogs and in the
// log, so that of two faces of one file it is told which.

import * as z from 'zod';
import { timeMsSchema } from './units.ts';

/**
 * Where the subject of an opinion is in its file. `faceIndex` and `trackIndex` from 0 as they are
 * stored; null where it is no face, no track. `timeMs`: of a face in a video, from its first frame.
 * `span`: of a track, the scan it is of (from 1) and from when to when it is seen.
 */
export const placeInFileSchema = z.object({
  shownPath: z.string(),
  faceIndex: z.number().int().nullable(),
  trackIndex: z.number().int().nullable(),
  timeMs: timeMsSchema.nullable(),
  span: z.object({ scan: z.number().int(), fromMs: timeMsSchema, toMs: timeMsSchema }).nullable(),
});
export type PlaceInFile = z.infer<typeof placeInFileSchema>;

/** The same as far as it is known. */
export type SubjectPlace = Pick<PlaceInFile, 'shownPath'> & { [K in keyof PlaceInFile]?: PlaceInFile[K] | undefined };

/** `0:05.500`: minutes, seconds and thousandths. */
export function timeText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${minutes}:${((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;
}

/**
 * `face 2`, `face 1 at 0:05.500`, `track 3 of scan 1 (0:01.000 to 0:05.500)`, `the whole file`;
 * `the face at 0:05.500` where its number is not known.
 */
export function placeWords({ faceIndex, trackIndex, timeMs, span }: Omit<SubjectPlace, 'shownPath'>): string {
  const face = faceIndex == null ? 'the face' : `face ${faceIndex + 1}`;
  if (timeMs != null) return `${face} at ${timeText(timeMs)}`;
  if (trackIndex != null) return `track ${trackIndex + 1}${span ? ` of ${spanWords(span)}` : ''}`;
  return faceIndex == null ? 'the whole file' : face;
}

const spanWords = ({ scan, fromMs, toMs }: NonNullable<PlaceInFile['span']>): string =>
  `scan ${scan} (${timeText(fromMs)} to ${timeText(toMs)})`;

/** `one/a.jpg, face 2`. */
export const subjectWords = (subject: SubjectPlace): string => `${subject.shownPath}, ${placeWords(subject)}`;
