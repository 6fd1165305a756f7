// From the files of a labelled set to the faces in them: decoded and found as the scan does it. A
// file without a face, or that cannot be read, says so and is counted, never dropped in silence.
import type { Sampling } from '../../contract/video.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { prefetch } from '../async/prefetch.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { DecodedStill } from '../media/decode-still.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { jpegQualityFromBytes } from '../media/jpeg-quality.ts';
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
      image: RgbImage;
      face: FoundFace;
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
  const image: RgbImage = { widthPx: decoded.widthPx, heightPx: decoded.heightPx, data: decoded.data };
  const face = largest(await findFaces(image));
  if (!face) return { kind: 'none', file, reason: 'no face found' };
  return { kind: 'face', file, image, face, frameIndex: 0, jpegQuality: jpegQualityFromBytes(read.bytes) };
}

async function* facesOfVideo(file: LabelledFile, { video, sampling, findFaces }: SetDeps): AsyncGenerator<FaceOfSet> {
  let found = 0;
  for await (const part of video.walk(file.path, sampling, -1)) {
    if (part.kind === 'unreadable') {
      yield { kind: 'none', file, reason: `unreadable (${part.reason})` };
      return;
    }
    if (part.kind === 'end') break;
    for (const { frameIndex, widthPx, heightPx, data } of part.frames) {
      const image: RgbImage = { widthPx, heightPx, data };
      const face = largest(await findFaces(image));
      if (!face) continue;
      found += 1;
      yield { kind: 'face', file, image, face, frameIndex, jpegQuality: undefined };
    }
  }
  if (found === 0) yield { kind: 'none', file, reason: 'no face found' };
}

const largest = (faces: readonly FoundFace[]): FoundFace | undefined =>
  [...faces].sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)[0];
