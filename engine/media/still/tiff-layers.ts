// Layers that Photoshop keeps in a TIFF beside the merged picture (its tag ImageSourceData): programs that
// know them show those. Pure.
import type { Remark } from '../../../contract/remark.ts';
import { tiffEntry } from './tiff-directories.ts';

const IMAGE_SOURCE_DATA = 37724;
/** Blocks of layers of 8, 16 and 32 bits, in files of either order; behind them a length, and how many there are. */
const BLOCKS = [...['8BIMLayr', '8BIMLr16', '8BIMLr32'], ...['MIB8ryaL', 'MIB861rL', 'MIB823rL']];

/** Of the first picture. */
export function layersOfTiff(bytes: Uint8Array): Remark[] {
  const entry = tiffEntry(bytes, IMAGE_SOURCE_DATA);
  if (!entry) return [];
  const data = Buffer.from(entry.bytes.buffer, entry.bytes.byteOffset, entry.bytes.byteLength);
  // Wherever the letters stand: what lies in a block of another kind may look like one without layers.
  const hasLayers = BLOCKS.some((block) => {
    for (let at = data.indexOf(block, 0, 'latin1'); at >= 0; at = data.indexOf(block, at + 1, 'latin1')) {
      const count = at + block.length + 4;
      // A count below zero says that the first layer is the opacity of all.
      if (count + 2 <= data.length && data.readInt16LE(count) !== 0) return true;
    }
    return false;
  });
  return hasLayers ? [{ kind: 'layers' }] : [];
}
