// Faces of pictures, as the whole engine asks for them: of pixels, of a file's bytes, of pictures
// that were cut to a face already.
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { FaceFinder } from '../examine/face-finder.ts';
import { PIPELINE_VERSION } from '../examine/pipeline-version.ts';
import type { Decoder } from '../media/decoder.ts';
import type { FoundFace, Look } from '../media/find-faces.ts';
import type { FinderModel } from '../media/finder-weights.ts';
import type { Photograph } from '../media/photograph.ts';

/** A picture and the faces in it. */
export type PictureWithFaces = { image: RgbImage; faces: FoundFace[] };

export type FaceSearch = {
  /** The face finder's networks, loaded once. */
  finder(): Promise<FinderModel>;
  /** Its weights, as far as a pipeline uses them, by hash. */
  finderSha256(pipeline: number): Promise<Sha256>;
  /** Every face of a picture: looked at as `look` says, from coarse to fine when absent. */
  findFaces(picture: RgbImage | Photograph, look?: Look): Promise<FoundFace[]>;
  /** The face of a picture that was cut to it. */
  landmarksOfCrop(image: RgbImage): Promise<FoundFace>;
  /** Decodes a still that must be readable and finds its faces. */
  facesOf(bytes: Uint8Array): Promise<PictureWithFaces>;
  /** Decodes a picture that was cut to a face; the face's box is the whole of it. */
  faceOfCrop(bytes: Uint8Array): Promise<PictureWithFaces>;
  /**
   * Where the faces of training and validation pictures are kept, found once by these networks in
   * this pipeline.
   */
  faceDetectionsFile(): Promise<string>;
};

export function createFaceSearch(faceFinder: FaceFinder, decoder: Decoder, appDataFolder: string): FaceSearch {
  const decode = async (bytes: Uint8Array): Promise<RgbImage> => {
    const decoded = await decoder.decode(bytes);
    if (decoded.kind === 'unreadable') throw new Error(unreadableWords(decoded));
    return { widthPx: decoded.widthPx, heightPx: decoded.heightPx, data: decoded.data };
  };
  const finder = (): Promise<FinderModel> => faceFinder.model();
  return {
    finder,
    async finderSha256(pipeline) {
      const { sha256, sha256OfTwo } = await finder();
      return pipeline < 3 ? sha256OfTwo : sha256;
    },
    findFaces: (picture, look) => faceFinder.find(picture, look),
    landmarksOfCrop: (image) => faceFinder.faceOfCrop(image),
    async facesOf(bytes) {
      const image = await decode(bytes);
      return { image, faces: await faceFinder.find(image) };
    },
    async faceOfCrop(bytes) {
      const image = await decode(bytes);
      return { image, faces: [await faceFinder.faceOfCrop(image)] };
    },
    async faceDetectionsFile() {
      const { sha256 } = await finder();
      return path.join(appDataFolder, 'faces', `${sha256.slice(0, 16)}-${PIPELINE_VERSION}.ndjson`);
    },
  };
}
