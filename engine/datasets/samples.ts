// What training asks of a data set: how many faces, and each of them as pixels with its label. The
// loaders, the forgeries made on the fly and the augmentation implement it; the training job reads
// it. Engine process.

/** One face, cut, augmented and scaled to the network's input. */
export type Sample = {
  /** 8-bit RGB, row by row, R G B interleaved: inputPx * inputPx * 3 bytes. */
  readonly pixels: Uint8Array;
  /** 1 = forged, 0 = genuine. */
  readonly label: 0 | 1;
  /** Which video or person the face is from: what a split may not separate. */
  readonly source: string;
};

/**
 * A data set in an order of its own. All chance (augmentation, partners of a forgery) is derived
 * from the source's seed, `epoch` and `index`, never from what was asked before: a run that is
 * stopped and resumed asks only for what it still needs. The shuffling is the trainer's.
 */
export type SampleSource = {
  readonly count: number;
  /**
   * So many samples in a row belong together (a genuine face and its forgery) and stay in one batch
   * when its size allows: their difference is then what a step learns from. 1 when absent; divides
   * `count`.
   */
  readonly group?: number;
  /** `epoch` counts from 0; `index` is in 0..count-1. */
  sample(epoch: number, index: number): Promise<Sample>;
};
