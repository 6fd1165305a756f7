// Training samples out of a labelled set whose pictures are faces already cut: no finder looks at
// them. Where the set has the original of a forgery, both are one pair and suffer the same
// mirroring, framing and degradation, so that nothing but the forgery parts them. All chance is
// derived from (seed, epoch, pair).
import { resample } from '../../models/image/resample.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { type RandomStream, randomStream } from '../../models/tensor/random.ts';
import { mirror } from './forgeries/cut-sample.ts';
import { type DegradationMix, degrade, drawDegradation, TRAINING_MIX } from './forgeries/degrade.ts';
import { stillFromBytes } from './forgeries/portraits.ts';
import { isVideo, type LabelledFile } from './labelled-file.ts';
import { loadLabelledSet } from './load-labelled-set.ts';
import { readSetPicture } from './read-set-file.ts';
import type { Sample, SampleSource } from './samples.ts';
import type { Split } from './split.ts';

export type CropOptions = {
  seed: number;
  inputPx: number;
  /** Added on every side by reflection, as a share of the picture's longer side. */
  margin: number;
  /** Null: as they are. */
  degradation?: DegradationMix | null | undefined;
  /** Mirrors half of them, moves and scales the frame. */
  jitter?: boolean | undefined;
};

/** The stills of one split. Throws PATH_NOT_FOUND, MATERIAL_REFUSED. */
export async function listCrops(folder: string, split: Split | 'all'): Promise<LabelledFile[]> {
  const { files } = await loadLabelledSet(folder);
  return files.filter((file) => (split === 'all' || file.split === split) && !isVideo(file.path));
}

/**
 * A genuine file and a forgery of it in turn, for every forgery whose genuine file is there;
 * `alone` counts the others. Where no forgery has its original, all files one by one.
 */
export function pairedCrops(files: readonly LabelledFile[]): { faces: LabelledFile[]; group: 1 | 2; alone: number } {
  const genuine = new Map<string, LabelledFile>();
  for (const file of files) if (file.label === 0 && !genuine.has(file.source)) genuine.set(file.source, file);
  const pairs = files.flatMap((file) => {
    const original = file.label === 1 ? genuine.get(file.source) : undefined;
    return original ? [[original, file]] : [];
  });
  if (pairs.length === 0) return { faces: [...files], group: 1, alone: 0 };
  return { faces: pairs.flat(), group: 2, alone: files.length - new Set(pairs.flat()).size };
}

/** Pictures are read when asked for. */
export function cropSource(files: readonly LabelledFile[], options: CropOptions): SampleSource & { remarks: string[] } {
  const { faces, group, alone } = pairedCrops(files);
  return {
    count: faces.length,
    group,
    remarks: alone > 0 ? [`Without an original or a forgery of it, left out of the pairs: ${alone} faces.`] : [],
    sample: (epoch, index) => {
      const stream = randomStream(options.seed).fork(`${epoch}/${Math.floor(index / group)}`);
      return sampleFrom(faces[index]!, stream, options);
    },
  };
}

async function sampleFrom(
  { path, label, source }: LabelledFile,
  random: RandomStream,
  options: CropOptions,
): Promise<Sample> {
  const { degradation: mix = TRAINING_MIX, inputPx, jitter = true } = options;
  const image = await stillFromBytes(path, await readSetPicture(path));
  const worse = mix ? await degraded(image, mix, random.fork('degradation')) : image;
  const crop = random.fork('crop');
  const framed = frameCrop(worse, options.margin, inputPx, jitter ? crop : undefined);
  const mirrored = jitter && crop.uniform() < 0.5;
  return { pixels: mirrored ? mirror(framed.data, inputPx) : framed.data, label, source };
}

const degraded = (image: RgbImage, mix: DegradationMix, random: RandomStream): Promise<RgbImage> =>
  degrade(image, drawDegradation(random, Math.max(image.widthPx, image.heightPx) / 1.3, { mix }), random);

/**
 * How far a frame is moved at most, and the span of its scale: tighter frames are commoner than
 * wider ones.
 */
const MOVED = 0.05;
const SCALED = [0.85, 1.1] as const;

/**
 * The square around a crop's middle, wider by
 * `margin` on every side, mirrored at the border; jittered by `random`.
 */
export function frameCrop(image: RgbImage, margin: number, inputPx: number, random?: RandomStream): RgbImage {
  const longer = Math.max(image.widthPx, image.heightPx);
  const scale = random ? random.uniform(...SCALED) : 1;
  const side = Math.max(2, Math.round(longer * (1 + 2 * margin) * scale));
  const off = (): number => (random ? random.uniform(-MOVED, MOVED) * longer : 0);
  const x = Math.round((image.widthPx - side) / 2 + off());
  const y = Math.round((image.heightPx - side) / 2 + off());
  return resample(image, { x, y, width: side, height: side }, inputPx, inputPx, 'reflect');
}
