// The pixels of an evidence file as it was taken in, for pictures on the screens and in reports.
// Never of a file that has changed since.
import type { Evidence } from '../../contract/evidence.ts';
import { frameQuery } from '../../contract/video.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { isAsTakenIn, placeOfEvidence } from '../blobs/evidence-place.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import { decodeAsShown } from '../examine/decode-as-shown.ts';
import type { Services } from './services.ts';

/** What names a frame: its timestamp and, where it is known, its number. */
export type FramePlace = { pts: number; frameIndex?: number | undefined };

/**
 * The frame of a video with this number, or this pts, if size and time of change of the file are
 * those recorded.
 */
export async function framePixels(
  deps: Pick<Services, 'currentCase' | 'videoPictures'>,
  evidence: Evidence,
  { pts, frameIndex }: FramePlace,
): Promise<RgbImage | undefined> {
  const { folder } = deps.currentCase.opened.handle;
  const place = placeOfEvidence(folder, evidence);
  if (!(await isAsTakenIn(folder, place, evidence))) return undefined;
  const facts = evidence.state.kind === 'read' ? evidence.state.video : undefined;
  const query = facts && frameIndex !== undefined ? frameQuery(facts, frameIndex, pts) : { pts };
  // Boxes of a file that only an older version looked at are in that version's pixels.
  const picture = await deps.videoPictures.frameAt(place, query, facts && !facts.segments ? 1 : undefined);
  return picture.kind === 'picture' ? picture : undefined;
}

/**
 * The upright pixels of an evidence file, if it is still the file taken in; of a video, its first
 * frame.
 */
export async function evidencePixels(
  deps: Pick<Services, 'currentCase' | 'decoder' | 'videoPictures'>,
  evidence: Evidence,
  frame?: FramePlace,
): Promise<RgbImage | undefined> {
  if (evidence.mediaType.startsWith('video/')) {
    const firstPts = evidence.state.kind === 'read' ? evidence.state.video?.firstPts : undefined;
    const wanted = frame ?? (firstPts === undefined ? undefined : { pts: firstPts, frameIndex: 0 });
    return wanted && framePixels(deps, evidence, wanted);
  }
  const file = await readEvidenceFile(placeOfEvidence(deps.currentCase.opened.handle.folder, evidence));
  if (file.kind === 'failed' || file.sha256 !== evidence.sha256) return undefined;
  const decoded = await decodeAsShown(deps.decoder, evidence, file.bytes);
  return decoded.kind === 'decoded' ? decoded : undefined;
}
