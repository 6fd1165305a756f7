// Whether the whole structure of a photograph's file is known here: all of it is read and applied,
// changes nothing that is shown, or is named by other code. What is not known is named, since another
// program may make another picture of it. [Note: known parts] in decision 002 says why. Decodes nothing.
// Pure.
import type { Remark } from '../../../../contract/remark.ts';
import { unknownInHeif } from './heif-parts.ts';
import { unknownInJpeg } from './jpeg-parts.ts';
import { unknownInPng } from './png-parts.ts';
import { unknownInTiff } from './tiff-parts.ts';

const TABLES: Readonly<Record<string, (bytes: Uint8Array) => string[]>> = {
  'image/jpeg': unknownInJpeg,
  'image/png': unknownInPng,
  'image/avif': unknownInHeif,
  'image/heic': unknownInHeif,
  'image/heif': unknownInHeif,
  'image/tiff': unknownInTiff,
};

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
