// A JPEG with what its own bytes say of its end and of what lies behind it.
import type { Remark } from '../../../contract/remark.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../sniff.ts';
import { othersBehindJpeg, SMALLEST_PICTURE_BYTES } from './behind-end.ts';
import { besideJpeg } from './beside-jpeg.ts';
import { type DecodedStill, unreadable, withLeftOut, withRemarks } from './decoded-still.ts';
import { type JpegEnding, readJpegEnding } from './jpeg-ending.ts';
import { decodeByLibvips } from './libvips-still.ts';

/** What lies behind the picture in its file, but for further JPEG pictures: beside and between them. */
function leftBehind(bytes: Uint8Array, ending: JpegEnding): Remark[] {
  const { picturesBehind, filmBehind, dataEnd, hasEndMarker } = ending;
  const own = hasEndMarker ? dataEnd + 2 : dataEnd;
  const begins = [own, ...picturesBehind.map(({ to }) => to)];
  const ends = [...picturesBehind.map(({ from }) => from), bytes.length];
  const beside = begins.flatMap((from, i) =>
    othersBehindJpeg(bytes.subarray(from, Math.max(from, ends[i]!))).filter(
      // Where the end marker is missing, what stands there is told of as that.
      ({ kind }) => hasEndMarker || i > 0 || kind !== 'bytesBehind',
    ),
  );
  const once = new Map(beside.map((one) => [JSON.stringify(one), one]));
  return [...(filmBehind ? [{ kind: 'filmBehind' } as const] : []), ...[...once.values()].slice(0, MOST_SAID)];
}

/** Of thousands of pictures with something between them, no more is said. */
const MOST_SAID = 8;

/** What is known of a JPEG before it is decoded; undefined for all else. */
export function jpegOf(bytes: Uint8Array): { ending: JpegEnding; leftOut: Remark[] } | undefined {
  if (mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) !== 'image/jpeg') return undefined;
  const ending = readJpegEnding(bytes);
  return ending && { ending, leftOut: leftBehind(bytes, ending) };
}

/**
 * A JPEG without an end marker is whole where every block of it is there: what is said to end it is
 * put behind its data.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<DecodedStill> {
  const ending = readJpegEnding(bytes);
  if (!ending) return decodeByLibvips(bytes);
  const { hasEndMarker, hasAllScans, dataEnd } = ending;
  const behind = leftBehind(bytes, ending);
  if (hasEndMarker)
    return withUnreadData(withLeftOut(await withPicturesBehind(await decodeByLibvips(bytes), bytes, ending), behind));
  if (!hasAllScans) return unreadable('truncated', { kind: 'scansMissing' });
  const ended = await decodeByLibvips(Buffer.concat([bytes.subarray(0, dataEnd), Buffer.from([0xff, 0xd9])]));
  const read = await withPicturesBehind(ended, bytes, ending);
  // Blocks that are missing show as data that end too soon.
  if (read.kind === 'unreadable' && /premature end/i.test(unreadableWords(read)))
    return unreadable('truncated', read.message);
  const rest = bytes.subarray(dataEnd);
  const missing: Remark[] = [{ kind: 'endMarkerMissing', otherBytes: rest.length }];
  const mayHoldPicture = rest.length > SMALLEST_PICTURE_BYTES && rest.some((byte) => byte !== 0);
  return mayHoldPicture ? withLeftOut(read, [...behind, ...missing]) : withRemarks(withLeftOut(read, behind), missing);
}

async function withPicturesBehind(decoded: DecodedStill, bytes: Uint8Array, ending: JpegEnding): Promise<DecodedStill> {
  if (decoded.kind !== 'decoded') return decoded;
  const { leftOut, held } = await besideJpeg(bytes, ending, decoded, decoded.remarks);
  return withLeftOut(withRemarks(decoded, held), leftOut);
}

/** Coded data that the picture of the size that its head states does not need: of a larger one. */
function withUnreadData(decoded: DecodedStill): DecodedStill {
  if (decoded.kind !== 'decoded') return decoded;
  const said = decoded.remarks.flatMap((one) => (one.kind === 'decoderWarns' ? [one.said] : [])).join();
  const bytes = Math.max(0, ...[...said.matchAll(/(\d+) extraneous bytes/g)].map(([, count]) => Number(count)));
  return bytes < SMALLEST_PICTURE_BYTES ? decoded : withLeftOut(decoded, [{ kind: 'bytesBehind', bytes }]);
}
