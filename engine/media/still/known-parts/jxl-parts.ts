// What of a JPEG XL file is not known here (ISO/IEC 18181-2): how its code stream lies in boxes, and what that
// has beside the picture. An unknown box, and what follows it, is told of as lying behind the picture
// (boxed-end.ts); an animation and a profile by who decodes it. Pure.
import { topBoxes } from '../../heif/boxes.ts';
import { jxlHead } from './jxl-head.ts';

const BOXES = /^(JXL |ftyp|jxll|jxli|jxlc|jxlp|Exif|xml |jumb|brob|jbrd|free)$/;
const ONCE = /^(JXL |ftyp|jxll|jxlc)$/;
/** Opacity, and colours that are drawn here as others do. */
const KNOWN_CHANNELS = [0, 2];

/** Names of parts; empty where all is known. */
export function unknownInJxl(bytes: Uint8Array): string[] {
  if (bytes[0] === 0xff) return unknownInHead(bytes);
  const found: string[] = [];
  const seen = new Set<string>();
  const parts: Uint8Array[] = [];
  for (const { type, from, to } of topBoxes(bytes)) {
    if (!BOXES.test(type) || (ONCE.test(type) && seen.has(type))) break;
    if (type === 'jxlc' && seen.has('jxlp')) found.push('JPEG XL code stream whole and in parts');
    if (type === 'jxlc') parts.push(bytes.subarray(from, to));
    if (type === 'jxlp') {
      const number = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(from) & 0x7fffffff;
      if (number !== parts.length || seen.has('jxlc')) found.push('JPEG XL parts out of their order');
      parts.push(bytes.subarray(from + 4, to));
    }
    seen.add(type);
  }
  return [...found, ...unknownInHead(Buffer.concat(parts))];
}

function unknownInHead(codestream: Uint8Array): string[] {
  const { hasPreview, channels } = jxlHead(codestream);
  const unknown = channels
    .filter((kind) => !KNOWN_CHANNELS.includes(kind))
    .map((kind) => `JPEG XL channel of kind ${kind}`);
  return hasPreview ? ['JPEG XL preview'] : unknown;
}
