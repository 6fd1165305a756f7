// A photograph's pixels in which the boxes of its recorded faces lie.
import type { Evidence } from '../../contract/evidence.ts';
import type { Decoder } from '../media/decoder.ts';

/**
 * Boxes are in the pixels of the size that is recorded: where another is decoded now, an older
 * version looked at the file.
 */
export async function decodeAsShown(
  decoder: Decoder,
  { state: known }: Pick<Evidence, 'state'>,
  bytes: Uint8Array,
): ReturnType<Decoder['decode']> {
  const decoded = await decoder.decode(bytes);
  const isOther = decoded.kind === 'decoded' && known.kind === 'read' && decoded.widthPx !== known.widthPx;
  return isOther ? decoder.decode(bytes, 1) : decoded;
}
