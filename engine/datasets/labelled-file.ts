// A file of a labelled set as its layout describes it: what every loader gives and extraction,
// training and validation take.
import type { Split } from './split.ts';

export type LabelledFile = {
  /** Absolute path of a still or a video. */
  path: string;
  /** Below the set's folder, with `/`. */
  relativePath: string;
  /** 1 = forged. */
  label: 0 | 1;
  /** Video or person that no split may part; genuine and forged of the same origin share it. */
  source: string;
  split: Split;
  /** What the set says of the file: { forgery: 'Deepfakes', compression: 'c23' }. */
  strata: Readonly<Record<string, string>>;
};

/** Files of a set, and what was passed over or must be known, in sentences. */
export type LabelledSet = { layout: string; files: LabelledFile[]; remarks: string[] };

const STILL = /\.(jpe?g|png|webp|bmp|tiff?|avif|hei[cf])$/i;
const VIDEO = /\.(mp4|mov|avi|mkv|webm|m4v)$/i;
export const isVideo = (name: string): boolean => VIDEO.test(name);
export const isMedia = (name: string): boolean => STILL.test(name) || VIDEO.test(name);
/** The name without its ending. */
export const stemOf = (name: string): string => name.replace(/\.[^.]+$/, '');
