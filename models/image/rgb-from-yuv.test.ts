// Luma and chroma to R, G, B against the equations of ITU-T H.273 in float64, and against code
// values published in ITU-R BT.709 and BT.601.
import { expect, test } from 'vitest';
import { LUMA_WEIGHTS, type Plane, rgbFromYuv, type YuvPlanes } from './rgb-from-yuv.ts';

const plane = (values: readonly number[], stride: number, bits = 8): Plane => ({
  samples: bits > 8 ? Uint16Array.from(values) : Uint8Array.from(values),
  stride,
  step: 1,
  offset: 0,
});

/** A picture of one colour, 2 x 2. */
const flat = (y: number, cb: number, cr: number, bits = 8): YuvPlanes => ({
  widthPx: 2,
  heightPx: 2,
  bits,
  log2ChromaWidth: 1,
  log2ChromaHeight: 1,
  horizontalSiting: 'cosited',
  verticalSiting: 'centred',
  luma: plane([y, y, y, y], 2, bits),
  chroma: [plane([cb], 1, bits), plane([cr], 1, bits)],
});

const colour = (matrix: string, full: boolean) => {
  const [kr, kb] = LUMA_WEIGHTS[matrix]!;
  return { kr, kb, full };
};
const first = (planes: YuvPlanes, matrix: string, full = false) => [
  ...rgbFromYuv(planes, colour(matrix, full)).subarray(0, 3),
];

test('black, white and the 100 % bars have their published code values', () => {
  expect(first(flat(16, 128, 128), 'bt709')).toEqual([0, 0, 0]);
  expect(first(flat(235, 128, 128), 'bt709')).toEqual([255, 255, 255]);
  // Red, green and blue of 100 % bars, 8-bit limited range. A code value is rounded, so one step of
  // R, G, B is in doubt.
  const bars: [string, [number, number, number], [number, number, number]][] = [
    ['smpte170m', [81, 90, 240], [255, 0, 0]],
    ['smpte170m', [145, 54, 34], [0, 255, 0]],
    ['smpte170m', [41, 240, 110], [0, 0, 255]],
    ['bt709', [63, 102, 240], [255, 0, 0]],
    ['bt709', [173, 42, 26], [0, 255, 0]],
    ['bt709', [32, 240, 118], [0, 0, 255]],
  ];
  for (const [matrix, [y, cb, cr], rgb] of bars)
    first(flat(y, cb, cr), matrix).forEach((value, c) => {
      expect(Math.abs(value - rgb[c]!), `${matrix} ${rgb}`).toBeLessThanOrEqual(2);
    });
});

test('every matrix, range and depth agrees with the equations in float64 to one step', () => {
  for (const matrix of Object.keys(LUMA_WEIGHTS))
    for (const full of [false, true])
      for (const bits of [8, 10, 12, 16]) {
        const scale = 2 ** (bits - 8);
        const { kr, kb } = colour(matrix, full);
        const kg = 1 - kr - kb;
        for (const [y, cb, cr] of [
          [30, 100, 150],
          [126, 128, 128],
          [200, 90, 170],
          [180, 200, 60],
        ] as const) {
          const span = 2 ** bits - 1;
          const l = full ? (y * scale) / span : (y * scale - 16 * scale) / (219 * scale);
          const u = ((cb - 128) * scale) / (full ? span : 224 * scale);
          const v = ((cr - 128) * scale) / (full ? span : 224 * scale);
          const r = l + 2 * (1 - kr) * v;
          const b = l + 2 * (1 - kb) * u;
          const g = (l - kr * r - kb * b) / kg;
          const found = first(flat(y * scale, cb * scale, cr * scale, bits), matrix, full);
          [r, g, b].forEach((value, c) => {
            const wanted = Math.min(255, Math.max(0, 255 * value));
            expect(Math.abs(found[c]! - wanted), `${matrix} ${full} ${bits}`).toBeLessThanOrEqual(1);
          });
        }
      }
});

test('chroma is brought to full size linearly, as its siting says', () => {
  const ramp = (horizontalSiting: 'cosited' | 'centred'): number[] => {
    const planes: YuvPlanes = {
      ...{ widthPx: 4, heightPx: 1, bits: 8, log2ChromaWidth: 1, log2ChromaHeight: 0 },
      horizontalSiting,
      verticalSiting: 'centred',
      luma: plane([128, 128, 128, 128], 4),
      chroma: [plane([128, 128], 2), plane([128, 168], 2)],
    };
    const rgb = rgbFromYuv(planes, colour('bt709', true));
    return [0, 1, 2, 3].map((x) => rgb[x * 3]! - 128);
  };
  // Red is luma + 1.5748 (Cr - 128): steps of 0, 20, 40, 40 code values on the luma samples, and 0,
  // 10, 30, 40 beside them.
  expect(ramp('cosited')).toEqual([0, 31, 63, 63]);
  expect(ramp('centred')).toEqual([0, 16, 47, 63]);
});

test('grey has no colour, and packed samples are read by their step', () => {
  const grey: YuvPlanes = { ...flat(126, 0, 0), log2ChromaWidth: 0, log2ChromaHeight: 0 };
  delete (grey as { chroma?: unknown }).chroma;
  const [r, g, b] = first(grey, 'bt709');
  expect([r, g, b]).toEqual([128, 128, 128]);
  // Two pixels as Y U Y V.
  const samples = Uint8Array.of(81, 90, 81, 240);
  const packed: YuvPlanes = {
    ...{ widthPx: 2, heightPx: 1, bits: 8, log2ChromaWidth: 1, log2ChromaHeight: 0 },
    horizontalSiting: 'cosited',
    verticalSiting: 'centred',
    luma: { samples, stride: 4, step: 2, offset: 0 },
    chroma: [
      { samples, stride: 4, step: 4, offset: 1 },
      { samples, stride: 4, step: 4, offset: 3 },
    ],
  };
  expect(first(packed, 'smpte170m')[0]).toBeGreaterThanOrEqual(253);
});
