// An evidence file as it is now, for a verdict made again: read, hashed and decoded as the scan
// does it. Videos: frame-now.ts.
import type { Evidence } from '../../contract/evidence.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import { type FoundFace, STILL_LOOK } from '../media/find-faces.ts';
import { mediaTypeFromBytes } from '../media/sniff.ts';
import type { RerunDeps } from './rerun-deps.ts';

/**
 * An evidence file as it is now: its faces and pixels, a reason why it cannot be read, or the news
 * that it is not there.
 */
export type FileNow =
  | {
      kind: 'picture';
      image: RgbImage;
      faces: FoundFace[];
      /** Why no model was validated on such a picture. */
      beyondDomain: readonly string[];
      decoder?: string | undefined;
    }
  | { kind: 'unreadable'; reason: string; message: string; decoder?: string | undefined }
  | { kind: 'unavailable'; why: string };

export const unavailable = (why: string): FileNow => ({ kind: 'unavailable', why });

/** A photograph as the scan of a pipeline would read it, with its faces. */
export async function readFileNow(deps: RerunDeps, evidence: Evidence, pipeline: number): Promise<FileNow> {
  if (evidence.sha256 === null) return unavailable('No byte of it could be read when it was taken in.');
  const file = await readEvidenceFile(placeOfEvidence(deps.folder, evidence));
  if (file.kind === 'failed') return unavailable(`The evidence file cannot be read now: ${file.message}`);
  if (file.sha256 !== evidence.sha256)
    return unavailable(`The evidence file has changed: its SHA-256 is ${file.sha256}, ${evidence.sha256} is recorded.`);
  if (file.bytes.length === 0) return { kind: 'unreadable', reason: 'empty', message: 'The file is empty.' };
  if (!mediaTypeFromBytes(file.bytes, pipeline) && !evidence.mediaType.startsWith('image/'))
    return { kind: 'unreadable', reason: 'unsupportedFormat', message: 'Its content is not known here.' };
  const decoded = await deps.decoder.decode(file.bytes, pipeline);
  if (decoded.kind === 'unreadable') return { ...decoded };
  const { widthPx, heightPx, data, decoder } = decoded;
  const image = { widthPx, heightPx, data };
  const faces = await deps.findFaces(image, pipeline === 1 ? { turned: 'tiles' } : STILL_LOOK);
  return { kind: 'picture', image, faces, beyondDomain: decoded.beyondDomain ?? [], decoder };
}
