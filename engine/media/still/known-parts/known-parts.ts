// Whether the whole structure of a photograph's file is known here: all of it is read and applied,
// changes nothing that is shown, or is named by other code. What is not known is named, since another
// program may make another picture of it. [Note: known parts] in decision 002 says why. Decodes nothing.
// Pure.
import type { Remark } from '../../../../contract/remark.ts';
import { largestOfIcon } from '../icon.ts';
import { unknownInBmp } from './bmp-parts.ts';
import { unknownInGif } from './gif-parts.ts';
import { unknownInHeif } from './heif-parts.ts';
import { unknownInJp2 } from './jp2-parts.ts';
import { unknownInJpeg } from './jpeg-parts.ts';
import { unknownInJxl } from './jxl-parts.ts';
import { unknownInPcx, unknownInPortableMap, unknownInQoi, unknownInSgi } from './plain-parts.ts';
import { unknownInPng } from './png-parts.ts';
import { unknownInTiff } from './tiff-parts.ts';
import { unknownInWebp } from './webp-parts.ts';

/** Of a Photoshop file and a raw photograph other remarks say that not all is looked at, whatever they hold. */
const TABLES: Readonly<Record<string, (bytes: Uint8Array) => string[]>> = {
  'image/jpeg': unknownInJpeg,
  'image/png': unknownInPng,
  'image/gif': unknownInGif,
  'image/webp': unknownInWebp,
  'image/avif': unknownInHeif,
  'image/heic': unknownInHeif,
  'image/heif': unknownInHeif,
  'image/tiff': unknownInTiff,
  'image/bmp': unknownInBmp,
  'image/jp2': unknownInJp2,
  'image/jxl': unknownInJxl,
  'image/vnd.microsoft.icon': unknownInIcon,
  'image/qoi': unknownInQoi,
  'image/x-pcx': unknownInPcx,
  'image/x-sgi': unknownInSgi,
  'image/x-portable-bitmap': unknownInPortableMap,
  'image/x-portable-graymap': unknownInPortableMap,
  'image/x-portable-pixmap': unknownInPortableMap,
  'image/x-portable-arbitrarymap': unknownInPortableMap,
};

/** Of its largest picture; that it has others is said. */
function unknownInIcon(bytes: Uint8Array): string[] {
  const largest = largestOfIcon(bytes);
  if (!largest) return ['icon of another kind'];
  return (largest.mediaType === 'image/png' ? unknownInPng : unknownInBmp)(largest.file);
}

/** Names that are said of one file; there may be thousands. */
const MOST_NAMES = 8;

/** Empty where all is known, or where a format has no table here. */
export function unknownParts(bytes: Uint8Array, mediaType: string): Remark[] {
  const names = [...new Set(namesOf(bytes, mediaType))];
  if (names.length === 0) return [];
  return [{ kind: 'unknownParts', names: names.slice(0, MOST_NAMES), more: Math.max(0, names.length - MOST_NAMES) }];
}

/** What cannot be walked through is not known as a whole. */
function namesOf(bytes: Uint8Array, mediaType: string): string[] {
  try {
    return TABLES[mediaType]?.(bytes) ?? [];
  } catch {
    return ['its structure'];
  }
}
