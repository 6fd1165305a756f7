// How decoded samples lie in memory, by FFmpeg's name for the layout. What is not in this table is
// refused by name rather than converted by arithmetic that differs between processors.

/** Planar or semi-planar luma and chroma, or packed or planar R, G, B. */
export type PixelFormat =
  | {
      kind: 'yuv';
      bits: number;
      log2ChromaWidth: number;
      log2ChromaHeight: number;
      /** `planar`: Y, U, V; `semiPlanar`: Y, UV; `yuyv`, `uyvy`: packed 4:2:2. */
      layout: 'planar' | 'semiPlanar' | 'yuyv' | 'uyvy';
      /** `yuvj...`: full range whatever the file says. */
      full: boolean;
    }
  | { kind: 'grey'; bits: number; full: boolean }
  | { kind: 'rgbPlanar'; bits: number }
  /** Byte positions of R, G, B and the bytes of one pixel. */
  | { kind: 'rgbPacked'; positions: readonly [number, number, number]; bytes: number };

const SUBSAMPLINGS: readonly (readonly [string, number, number])[] = [
  ['420', 1, 1],
  ['422', 1, 0],
  ['444', 0, 0],
  ['440', 0, 1],
  ['411', 2, 0],
];
const DEPTHS: readonly (readonly [string, number])[] = [
  ['', 8],
  ['9le', 9],
  ['10le', 10],
  ['12le', 12],
  ['14le', 14],
  ['16le', 16],
];

/**
 * Transparency (`yuva`) is left aside: what lies under it is what the camera or the encoder put
 * there. That it is there is told (isOpaque).
 */
const PLANAR = SUBSAMPLINGS.flatMap(([name, log2ChromaWidth, log2ChromaHeight]) =>
  DEPTHS.flatMap(([suffix, bits]) =>
    ['yuv', 'yuva', ...(bits === 8 ? ['yuvj'] : [])].map((family): [string, PixelFormat] => [
      `${family}${name}p${suffix}`,
      { kind: 'yuv', bits, log2ChromaWidth, log2ChromaHeight, layout: 'planar', full: family === 'yuvj' },
    ]),
  ),
);

const packed = (r: number, g: number, b: number, bytes: number): PixelFormat => ({
  kind: 'rgbPacked',
  positions: [r, g, b],
  bytes,
});

const packedYuv = (layout: 'yuyv' | 'uyvy'): PixelFormat => ({
  kind: 'yuv',
  bits: 8,
  log2ChromaWidth: 1,
  log2ChromaHeight: 0,
  layout,
  full: false,
});

/** Layouts that can be read, by name. */
export const PIXEL_FORMATS: ReadonlyMap<string, PixelFormat> = new Map([
  ...PLANAR,
  ...DEPTHS.map(([suffix, bits]): [string, PixelFormat] => [`gray${suffix}`, { kind: 'grey', bits, full: false }]),
  ...DEPTHS.map(([suffix, bits]): [string, PixelFormat] => [`gbrp${suffix}`, { kind: 'rgbPlanar', bits }]),
  ...DEPTHS.map(([suffix, bits]): [string, PixelFormat] => [`gbrap${suffix}`, { kind: 'rgbPlanar', bits }]),
  ['nv12', { kind: 'yuv', bits: 8, log2ChromaWidth: 1, log2ChromaHeight: 1, layout: 'semiPlanar', full: false }],
  ['yuyv422', packedYuv('yuyv')],
  ['uyvy422', packedYuv('uyvy')],
  ['rgb24', packed(0, 1, 2, 3)],
  ['bgr24', packed(2, 1, 0, 3)],
  ['rgba', packed(0, 1, 2, 4)],
  ['rgb0', packed(0, 1, 2, 4)],
  ['bgra', packed(2, 1, 0, 4)],
  ['bgr0', packed(2, 1, 0, 4)],
  ['argb', packed(1, 2, 3, 4)],
  ['0rgb', packed(1, 2, 3, 4)],
  ['abgr', packed(3, 2, 1, 4)],
  ['0bgr', packed(3, 2, 1, 4)],
]);
