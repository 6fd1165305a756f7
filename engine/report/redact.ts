// What a redacted copy leaves out, decided once and before anything is hashed: the PDF, the record inside it, JSON, CSV and CASE/UCO are
// all made from the document that is redacted here. Pictures are covered in context-picture.ts, from the case's own boxes.
import type { FaceId } from '../../contract/brand.ts';
import type { Face } from '../../contract/face.ts';
import type { ReportDocument, ReportFace, ReportTimeline } from '../../contract/report.ts';
import type { VideoTimeline } from '../../contract/track.ts';
import type { PixelBox } from '../../contract/units.ts';
import { COVER_MARGIN } from './context-picture.ts';

type Redaction = ReportDocument['redaction'];
type Full = { redaction: Redaction; faces: readonly Face[]; videos: readonly VideoTimeline[] };
type Redacted = { faces: ReportFace[]; videos: ReportTimeline[]; withheld: string[] };

/**
 * Faces and videos as the copy may say them. Landmarks are measurements of a person and go from every redacted copy; a box goes with
 * the picture: of every face where all are covered, else of those that get no block. `shown`: faces with a block.
 */
export function redact({ redaction, faces, videos }: Full, shown: ReadonlySet<FaceId>): Redacted {
  if (redaction === 'none') return { faces: [...faces], videos: [...videos], withheld: [] };
  const keeps = (id: FaceId): boolean => redaction === 'others' && shown.has(id);
  const boxOf = (id: FaceId, box: PixelBox): PixelBox | null => (keeps(id) ? box : null);
  return {
    faces: faces.map((face) => ({ ...face, box: boxOf(face.id, face.box), landmarks: null })),
    videos: videos.map((video) => ({
      ...video,
      tracks: video.tracks.map((track) => ({
        ...track,
        points: track.points.map((point) => ({ ...point, box: boxOf(point.faceId, point.box) })),
      })),
    })),
    withheld: [
      `The landmarks of ${faces.length} faces.`,
      `The box of ${faces.filter(({ id }) => !keeps(id)).length} of ${faces.length} faces, also along the tracks of videos.`,
      redaction === 'all'
        ? 'Every picture of a face; in the photographs around them all faces are covered.'
        : 'In each photograph every face but the one examined beside it, and the pictures of a face that another one reaches into.',
    ],
  };
}

/** Sides of the crop relative to the longer side of the box, at most: `square-1.3` is that; an aligned crop is turned and lies freely. */
const CROP_REACH: Readonly<Record<string, number>> = { 'square-1.3': 1.3 };
const UNKNOWN_REACH = 2.2;

/** True where the crop of a face may show part of another face of the same frame. */
export function showsOthers(face: Face, faces: readonly Face[], cropRecipe: string): boolean {
  const crop = around(face.box, (CROP_REACH[cropRecipe] ?? UNKNOWN_REACH) * Math.max(face.box.width, face.box.height));
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
