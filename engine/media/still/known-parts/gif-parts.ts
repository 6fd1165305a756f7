// What of a GIF is not known here (GIF89a; applications' extensions as programs write them). Pictures behind
// the first are named by who decodes it. Pure.
import { gifBlocks, tableBytes } from '../gif-blocks.ts';
import { printable } from './printable.ts';

const [CONTROL, COMMENT, APPLICATION] = [0xf9, 0xfe, 0xff] as const;
const NAMES: Readonly<Record<number, string>> = { 1: 'plain text' };
/** Of how often to play, metadata, profiles, notes. */
const APPLICATIONS =
  /^(NETSCAPE2\.0|ANIMEXTS1\.0|XMP DataXMP|ICCRGBG1012|ImageMagick|MGK8BIM0000|MGKIPTC0000|fractint|ADOBE:IR1\.0|C2PA_GIF)/;

/** Names of parts; empty where all is known. */
export function unknownInGif(bytes: Uint8Array): string[] {
  const found: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  let controls = 0;
  for (const { kind, at, label, first } of gifBlocks(bytes)) {
    if (kind === 'other') found.push(`GIF block ${label}`);
    if (kind === 'extension') {
      const application = Buffer.from(first.subarray(0, 11)).toString('latin1');
      if (label === CONTROL) {
        controls += 1;
        if (first.length !== 4 || ((first[0]! >> 2) & 7) > 3) found.push('GIF control of another kind');
      } else if (label === APPLICATION && !APPLICATIONS.test(application))
        found.push(`GIF application ${printable(application)}`);
      else if (label !== APPLICATION && label !== COMMENT) found.push(`GIF extension ${NAMES[label] ?? label}`);
    }
    if (kind === 'picture') {
      if (controls > 1) found.push('GIF control, twice');
      controls = 0;
      // Without colours of its own programs take those they like.
      if (tableBytes(bytes[at + 9] ?? 0) === 0 && tableBytes(bytes[10] ?? 0) === 0) found.push('GIF without colours');
      const [x, y, w, h] = [1, 3, 5, 7].map((next) => view.getUint16(at + next, true)) as [
        number,
        number,
        number,
        number,
      ];
      if (x + w > width || y + h > height) found.push('GIF picture beyond its screen');
    }
  }
  return found;
}
