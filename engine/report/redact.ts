// What a redacted copy leaves out, decided once and before anything is hashed: the PDF, the record
// inside it, JSON, CSV and CASE/UCO are all made from content that is redacted here, row by row.
// Pictures are covered in context-picture.ts, from the case's own boxes.
import type { FaceId } from '../../contract/brand.ts';
import type { Face } from '../../contract/face.ts';
import type { ReportDocument, ReportFace, ReportTimeline } from '../../contract/report.ts';
import type { VideoTimeline } from '../../contract/track.ts';
import type { PixelBox } from '../../contract/units.ts';
import { COVER_MARGIN } from './context-picture.ts';

type Redaction = ReportDocument['redaction'];

/** What becomes of one row of a copy. */
export type Redactor = {
  box: (id: FaceId, box: PixelBox) => PixelBox | null;
  face: (face: Face) => ReportFace;
  video: (video: VideoTimeline) => ReportTimeline;
  /** What is left out of a case with so many faces, in sentences. */
  withheld: (faces: number) => string[];
};

const NOTHING: Redactor = {
  box: (_, box) => box,
  face: (face) => face,
  video: (video) => video,
  withheld: () => [],
};

/**
 * Faces and videos as the copy may say them. Landmarks are measurements of a person and go from
 * every redacted copy; a box goes with the picture: of every face where all are covered, else of
 * those that get no block. `shown`: faces with a block.
 */
export function redactorFor(redaction: Redaction, shown: ReadonlySet<FaceId>): Redactor {
  if (redaction === 'none') return NOTHING;
  const kept = redaction === 'others' ? shown : new Set<FaceId>();
  const box: Redactor['box'] = (id, box) => (kept.has(id) ? box : null);
  return {
    box,
    face: (face) => ({ ...face, box: box(face.id, face.box), landmarks: null }),
    video: (video) => ({
      ...video,
      tracks: video.tracks.map((track) => ({
        ...track,
        points: track.points.map((point) => ({ ...point, box: box(point.faceId, point.box) })),
      })),
    }),
    withheld: (faces) => [
      `The landmarks of ${faces} faces.`,
      `The box of ${faces - kept.size} of ${faces} faces, also along the tracks of videos.`,
      redaction === 'all'
        ? 'Every picture of a face; in the photographs around them all faces are covered.'
        : 'In each photograph every face but the one examined beside it, and the pictures of a face that another one reaches into.',
    ],
  };
}

/**
 * Sides of the crop relative to the longer side of the box, at most: `square-1.3` is that; an
 * aligned crop is turned and lies freely.
 */
const CROP_REACH: ReadonlyMap<string, number> = new Map([['square-1.3', 1.3]]);
const UNKNOWN_REACH = 2.2;

/** True where the crop of a face may show part of another face of the same frame. */
export function showsOthers(
  face: Pick<Face, 'id' | 'box'>,
  faces: readonly Pick<Face, 'id' | 'box'>[],
  cropRecipe: string,
): boolean {
  const crop = around(
    face.box,
    (CROP_REACH.get(cropRecipe) ?? UNKNOWN_REACH) * Math.max(face.box.width, face.box.height),
  );
  return faces.some((one) => one.id !== face.id && overlap(crop, enlarged(one.box)));
}

const around = ({ x, y, width, height }: PixelBox, side: number): PixelBox => ({
  x: x + (width - side) / 2,
  y: y + (height - side) / 2,
  width: side,
  height: side,
});

const enlarged = ({ x, y, width, height }: PixelBox): PixelBox => ({
  x: x - (width * (COVER_MARGIN - 1)) / 2,
  y: y - (height * (COVER_MARGIN - 1)) / 2,
  width: width * COVER_MARGIN,
  height: height * COVER_MARGIN,
});

const overlap = (a: PixelBox, b: PixelBox): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
