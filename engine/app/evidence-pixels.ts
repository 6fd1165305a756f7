// The pixels of an evidence file as it was taken in, for pictures on the screens and in reports. Never of a file that has changed since.
import type { Evidence } from '../../contract/evidence.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { isAsTakenIn, placeOfEvidence } from '../blobs/evidence-place.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { Services } from './services.ts';

/** The frame of a video with this pts, if size and time of change of the file are those recorded. */
export async function framePixels(state: Services, evidence: Evidence, pts: number): Promise<RgbImage | undefined> {
  const place = placeOfEvidence(state.opened.handle.folder, evidence);
  if (!(await isAsTakenIn(place, evidence))) return undefined;
  const picture = await state.videoPictures.frameAt(place, pts);
  return picture.kind === 'picture' ? picture : undefined;
}

/** The upright pixels of an evidence file, if it is still the file taken in; of a video, its first frame. */
export async function evidencePixels(
  state: Services,
  evidence: Evidence,
  pts?: number | null,
): Promise<RgbImage | undefined> {
  if (evidence.mediaType.startsWith('video/')) {
    const firstPts = evidence.state.kind === 'read' ? evidence.state.video?.firstPts : undefined;
    const wanted = pts ?? firstPts;
    return wanted === undefined ? undefined : framePixels(state, evidence, wanted);
  }
  const file = await readEvidenceFile(placeOfEvidence(state.opened.handle.folder, evidence));
  if (file.kind === 'failed' || file.sha256 !== evidence.sha256) return undefined;
  const decoded = await state.decoder.decode(file.bytes);
  return decoded.kind === 'decoded' ? decoded : undefined;
}
