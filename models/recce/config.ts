// Which RECCE: how wide, how many classes, which input size. Everything else about the network is
// fixed by the paper's code.

/**
 * `width` 1 is the paper's network. `inputPx` is not visible in the weights: the network is fully
 * convolutional.
 */
export type RecceConfig = {
  readonly width: number;
  readonly numClasses: 1 | 2;
  readonly inputPx: number;
};

/** The published network: 299 px, one logit. */
export const PAPER_CONFIG: RecceConfig = { width: 1, numClasses: 1, inputPx: 299 };

/** Channel count `c` of the paper at another width: the nearest multiple of 8, at least 8. */
export const channels = (c: number, width: number): number =>
  width === 1 ? c : Math.max(8, Math.round((c * width) / 8) * 8);

/**
 * Side of the encoder's feature map (after block4) for an input side; three strided stages and two
 * unpadded convolutions.
 */
export function featureSide(inputPx: number): number {
  const conv1 = Math.floor((inputPx - 3) / 2) + 1;
  const strided = (side: number) => Math.floor((side - 1) / 2) + 1;
  return strided(strided(strided(conv1 - 2)));
}
