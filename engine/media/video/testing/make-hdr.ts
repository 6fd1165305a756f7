// An ordinary picture as a phone codes high dynamic range: BT.2020, 10 bits, HLG or PQ. The light of
// the picture on a display of gamma 2.4, white at 203 cd/m2 (BT.2408), goes forward through the
// curves of ITU-R BT.2100. Tests only.
import { writeFileSync } from 'node:fs';
import { ffmpeg } from './make-media.ts';

export type HdrTransfer = 'arib-std-b67' | 'smpte2084';

const [WHITE, PQ_PEAK, HLG_PEAK] = [203, 10_000, 1000] as const;
/** Linear BT.709 in the primaries of BT.2020 (BT.2087). */
const TO_2020 = [0.6274, 0.3293, 0.0433, 0.0691, 0.9195, 0.0114, 0.0164, 0.088, 0.8956] as const;

/** Light in cd/m2 as PQ's signal, 0..1. */
function pqFromLight(light: number): number {
  const [m1, m2, c1, c2, c3] = [0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875];
  const y = (light / PQ_PEAK) ** m1;
  return ((c1 + c2 * y) / (1 + c3 * y)) ** m2;
}

/** Light of the scene, 0..1, as HLG's signal, 0..1. */
const hlgFromScene = (scene: number): number =>
  scene <= 1 / 12 ? Math.sqrt(3 * scene) : 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073;

/** HLG's system gamma undone: what the scene was, of which a display of 1000 cd/m2 shows `light`. */
function hlgFromLight(light: readonly number[]): number[] {
  const shown = light.map((value) => value / HLG_PEAK);
  const luminance = 0.2627 * shown[0]! + 0.678 * shown[1]! + 0.0593 * shown[2]!;
  const factor = luminance > 0 ? luminance ** ((1 - 1.2) / 1.2) : 0;
  return shown.map((value) => hlgFromScene(Math.min(1, value * factor)));
}

function codesOf(rgb: readonly number[], transfer: HdrTransfer): number[] {
  const [r, g, b] = rgb.map((value) => WHITE * (value / 255) ** 2.4) as [number, number, number];
  const light = [0, 3, 6].map((i) => Math.max(0, TO_2020[i]! * r + TO_2020[i + 1]! * g + TO_2020[i + 2]! * b));
  return transfer === 'smpte2084' ? light.map(pqFromLight) : hlgFromLight(light);
}

/**
 * Writes a film of `frames` equal frames, four a second. `rgb`: 3 bytes a pixel; sides are even.
 * `args`: what else ffmpeg is told before the file's name.
 */
export function makeHdrFilm(
  file: string,
  { widthPx, heightPx, data }: { widthPx: number; heightPx: number; data: Uint8Array },
  { transfer, frames, args = [] }: { transfer: HdrTransfer; frames: number; args?: readonly string[] },
): void {
  const deep = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i += 3)
    deep.set(
      codesOf([data[i]!, data[i + 1]!, data[i + 2]!], transfer).map((code) => Math.round(code * 65535)),
      i,
    );
  writeFileSync(`${file}.raw`, Buffer.concat(Array.from({ length: frames }, () => Buffer.from(deep.buffer))));
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb48le', '-s', `${widthPx}x${heightPx}`, '-r', '4', '-i', `${file}.raw`];
  const colours = `transfer=${transfer}:colorprim=bt2020:colormatrix=bt2020nc`;
  const coded = ['-c:v', 'libx265', '-x265-params', `log-level=none:lossless=1:${colours}`];
  ffmpeg(...raw, '-vf', 'scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le', ...coded, ...args, file);
}
