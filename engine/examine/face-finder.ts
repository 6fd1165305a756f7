// The face finder's networks in the compute process, loaded once.
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { Compute } from '../compute/compute.ts';
import {
  type FoundFace,
  faceInBox,
  findFaces,
  type Look,
  MINIMUM_FINDER_SCORE,
  type RunFinder,
} from '../media/find-faces.ts';
import { type FinderModel, readFinderModel } from '../media/finder-weights.ts';

export type FaceFinder = {
  /** Loads the networks with the first call. */
  model(): Promise<FinderModel>;
  /** Every face of a picture; `turned` looks at the picture turned by quarters as well. */
  find(image: RgbImage, look: Look): Promise<FoundFace[]>;
  /** The face of a picture that was cut to it. */
  faceOfCrop(image: RgbImage): Promise<FoundFace>;
};

export function createFaceFinder(compute: Compute): FaceFinder {
  let loading: Promise<FinderModel> | undefined;

  const load = async (): Promise<FinderModel> => {
    const finder = readFinderModel();
    await compute.load('boxes', finder.boxes);
    await compute.load('landmarks', finder.landmarks);
    return finder;
  };
  const model = (): Promise<FinderModel> => {
    loading ??= load();
    // What failed once (the process died, the system was out of memory) is tried again when it is
    // next asked for.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };

  const run: RunFinder = async (network, input) => {
    const outputs = await compute.run(network, { x: { dtype: 'float32', shape: input.shape, data: input.data } });
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  };

  return {
    model,
    async find(image, own) {
      const { priors } = await model();
      return findFaces(image, run, { priors, minimumScore: MINIMUM_FINDER_SCORE, ...own });
    },
    async faceOfCrop(image) {
      await model();
      return faceInBox(image, { x: 0, y: 0, width: image.widthPx, height: image.heightPx }, run);
    },
  };
}
