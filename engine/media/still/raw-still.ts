// The picture inside a raw photograph.
import { rotateQuarter } from '../../../models/image/rgb-image.ts';
import { type DecodedStill, unreadable, withLeftOut } from './decoded-still.ts';
import { decodeByLibvips } from './libvips-still.ts';
import type { InnerPicture, RawPhotograph } from './raw-photograph.ts';

/** The largest picture inside a raw photograph that can be read, named as what it is. */
export async function decodeRaw(
  bytes: Uint8Array,
  { pictures, sensor, orientation }: RawPhotograph,
): Promise<DecodedStill> {
  for (const one of pictures) {
    const read = await decodeInner(bytes, one);
    if (read.kind !== 'decoded') continue;
    const upright = read.remarks.some(({ kind }) => kind === 'turnedByExif') ? 1 : orientation;
    const turned = orientated(read, upright);
    const coding = one.kind === 'jpeg' ? 'jpeg' : 'tiff';
    const picture = { coding, widthPx: one.widthPx, heightPx: one.heightPx } as const;
    return withLeftOut(turned, [{ kind: 'rawPhotograph', sensor: sensor ?? null, picture }]);
  }
  return unreadable('codecMissing', { kind: 'rawWithoutPicture' });
}

async function decodeInner(bytes: Uint8Array, one: InnerPicture): Promise<DecodedStill> {
  if (one.kind === 'jpeg') return decodeByLibvips(one.bytes);
  return decodeByLibvips(bytes, { page: one.page, ...(one.sub === undefined ? {} : { subifd: one.sub }) });
}

/**
 * Turned by an EXIF orientation that the picture itself does not state. Mirrored ones no camera
 * writes.
 */
function orientated(still: Extract<DecodedStill, { kind: 'decoded' }>, orientation: number): DecodedStill {
  const turn = ({ 3: 180, 6: 90, 8: 270 } as const)[orientation];
  if (!turn) return still;
  const { widthPx, heightPx, data } = rotateQuarter(still, turn);
  return {
    ...still,
    widthPx,
    heightPx,
    data,
    remarks: [{ kind: 'turnedByExif', orientation }, ...still.remarks],
  };
}
