// The pictures of a report: what the case has stored, and the photographs around its faces, covered
// as the report asks.
import type { FaceId } from '../../contract/brand.ts';
import type { Face } from '../../contract/face.ts';
import type { ReportDocument } from '../../contract/report.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { NOT_SAID, placeOfEvidence } from '../blobs/evidence-place.ts';
import { eachFace } from '../case/rows/face.ts';
import { contextPicture } from '../report/context-picture.ts';
import { showsOthers } from '../report/redact.ts';
import type { ReportPictures } from '../report/sections/face-blocks.ts';
import type { OpenedCase } from './current-case.ts';
import { evidencePixels } from './evidence-pixels.ts';
import type { Services } from './services.ts';

/** What is kept of every face: its landmarks, of which nothing is drawn, are the most of it. */
type Placed = Pick<Face, 'id' | 'evidenceId' | 'frameIndex' | 'pts' | 'box'>;

const placed = ({ id, evidenceId, frameIndex, pts, box }: Face): Placed => ({ id, evidenceId, frameIndex, pts, box });

/**
 * Pictures for a report, covered as it asks, by the boxes of the case; a file with several faces is
 * decoded once.
 */
export function reportPictures(
  deps: Pick<Services, 'currentCase' | 'decoder' | 'videoPictures'>,
  { handle, blobs }: OpenedCase,
  { redaction }: Pick<ReportDocument, 'redaction'>,
  signal: AbortSignal,
): ReportPictures {
  const faces = new Map<FaceId, Placed>();
  for (const one of eachFace(handle)) faces.set(one.id, placed(one));
  const facesByFrame = Map.groupBy(faces.values(), frameKey);
  let last: { key: string; image: Promise<RgbImage | undefined> } | undefined;
  return {
    // A picture is a moment as good as any to notice that the report is no longer wanted.
    blob: async (sha256) => {
      signal.throwIfAborted();
      return blobs.get(sha256);
    },
    showsOthers: (id, { passport }) => {
      const face = faces.get(id)!;
      return showsOthers(face, facesByFrame.get(frameKey(face))!, passport.cropRecipe);
    },
    context: async (evidence, id) => {
      if (placeOfEvidence(handle.folder, evidence) === NOT_SAID) return 'notLookedFor';
      const face = faces.get(id)!;
      const { frameIndex, pts } = face;
      const key = frameKey(face);
      if (last?.key !== key)
        last = { key, image: evidencePixels(deps, evidence, pts === null ? undefined : { pts, frameIndex }) };
      const image = await last.image;
      return image ? contextPicture(image, face, facesByFrame.get(key)!, redaction) : null;
    },
  };
}

const frameKey = ({ evidenceId, frameIndex }: Placed): string => `${evidenceId}/${frameIndex}`;
