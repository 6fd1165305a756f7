// Photographs of formats that the tests' own tools do not write, put together byte by byte, and
// those the ffmpeg program writes. Tests only.

/**
 * A Photoshop file of one merged picture, planes one after the other (Adobe's file format
 * specification). `rgb`: 3 bytes a pixel.
 */
export function photoshopFile(widthPx: number, heightPx: number, rgb: Uint8Array): Buffer {
  const head = Buffer.alloc(26);
  head.write('8BPS', 0, 'latin1');
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(3, 12);
  head.writeUInt32BE(heightPx, 14);
  head.writeUInt32BE(widthPx, 18);
  head.writeUInt16BE(8, 22);
  head.writeUInt16BE(3, 24);
  const planes = [0, 1, 2].map((c) => Buffer.from(rgb.filter((_, i) => i % 3 === c)));
  return Buffer.concat([head, Buffer.alloc(12), Buffer.from([0, 0]), ...planes]);
}

/** A QOI file that codes every pixel by itself (the format's specification, QOI_OP_RGB). */
export function qoiFile(widthPx: number, heightPx: number, rgb: Uint8Array): Buffer {
  const head = Buffer.alloc(14);
  head.write('qoif', 0, 'latin1');
  head.writeUInt32BE(widthPx, 4);
  head.writeUInt32BE(heightPx, 8);
  head[12] = 3;
  const pixels = Buffer.alloc(widthPx * heightPx * 4, 0xfe);
  for (let i = 0; i < widthPx * heightPx; i++) pixels.set(rgb.subarray(i * 3, i * 3 + 3), i * 4 + 1);
  return Buffer.concat([head, pixels, Buffer.from([0, 0, 0, 0, 0, 0, 0, 1])]);
}

/** A Windows icon of pictures (PNG files) by their side, at most 128 px. */
export function iconFile(pictures: readonly { sidePx: number; png: Uint8Array }[]): Buffer {
  let from = 6 + 16 * pictures.length;
  const entries = pictures.map(({ sidePx, png }) => {
    const entry = Buffer.from([sidePx, sidePx, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(from, 12);
    from += png.length;
    return entry;
  });
  return Buffer.concat([Buffer.from([0, 0, 1, 0, pictures.length, 0]), ...entries, ...pictures.map(({ png }) => png)]);
}

/**
 * Name, media type, what the ffmpeg program is told, and the mean difference of a picture of strong
 * colours that its coding may make.
 */
export const STILL_FORMATS: readonly (readonly [string, string, readonly string[], number])[] = [
  ['a.bmp', 'image/bmp', ['-pix_fmt', 'bgr24'], 1],
  ['b.bmp', 'image/bmp', ['-pix_fmt', 'rgb565le'], 6],
  ['c.bmp', 'image/bmp', ['-pix_fmt', 'bgra'], 1],
  ['d.bmp', 'image/bmp', ['-pix_fmt', 'pal8'], 40],
  ['e.jp2', 'image/jp2', ['-c:v', 'jpeg2000', '-pix_fmt', 'rgb24'], 12],
  ['f.j2k', 'image/jp2', ['-c:v', 'jpeg2000', '-pix_fmt', 'yuv444p'], 14],
  ['g.jxl', 'image/jxl', ['-c:v', 'libjxl'], 12],
  ['h.ppm', 'image/x-portable-pixmap', [], 1],
  ['i.pgm', 'image/x-portable-graymap', ['-pix_fmt', 'gray16be'], 255],
  ['j.pcx', 'image/x-pcx', ['-pix_fmt', 'rgb24'], 1],
  ['k.sgi', 'image/x-sgi', ['-pix_fmt', 'rgb24'], 1],
];
