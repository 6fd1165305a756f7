// Stored pictures as they go on paper: JPEG, whose error at these qualities is below what a printed
// or shown page tells apart. The exact pictures stay in the case under their hashes.
import sharp from 'sharp';

/** Quality of crop and reconstruction; every colour sample is kept. */
const COLOUR_QUALITY = 88;
/**
 * Of the difference map, whose values are read off a scale: a ramp of all 256 stays within 3 of
 * them.
 */
const GREY_QUALITY = 92;

/** A picture in colours as JPEG. */
export const printedColours = (picture: Uint8Array): Promise<Uint8Array> =>
  sharp(picture)
    .flatten({ background: '#fff' })
    .jpeg({ quality: COLOUR_QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer();

/** A grey map as JPEG of one channel. */
export const printedGreys = (map: Uint8Array): Promise<Uint8Array> =>
  sharp(map).toColourspace('b-w').jpeg({ quality: GREY_QUALITY }).toBuffer();
