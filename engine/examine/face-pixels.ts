// The pixels in which recorded faces lie, of the file that was taken in and of no other. A film is
// hashed once for all of its frames, a frame decoded once for all of its faces.
import type { Evidence } from '../../contract/evidence.ts';
import type { Face } from '../../contract/face.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { frameQuery } from '../../contract/video.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { hashEvidenceFile, readEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { FileIdentity } from '../files/file-identity.ts';
import type { Decoder } from '../media/decoder.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import { decodeAsShown } from './decode-as-shown.ts';

/** Pixels, or why there are none. */
export type FacePixels = { kind: 'pixels'; image: RgbImage } | { kind: 'unavailable'; why: string };
/** Where in its file: of a still `pts` is null. */
export type FrameOfFace = Pick<Face, 'frameIndex' | 'pts'>;
export type PixelSource = (evidence: Evidence, face: FrameOfFace) => Promise<FacePixels>;

const unavailable = (why: string): FacePixels => ({ kind: 'unavailable', why });

/** Asked in the order of files and frames; the last film and the last picture are kept. */
export function createPixelSource(deps: { folder: string; decoder: Decoder; videoDecoder: VideoDecoder }): PixelSource {
  let film: { id: number; identity: Promise<FileIdentity | FacePixels> } | undefined;
  let picture: { key: string; pixels: Promise<FacePixels> } | undefined;

  const frame = async (evidence: Evidence, { frameIndex }: FrameOfFace, pts: number): Promise<FacePixels> => {
    if (film?.id !== evidence.id) film = { id: evidence.id, identity: identityOf(deps.folder, evidence) };
    const identity = await film.identity;
    if (typeof identity !== 'string') return identity;
    const facts = evidence.state.kind === 'read' ? evidence.state.video : undefined;
    const query = facts ? frameQuery(facts, frameIndex, pts) : { pts };
    // Boxes of a film that only an older version looked at are in that version's pixels.
    const pipeline = facts && !facts.segments ? 1 : undefined;
    const place = placeOfEvidence(deps.folder, evidence);
    const found = await deps.videoDecoder.frameAt(place, query, pipeline, identity);
    if (found.kind === 'unreadable') return unavailable(unreadableWords(found));
    return { kind: 'pixels', image: found };
  };

  return (evidence, face) => {
    const key = `${evidence.id} ${face.frameIndex}`;
    if (picture?.key !== key) {
      const pixels = face.pts === null ? still(deps, evidence) : frame(evidence, face, face.pts);
      picture = { key, pixels };
    }
    return picture.pixels;
  };
}

async function still({ folder, decoder }: { folder: string; decoder: Decoder }, evidence: Evidence) {
  const file = await readEvidenceFile(placeOfEvidence(folder, evidence));
  if (file.kind === 'failed') return unavailable(unreadableWords(file));
  if (file.sha256 !== evidence.sha256) return unavailable('It is no longer the file that was taken in.');
  const decoded = await decodeAsShown(decoder, evidence, file.bytes);
  return decoded.kind === 'decoded'
    ? ({ kind: 'pixels', image: decoded } as const)
    : unavailable(unreadableWords(decoded));
}

async function identityOf(folder: string, evidence: Evidence): Promise<FileIdentity | FacePixels> {
  const hashed = await hashEvidenceFile(placeOfEvidence(folder, evidence));
  if (hashed.kind === 'failed') return unavailable(unreadableWords(hashed));
  return hashed.sha256 === evidence.sha256
    ? hashed.identity
    : unavailable('It is no longer the file that was taken in.');
}
