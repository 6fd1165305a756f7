// Reading the face networks: boxes against their priors, overlapping ones merged, landmark points
// back in picture pixels.
import type { Region } from '../image/resample.ts';
import { landmarkPlacement, type View } from './finder-input.ts';
import { LANDMARK_INPUT_PX } from './landmarks.ts';
import { FINDER_INPUT_PX } from './ssd-mobilenet.ts';

/** A box in picture pixels with the network's confidence, 0..1. */
export type Candidate = { box: Region; score: number };

/**
 * Variances the encodings were trained with: centres in tenths, sizes in fifths of the prior
 * (TensorFlow's object detection API).
 */
const CENTRE_VARIANCE = 10;
const SIZE_VARIANCE = 5;

/**
 * Boxes of one view whose score is at least `minimumScore`. `at` is the view's index in the batch.
 */
export function readCandidates(
  outputs: { encodings: Float32Array; scores: Float32Array },
  priors: Float32Array,
  at: number,
  view: View,
  minimumScore: number,
): Candidate[] {
  const count = priors.length / 4;
  const found: Candidate[] = [];
  for (let i = 0; i < count; i++) {
    const score = outputs.scores[at * count + i]!;
    if (score >= minimumScore)
      found.push({ score, box: decodeBox(outputs.encodings, (at * count + i) * 4, priors, i * 4, view) });
  }
  return found;
}

function decodeBox(encodings: Float32Array, at: number, priors: Float32Array, prior: number, view: View): Region {
  const height = priors[prior + 2]! - priors[prior]!;
  const width = priors[prior + 3]! - priors[prior + 1]!;
  const centreY = priors[prior]! + height / 2 + (encodings[at]! / CENTRE_VARIANCE) * height;
  const centreX = priors[prior + 1]! + width / 2 + (encodings[at + 1]! / CENTRE_VARIANCE) * width;
  const boxHeight = Math.exp(encodings[at + 2]! / SIZE_VARIANCE) * height;
  const boxWidth = Math.exp(encodings[at + 3]! / SIZE_VARIANCE) * width;
  const scale = FINDER_INPUT_PX * view.pixelsPerInput;
  const { region } = view;
  const left = Math.max(0, centreX - boxWidth / 2) * scale;
  const top = Math.max(0, centreY - boxHeight / 2) * scale;
  const right = Math.min(region.width, (centreX + boxWidth / 2) * scale);
  const bottom = Math.min(region.height, (centreY + boxHeight / 2) * scale);
  return { x: region.x + left, y: region.y + top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** Intersection over union, and over the smaller of the two. */
export function overlap(a: Region, b: Region): { union: number; smaller: number } {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  const [areaA, areaB] = [a.width * a.height, b.width * b.height];
  return { union: shared / (areaA + areaB - shared || 1), smaller: shared / (Math.min(areaA, areaB) || 1) };
}

/**
 * Non-maximum suppression: of boxes that overlap, the surest stays. A box mostly inside another
 * also goes: a tile sees part of a face that the full view sees whole. Ties keep the earlier
 * candidate, so the result does not depend on sorting.
 */
export function mergeCandidates(
  candidates: readonly Candidate[],
  maximumUnion = 0.45,
  maximumSmaller = 0.7,
): Candidate[] {
  const order = candidates
    .map((one, index) => ({ one, index }))
    .sort((a, b) => b.one.score - a.one.score || a.index - b.index);
  const kept: Candidate[] = [];
  for (const { one } of order) {
    const hidden = kept.some((other) => {
      const { union, smaller } = overlap(one.box, other.box);
      return union > maximumUnion || smaller > maximumSmaller;
    });
    if (!hidden) kept.push(one);
  }
  return kept;
}

/** 68 points of face `i` in picture pixels. */
export function readLandmarks(points: Float32Array, i: number, box: Region): { x: number; y: number }[] {
  const { width, height, left, top } = landmarkPlacement(box);
  return Array.from({ length: 68 }, (_, k) => ({
    x: box.x + ((points[i * 136 + 2 * k]! * LANDMARK_INPUT_PX - left) / width) * box.width,
    y: box.y + ((points[i * 136 + 2 * k + 1]! * LANDMARK_INPUT_PX - top) / height) * box.height,
  }));
}
