// What the weights cannot tell: how the pictures were cut, resized and scaled. The network is fully
// convolutional, so a wrong size runs without complaint and scores wrongly; it is bound to the
// model instead. Source of the defaults: the published configurations of VISION-SJTU/RECCE (299 px)
// and SCLBD/DeepfakeBench (256 px).
import type { Layout } from './recce-checkpoint.ts';

/** How faces must be fed to a model. */
export type Geometry = {
  inputPx: number;
  cropRecipe: string;
  interpolation: string;
  mean: number;
  std: number;
  channelOrder: 'RGB';
};

/**
 * The usual geometry of a layout: a hint for whoever declares it, and what is assumed of crop and
 * interpolation where nothing is.
 */
export function geometryFromLayout(layout: Layout): Geometry {
  const common = { mean: 0.5, std: 0.5, channelOrder: 'RGB' as const };
  return layout === 'deepfakebench'
    ? { ...common, inputPx: 256, cropRecipe: 'aligned-1.3', interpolation: 'area-bilinear' }
    : { ...common, inputPx: 299, cropRecipe: 'square-1.3', interpolation: 'area-bilinear' };
}

/**
 * The licence a layout's published weights come under, for the passport; the importer may know
 * better.
 */
export const licenceFromLayout = (layout: Layout): string =>
  layout === 'deepfakebench'
    ? 'CC BY-NC 4.0 as published by DeepfakeBench: not for commercial use'
    : 'Not stated in the file. The original code is MIT; the licence of the weights is that of whoever published them';
