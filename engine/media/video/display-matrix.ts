// How a file asks to be shown: the 3 x 3 display matrix of ISO/IEC 14496-12 (8.3.2), as quarter
// turns and a mirror. Pure.
import type { Orientation } from './frame-pixels.ts';

const UPRIGHT: Orientation = { rotationDegrees: 0, mirrored: false };

/**
 * Reads nine 32-bit numbers (native order, 16.16 in the first two columns). The matrix takes (x, y)
 * to (a x + c y, b x + d y), y downwards. Anything but quarter turns and mirrors counts as upright.
 */
export function orientationFrom(sideData: Uint8Array | null): Orientation {
  if (!sideData || sideData.length < 36) return UPRIGHT;
  const view = new DataView(sideData.buffer, sideData.byteOffset, 36);
  const [a, b, c, d] = [0, 1, 3, 4].map((i) => Math.sign(view.getInt32(i * 4, true))) as [
    number,
    number,
    number,
    number,
  ];
  const mirrored = a * d - b * c < 0;
  // A mirror left to right after the turn changes the sign of the x row.
  const [turnA, turnC] = mirrored ? [-a, -c] : [a, c];
  const turn = [
    [1, 0, 0],
    [0, -1, 90],
    [-1, 0, 180],
    [0, 1, 270],
  ].find(([x, y]) => x === turnA && y === turnC);
  return { rotationDegrees: (turn?.[2] ?? 0) as Orientation['rotationDegrees'], mirrored: turn ? mirrored : false };
}
