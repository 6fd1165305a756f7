// How a file asks to be shown: the 3 x 3 display matrix of ISO/IEC 14496-12 (8.3.2), as quarter
// turns and a mirror. Pure.
import type { Orientation } from './frame-pixels.ts';

const UPRIGHT: Orientation = { rotationDegrees: 0, mirrored: false };

/** Below a hundredth of the largest it is what a program's arithmetic left of nothing. */
const NOTHING = 0.01;

/** a, b, c, d of the matrix, the largest of them 1; undefined where there is none, or it is all nothing. */
function partsOf(sideData: Uint8Array | null): [number, number, number, number] | undefined {
  if (!sideData || sideData.length < 36) return undefined;
  const view = new DataView(sideData.buffer, sideData.byteOffset, 36);
  const parts = [0, 1, 3, 4].map((i) => view.getInt32(i * 4, true)) as [number, number, number, number];
  const largest = Math.max(...parts.map(Math.abs));
  if (largest === 0) return undefined;
  return parts.map((part) => (Math.abs(part) < NOTHING * largest ? 0 : part / largest)) as typeof parts;
}

/** The quarter turn and mirror that it is; undefined where it is another. */
function quarterTurnFrom([a, b, c, d]: readonly [number, number, number, number]): Orientation | undefined {
  const mirrored = a * d - b * c < 0;
  // A mirror left to right after the turn changes the sign of the x row.
  const [turnA, turnC] = [a, c].map((x) => (mirrored ? -Math.sign(x) : Math.sign(x)));
  const [signB, signD] = [Math.sign(b), Math.sign(d)];
  const turn = QUARTERS.find(([x, y]) => x === turnA && y === turnC && signB === -y && signD === x);
  return turn && { rotationDegrees: turn[2], mirrored };
}

const QUARTERS = [
  [1, 0, 0],
  [0, -1, 90],
  [-1, 0, 180],
  [0, 1, 270],
] as const;

/**
 * Reads nine 32-bit numbers (native order, 16.16 in the first two columns). The matrix takes (x, y)
 * to (a x + c y, b x + d y), y downwards. Anything but quarter turns and mirrors counts as upright:
 * see turnNotApplied.
 */
export function orientationFrom(sideData: Uint8Array | null): Orientation {
  const parts = partsOf(sideData);
  return (parts && quarterTurnFrom(parts)) ?? UPRIGHT;
}

/**
 * By how many degrees clockwise, to a tenth, a file asks to be turned where that is no quarter turn,
 * and is not done: players that do it show another picture. Undefined where there is nothing such.
 */
export function turnNotApplied(sideData: Uint8Array | null): number | undefined {
  const parts = partsOf(sideData);
  if (!parts || quarterTurnFrom(parts)) return undefined;
  const degrees = (Math.atan2(parts[1], parts[0]) * 180) / Math.PI;
  return Math.round(((degrees + 360) % 360) * 10) / 10;
}
