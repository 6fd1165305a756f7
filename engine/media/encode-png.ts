// Pixels -> PNG, always with the same settings, so that the same pixels give the same file and the
// same hash.
import sharp from 'sharp';

const SETTINGS = { compressionLevel: 6, adaptiveFiltering: false, palette: false } as const;

/** 8-bit RGB, interleaved. */
export const encodeRgbPng = (data: Uint8Array, widthPx: number, heightPx: number): Promise<Uint8Array> =>
  sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .png(SETTINGS)
    .toBuffer();

/** 8-bit grey. */
export const encodeGreyPng = (data: Uint8Array, widthPx: number, heightPx: number): Promise<Uint8Array> =>
  sharp(data, { raw: { width: widthPx, height: heightPx, channels: 1 } })
    .toColourspace('b-w')
    .png(SETTINGS)
    .toBuffer();
