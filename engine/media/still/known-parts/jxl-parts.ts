// What of a JPEG XL file is not known here (ISO/IEC 18181-2): how its code stream lies in boxes. An unknown
// box, and what follows it, is told of as lying behind the picture (boxed-end.ts); an animation and a profile
// by who decodes it. Pure.
import { topBoxes } from '../../heif/boxes.ts';

const BOXES = /^(JXL |ftyp|jxll|jxli|jxlc|jxlp|Exif|xml |jumb|brob|jbrd|free)$/;
const ONCE = /^(JXL |ftyp|jxll|jxlc)$/;

/** Names of parts; empty where all is known. */
export function unknownInJxl(bytes: Uint8Array): string[] {
  if (bytes[0] === 0xff) return [];
  const found: string[] = [];
  const seen = new Set<string>();
  let parts = 0;
  for (const { type, from } of topBoxes(bytes)) {
    if (!BOXES.test(type) || (ONCE.test(type) && seen.has(type))) break;
    if (type === 'jxlc' && seen.has('jxlp')) found.push('JPEG XL code stream whole and in parts');
    if (type === 'jxlp') {
      const number = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(from) & 0x7fffffff;
      if (number !== parts++ || seen.has('jxlc')) found.push('JPEG XL parts out of their order');
    }
    seen.add(type);
  }
  return found;
}
