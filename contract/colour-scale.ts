// The one colour scale of the difference map, so that the grid, the inspector and the PDF show the
// same thing. The map itself is stored as 8-bit grey; colour is only its clothing.

/**
 * Difference d = mean over R, G, B of |x - reconstruction| / 2 with both in [-1, 1], so 0..1 of the
 * full pixel range. Stored as round(255 * min(1, d / DIFFERENCE_FULL_SCALE)): one grey step is
 * DIFFERENCE_FULL_SCALE / 255.
 */
export const DIFFERENCE_FULL_SCALE = 0.5;

/**
 * Anchor colours from dark (0) to light (full scale), luminance rising evenly, readable with every
 * colour vision.
 */
const ANCHORS: readonly (readonly [number, number, number])[] = [
  [0, 0, 8],
  [32, 12, 74],
  [81, 18, 124],
  [130, 37, 129],
  [181, 54, 122],
  [229, 80, 100],
  [251, 135, 97],
  [254, 194, 135],
  [252, 253, 191],
];

/** 256 colours as 768 bytes R, G, B: what grey value v of a difference map is painted as. */
export const DIFFERENCE_COLOURS: Uint8Array = Uint8Array.from({ length: 768 }, (_, i) => {
  const position = (Math.floor(i / 3) / 255) * (ANCHORS.length - 1);
  const below = Math.min(Math.floor(position), ANCHORS.length - 2);
  const channel = i % 3;
  const from = ANCHORS[below]![channel]!;
  const to = ANCHORS[below + 1]![channel]!;
  return Math.round(from + (to - from) * (position - below));
});

/**
 * Grey value 0..255 of a difference map as the difference it stands for, 0..DIFFERENCE_FULL_SCALE.
 */
export const differenceFromGrey = (grey: number): number => (grey / 255) * DIFFERENCE_FULL_SCALE;

/**
 * Difference 0..1 as the grey value stored for it; differences above full scale saturate at 255.
 */
export const greyFromDifference = (difference: number): number =>
  Math.round(255 * Math.min(1, Math.max(0, difference) / DIFFERENCE_FULL_SCALE));
