// From the files of a labelled set to the faces in them: decoded and found as the scan does it. A
// file without a face, or that cannot be read, says so and is counted, never dropped in silence.
import type { Sampling } from '../../contract/video.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { prefetch } from '../async/prefetch.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { SearchedPicture } from '../examine/judge-faces.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { jpegQualityFromBytes } from '../media/jpeg-header.ts';
import type { DecodedStill } from '../media/still/decoded-still.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import { isVideo, type LabelledFile } from './labelled-file.ts';

export type SetDeps = {
  decode(bytes: Uint8Array): Promise<DecodedStill>;
  findFaces(image: RgbImage): Promise<FoundFace[]>;
  video: VideoDecoder;
  /** Which frames of a video. */
  sampling: Sampling;
};

export type FaceOfSet =
  | {
      kind: 'face';
      file: LabelledFile;
      picture: SearchedPicture;
      /** Which of the faces found. */
      faceIndex: number;
      /** 0 for a still. */
      frameIndex: number;
      /** Of the file's own compression, where it is a JPEG. */
      jpegQuality: number | undefined;
    }
  | { kind: 'none'; file: LabelledFile; reason: string };

/** Stills read, decoded and searched ahead. */
const AHEAD = 3;

/**
 * The largest face of every still and of every chosen frame, in the files' order: a set's label is
 * on the file, and smaller faces in it may not be what the label speaks of.
 */
export async function* facesOfSet(files: readonly LabelledFile[], deps: SetDeps): AsyncGenerator<FaceOfSet> {
  for (const run of runsOfKind(files)) {
    if (!isVideo(run[0]!.path)) yield* prefetch(run, AHEAD, (file) => faceOfStill(file, deps));
    else for (const file of run) yield* facesOfVideo(file, deps);
  }
}

/** Neighbouring files of one kind together: stills are read ahead, videos one after the other. */
function runsOfKind(files: readonly LabelledFile[]): LabelledFile[][] {
  const runs: LabelledFile[][] = [];
  for (const file of files) {
    const last = runs.at(-1);
    if (last && isVideo(last[0]!.path) === isVideo(file.path)) last.push(file);
    else runs.push([file]);
  }
  return runs;
}

async function faceOfStill(file: LabelledFile, { decode, findFaces }: SetDeps): Promise<FaceOfSet> {
  const read = await readEvidenceFile(file.path);
  if (read.kind === 'failed') return { kind: 'none', file, reason: `unreadable (${read.reason})` };
  const decoded = await decode(read.bytes);
  if (decoded.kind === 'unreadable') return { kind: 'none', file, reason: `unreadable (${decoded.reason})` };
  const { widthPx, heightPx, data, beyondDomain } = decoded;
  const image: RgbImage = { widthPx, heightPx, data };
  const found = await findFaces(image);
  if (found.length === 0) return { kind: 'none', file, reason: 'no face found' };
  const picture = { image, found, beyondDomain };
  const jpegQuality = jpegQualityFromBytes(read.bytes);
  return { kind: 'face', file, picture, faceIndex: largestOf(found), frameIndex: 0, jpegQuality };
}

async function* facesOfVideo(file: LabelledFile, { video, sampling, findFaces }: SetDeps): AsyncGenerator<FaceOfSet> {
  let some = false;
  for await (const part of video.walk(file.path, sampling, -1)) {
    if (part.kind === 'unreadable') {
      yield { kind: 'none', file, reason: `unreadable (${part.reason})` };
      return;
    }
    if (part.kind === 'end') break;
    for (const { frameIndex, widthPx, heightPx, data, beyondDomain } of part.frames) {
      const image: RgbImage = { widthPx, heightPx, data };
      const found = await findFaces(image);
      if (found.length === 0) continue;
      some = true;
      const picture = { image, found, beyondDomain };
      yield { kind: 'face', file, picture, faceIndex: largestOf(found), frameIndex, jpegQuality: undefined };
    }
  }
  if (!some) yield { kind: 'none', file, reason: 'no face found' };
}

const areaOf = ({ box }: FoundFace): number => box.width * box.height;

/** The first of the largest. */
const largestOf = (found: readonly FoundFace[]): number =>
  found.reduce((best, face, i) => (areaOf(face) > areaOf(found[best]!) ? i : best), 0);
