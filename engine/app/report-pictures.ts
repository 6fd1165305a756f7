// The pictures of a report: what the case has stored, and the photographs around its faces, covered as the report asks.
import type { EvidenceId } from '../../contract/brand.ts';
import type { Face } from '../../contract/face.ts';
import type { ReportDocument } from '../../contract/report.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { allFaces } from '../case/rows/face.ts';
import { contextPicture } from '../report/context-picture.ts';
import { showsOthers } from '../report/redact.ts';
import type { ReportPictures } from '../report/sections/face-blocks.ts';
import { evidencePixels } from './evidence-pixels.ts';
import type { OpenedCase, Services } from './services.ts';

/** Pictures for a report, covered as it asks, by the boxes of the case; a file with several faces is decoded once. */
export function reportPictures(
  state: Services,
  { handle, blobs }: OpenedCase,
  { redaction }: ReportDocument,
  signal: AbortSignal,
): ReportPictures {
  const faces = new Map(allFaces(handle).map((one) => [one.id, one]));
  const facesByFrame = Map.groupBy(faces.values(), frameKey);
  let last: { id: EvidenceId; frameIndex: number; image: Promise<RgbImage | undefined> } | undefined;
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
      const face = faces.get(id)!;
      const { frameIndex, pts } = face;
      if (last?.id !== evidence.id || last.frameIndex !== frameIndex)
        last = {
          id: evidence.id,
          frameIndex,
          image: evidencePixels(state, evidence, pts === null ? undefined : { pts, frameIndex }),
        };
      const image = await last.image;
      return image ? contextPicture(image, face, facesByFrame.get(frameKey(face))!, redaction) : null;
    },
  };
}

const frameKey = ({ evidenceId, frameIndex }: Face): string => `${evidenceId}/${frameIndex}`;
