// What all detectors of DeepfakeBench (Yan et al., NeurIPS 2023) have in common: how that benchmark
// feeds its networks, and under which terms it publishes their weights. Source:
// SCLBD/DeepfakeBench (training/config/detector, training/dataset/abstract_dataset.py).
import type { FamilyGeometry } from './family.ts';

export const DEEPFAKEBENCH_LICENCE = 'CC BY-NC 4.0 as published by DeepfakeBench: not for commercial use';

export const deepfakeBenchGeometry = (inputPx: number): FamilyGeometry => ({
  inputPx,
  cropRecipe: 'aligned-1.3',
  interpolation: 'area-bilinear',
  mean: 0.5,
  std: 0.5,
  channelOrder: 'RGB',
});

/** Side of the square that its convolutional networks are fed, pixels. */
export const DEEPFAKEBENCH_PX = 256;
