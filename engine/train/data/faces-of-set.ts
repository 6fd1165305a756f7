// From the files of a labelled set to the faces in them: decoded and found as the scan does it. A file without a face, or that cannot
// be read, says so and is counted, never dropped in silence.

import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { readEvidenceFile } from '../../blobs/read-evidence-file.ts';
import type { DecodedStill } from '../../media/decode-still.ts';
import type { FoundFace } from '../../media/find-faces.ts';
import { prefetch } from '../../scan/prefetch.ts';
import { isStill, type LabelledFile } from './labelled-file.ts';

export type SetHands = {
  decode(bytes: Uint8Array): Promise<DecodedStill>;
  findFaces(image: RgbImage): Promise<FoundFace[]>;
};

export type FaceOfSet =
  | { kind: 'face'; file: LabelledFile; bytes: Uint8Array; sha256: string; image: RgbImage; face: FoundFace }
  | { kind: 'none'; file: LabelledFile; reason: string };

/** Files read and decoded ahead. */
const AHEAD = 3;

/**
 * The largest face of every still, in the files' order: a set's label is on the file, and smaller faces in it may not be what the
 * label speaks of.
 */
export async function* facesOfSet(files: readonly LabelledFile[], hands: SetHands): AsyncGenerator<FaceOfSet> {
  yield* prefetch(files, AHEAD, (file) => faceOfFile(file, hands));
}

async function faceOfFile(file: LabelledFile, { decode, findFaces }: SetHands): Promise<FaceOfSet> {
  if (!isStill(file.path)) return { kind: 'none', file, reason: 'video: extract its frames first' };
  const read = await readEvidenceFile(file.path);
  if (read.kind === 'failed') return { kind: 'none', file, reason: `unreadable (${read.reason})` };
  const decoded = await decode(read.bytes);
  if (decoded.kind === 'unreadable') return { kind: 'none', file, reason: `unreadable (${decoded.reason})` };
  const image: RgbImage = { widthPx: decoded.widthPx, heightPx: decoded.heightPx, data: decoded.data };
  const face = largest(await findFaces(image));
  if (!face) return { kind: 'none', file, reason: 'no face found' };
  return { kind: 'face', file, bytes: read.bytes, sha256: read.sha256, image, face };
}

const largest = (faces: readonly FoundFace[]): FoundFace | undefined =>
  [...faces].sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)[0];
