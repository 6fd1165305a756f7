// Whether a part of a picture was never decoded. Runs in the decode process.
import type { CanvasPlane, SampleCanvas } from './sample-canvas.ts';

/**
 * Side of the blocks that are looked at; the smallest that is decoded as one has 16, and the filter
 * at its border reaches 3 into it.
 */
const HOLE_PX = 8;

/**
 * [Note: a hole is zero] A coded picture that was cut short inside decodes without an error: where
 * nothing came, the decoder's memory stays zero in luma and in both planes of chroma. As a colour
 * that is a green beyond any gamut: no camera or encoder writes it over 8 x 8 pixels, so such a
 * block is a hole. Of grey pictures and of planes of red, green and blue, where zero is black, it
 * cannot be told.
 */
export function hasUndecodedBlock({
  planes,
  widthPx,
  heightPx,
  log2ChromaWidth,
  log2ChromaHeight,
}: SampleCanvas): boolean {
  const [luma, cb, cr] = planes;
  if (!luma || !cb || !cr) return false;
  const isZero = (plane: CanvasPlane, x: number, y: number, width: number, height: number): boolean => {
    for (let row = y; row < y + height; row++)
      for (let at = row * plane.widthPx + x; at < row * plane.widthPx + x + width; at++)
        if (plane.samples[at] !== 0) return false;
    return true;
  };
  for (let y = 0; y + HOLE_PX <= heightPx; y += HOLE_PX)
    for (let x = 0; x + HOLE_PX <= widthPx; x += HOLE_PX) {
      if (!isZero(luma, x, y, HOLE_PX, HOLE_PX)) continue;
      const chroma = [
        x >> log2ChromaWidth,
        y >> log2ChromaHeight,
        HOLE_PX >> log2ChromaWidth,
        HOLE_PX >> log2ChromaHeight,
      ] as const;
      if (isZero(cb, ...chroma) && isZero(cr, ...chroma)) return true;
    }
  return false;
}
