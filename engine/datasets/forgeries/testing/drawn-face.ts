// A face drawn by arithmetic, with its 68 landmarks: textured skin on a textured ground, so that
// every change of a pixel shows.
import type { PixelBox, PixelPoint } from '../../../../contract/units.ts';
import type { RgbImage } from '../../../../models/image/rgb-image.ts';
import { randomStream } from '../../../../models/tensor/random.ts';

const SIDE = 140;
const [CX, CY] = [70, 74];

const arc = (count: number, from: number, to: number, rx: number, ry: number, x: number, y: number): PixelPoint[] =>
  Array.from({ length: count }, (_, i) => {
    const angle = ((from + ((to - from) * i) / Math.max(1, count - 1)) * Math.PI) / 180;
    return { x: x + rx * Math.cos(angle), y: y + ry * Math.sin(angle) };
  });

/** 68 points in iBUG order: jaw, brows, nose, eyes, mouth. */
export const faceLandmarks: readonly PixelPoint[] = [
  ...arc(17, 175, 5, 38, 48, CX, CY - 4),
  ...arc(5, 200, 340, 12, 6, CX - 17, CY - 20),
  ...arc(5, 200, 340, 12, 6, CX + 17, CY - 20),
  ...Array.from({ length: 4 }, (_, i) => ({ x: CX, y: CY - 14 + i * 6 })),
  ...arc(5, 160, 20, 8, 3, CX, CY + 8),
  ...arc(6, 180, 480, 8, 4, CX - 17, CY - 12),
  ...arc(6, 180, 480, 8, 4, CX + 17, CY - 12),
  ...arc(12, 180, 510, 16, 7, CX, CY + 24),
  ...arc(8, 180, 495, 10, 3, CX, CY + 24),
];

/** Picture `n`: another tone and another texture for every number. */
export function drawnFace(n: number): { image: RgbImage; box: PixelBox } {
  const random = randomStream(1000 + n);
  const [skin, ground] = [
    [random.uniform(150, 220), random.uniform(110, 170), random.uniform(90, 150)],
    [random.uniform(40, 120), random.uniform(60, 140), random.uniform(80, 160)],
  ];
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const inFace = ((x - CX) / 42) ** 2 + ((y - CY) / 54) ** 2 < 1;
    const wave = 12 * Math.sin(x / (3 + n / 4)) * Math.cos(y / 4);
    for (let c = 0; c < 3; c++) data[i * 3 + c] = (inFace ? skin : ground)[c]! + wave + random.uniform(-10, 10);
  }
  return { image: { widthPx: SIDE, heightPx: SIDE, data }, box: { x: CX - 40, y: CY - 40, width: 80, height: 96 } };
}
