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
import { findInPhotograph } from '../media/find-in-photograph.ts';
import { findStanding } from '../media/find-standing.ts';
import { type FinderModel, readFinderModel } from '../media/finder-weights.ts';
import { FIRST_LOOK_SIZES, type FirstLookSize, type RunFirstLook } from '../media/likely-places.ts';
import { type Photograph, photographOf, pixelsOf } from '../media/photograph.ts';

export type FaceFinder = {
  /** Loads the networks with the first call. */
  model(): Promise<FinderModel>;
  /** Every face of a picture: looked at as `look` says, as photographs are now when absent. */
  find(picture: RgbImage | Photograph, look?: Look): Promise<FoundFace[]>;
  /** The face of a picture that was cut to it. */
  faceOfCrop(image: RgbImage): Promise<FoundFace>;
};

export function createFaceFinder(compute: Pick<Compute, 'load' | 'run'>): FaceFinder {
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

  const loadedSizes = new Map<FirstLookSize, Promise<void>>();
  /** Loaded when the first large photograph needs it. */
  const loadFirstLook = (size: FirstLookSize): Promise<void> => {
    const loaded = loadedSizes.get(size) ?? model().then(({ firstLook }) => compute.load(keyOf(size), firstLook(size)));
    loadedSizes.set(size, loaded);
    loaded.catch(() => loadedSizes.delete(size));
    return loaded;
  };
  const runFirstLook: RunFirstLook = async (size, data, pictures) => {
    await loadFirstLook(size);
    const { width, height } = FIRST_LOOK_SIZES[size];
    const { cells, points } = await compute.run(
      keyOf(size),
      { x: { dtype: 'uint8', shape: [pictures, height, width, 3], data } },
      size === 'close' ? ['cells', 'points'] : ['cells'],
    );
    return { cells: cells!.data as Float32Array, points: (points?.data ?? NO_POINTS) as Float32Array };
  };

  return {
    model,
    async find(picture, look = { by: 'standing' }) {
      const options = { priors: (await model()).priors, minimumScore: MINIMUM_FINDER_SCORE };
      switch (look.by) {
        case 'standing':
          return findStanding(photographOf(picture), { run, runFirstLook, options }, look.up);
        case 'coarseToFine':
          return findInPhotograph(photographOf(picture), run, runFirstLook, options);
        case 'tiles':
          return findFaces(await pixelsOf(picture), run, { ...options, ...look });
      }
    },
    async faceOfCrop(image) {
      await model();
      return faceInBox(image, { x: 0, y: 0, width: image.widthPx, height: image.heightPx }, run);
    },
  };
}

const NO_POINTS = new Float32Array();

const keyOf = (size: FirstLookSize): string => `first look ${size}`;
