// Training samples out of a folder of extracted faces: read when asked for, mirrored and degraded
// alike whatever their label. All chance is derived from (seed, epoch, index).
import path from 'node:path';
import sharp from 'sharp';
import { RecceError } from '../../contract/errors.ts';
import { resample } from '../../models/image/resample.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { randomStream } from '../../models/tensor/random.ts';
import { type FolderFace, readFaceFolder } from './face-folder.ts';
import { mirror } from './forgeries/cut-sample.ts';
import { type DegradationMix, degrade, drawDegradation, TRAINING_MIX } from './forgeries/degrade.ts';
import { readSetPicture, refuseOutside } from './read-set-file.ts';
import type { Sample, SampleSource } from './samples.ts';
import type { Split } from './split.ts';

export type FaceFolderOptions = {
  folder: string;
  split: Split | 'all';
  seed: number;
  inputPx: number;
  cropRecipe: string;
  /** Null: as they are. */
  degradation?: DegradationMix | null | undefined;
  /** Mirrors half of them. */
  jitter?: boolean | undefined;
};

/**
 * Throws PATH_NOT_FOUND when the folder is none of extracted faces, or they were cut by another
 * recipe or at another size.
 */
export async function faceFolderSource(options: FaceFolderOptions): Promise<SampleSource & { remarks: string[] }> {
  const { head, lines } = await readFaceFolder(options.folder);
  if (head.cropRecipe !== options.cropRecipe || head.sidePx !== options.inputPx)
    throw new RecceError(
      'PATH_NOT_FOUND',
      options.folder,
      `its faces were cut by ${head.cropRecipe} at ${head.sidePx} px; ${options.cropRecipe} at ${options.inputPx} px is needed. Extract them again.`,
    );
  const faces = lines
    .filter((line) => line.kind === 'face')
    .filter((face) => options.split === 'all' || face.split === options.split);
  await refuseOutside(
    options.folder,
    faces.map(({ file }) => file),
  );
  return {
    count: faces.length,
    remarks: head.remarks,
    sample: (epoch, index) => sampleFrom(faces[index]!, index, epoch, options),
  };
}

async function sampleFrom(face: FolderFace, index: number, epoch: number, options: FaceFolderOptions): Promise<Sample> {
  const stream = randomStream(options.seed).fork(`${epoch}/${index}`);
  const { degradation: mix = TRAINING_MIX, inputPx } = options;
  const image = await readPicture(path.join(options.folder, face.file));
  const changed = mix ? await degraded(image, mix, inputPx, stream.fork('degradation')) : image;
  const mirrored = options.jitter !== false && stream.fork('crop').uniform() < 0.5;
  return {
    pixels: mirrored ? mirror(changed.data, inputPx) : changed.data,
    label: face.label,
    source: face.source,
  };
}

async function readPicture(file: string): Promise<RgbImage> {
  const { data, info } = await sharp(await readSetPicture(file))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
}

/**
 * Degraded as a picture whose face fills it by the crop's margin, and brought back to the input's
 * size.
 */
async function degraded(
  image: RgbImage,
  mix: DegradationMix,
  inputPx: number,
  random: ReturnType<typeof randomStream>,
): Promise<RgbImage> {
  const what = drawDegradation(random, image.widthPx / 1.3, { mix });
  const worse = await degrade(image, what, random);
  if (worse.widthPx === inputPx && worse.heightPx === inputPx) return worse;
  const whole = { x: 0, y: 0, width: worse.widthPx, height: worse.heightPx };
  return resample(worse, whole, inputPx, inputPx, 'reflect');
}
