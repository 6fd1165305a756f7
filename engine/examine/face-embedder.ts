// The embedding network in the compute process, loaded when it is first needed.
import type { Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { embeddingInput } from '../../models/face-embedding/embedding-input.ts';
import { EMBEDDING_LENGTH } from '../../models/face-embedding/embedding-network.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { Compute } from '../compute/compute.ts';
import { createUprighter } from '../media/cut-found.ts';
import { embeddingNetworkSha256, readEmbeddingNetwork } from '../media/embedding-weights.ts';
import type { FoundFace } from '../media/find-faces.ts';

/** A face as far as it matters here. */
export type EmbeddedFace = Pick<FoundFace, 'box' | 'landmarks' | 'foundAtRotation'>;

export type FaceEmbedder = {
  /** Its weights by hash. */
  readonly networkSha256: Sha256;
  /** 128 numbers of each face of a picture. Throws COMPUTE_FAILED where they are no numbers. */
  embed(image: RgbImage, faces: readonly EmbeddedFace[]): Promise<Float32Array[]>;
};

/** Faces run together; bounds memory (45 MB at the widest layer of each). */
const FACES_PER_RUN = 8;
const KEY = 'face embedding';

export function createFaceEmbedder(compute: Pick<Compute, 'load' | 'run'>): FaceEmbedder {
  let loading: Promise<void> | undefined;
  const load = (): Promise<void> => {
    loading ??= compute.load(KEY, readEmbeddingNetwork());
    // What failed once is tried again when it is next asked for.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  let sha256: Sha256 | undefined;
  return {
    get networkSha256() {
      sha256 ??= embeddingNetworkSha256();
      return sha256;
    },
    async embed(image, faces) {
      await load();
      const upright = createUprighter(image);
      const found: Float32Array[] = [];
      for (let at = 0; at < faces.length; at += FACES_PER_RUN) {
        const some = faces.slice(at, at + FACES_PER_RUN);
        const x = embeddingInput(some.map(upright));
        const outputs = await compute.run(KEY, { x: { dtype: 'float32', shape: x.shape, data: x.data } });
        const numbers = outputs.embedding!.data as Float32Array;
        if (!numbers.every(Number.isFinite))
          throw new RecceError('COMPUTE_FAILED', 'Face embedding', 'it is no numbers.');
        for (const i of some.keys()) found.push(numbers.slice(i * EMBEDDING_LENGTH, (i + 1) * EMBEDDING_LENGTH));
      }
      return found;
    },
  };
}
