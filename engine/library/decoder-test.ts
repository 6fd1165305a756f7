// Does a model's decoder reconstruct genuine faces? Run once when a model is imported, on the
// photographs bundled with the face finder's package. A decoder that was never trained
// (DeepfakeBench's) fails, and its reconstruction is shown as no evidence.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hasDecoder } from '../../contract/architecture.ts';
import type { DecoderTest, Model, Passport } from '../../contract/model.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { meanOfMap } from '../../models/recce/output.ts';
import type { Compute } from '../compute/compute.ts';
import { cutFaces, cuttingOf, STILL_FRAME } from '../examine/judge-faces.ts';
import { scoreCrops } from '../examine/score-crops.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { facePackageFolder } from '../media/finder-weights.ts';

/** Decodes a still and finds its faces, as the scan does. */
export type FaceSource = (bytes: Uint8Array) => Promise<{ image: RgbImage; faces: readonly FoundFace[] }>;

const SAMPLES = ['sample1.jpg', 'sample2.jpg', 'sample3.jpg'];

/**
 * The yardstick is each picture's own mean colour, which a decoder that learned nothing does not
 * know: it stays at or above 1 of it. The shipped small model reaches 0.49 on these photographs,
 * which are unlike its portraits. 0.75 lies between.
 */
const PASSING_FRACTION = 0.75;

/** Mean |crop - mean colour of the crop| / 2 in network units, the yardstick: 0..1. */
export function meanColourDifference({ data }: RgbImage): number {
  const pixels = data.length / 3;
  const mean = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = c; i < data.length; i += 3) sum += data[i]!;
    return sum / pixels;
  });
  let difference = 0;
  for (let i = 0; i < data.length; i++) difference += Math.abs(data[i]! - mean[i % 3]!);
  return difference / data.length / 255;
}

/** The faces of the bundled photographs, cut as a model takes them. */
export async function sampleCrops(
  passport: Pick<Passport, 'cropRecipe' | 'inputPx' | 'interpolation'>,
  facesOf: FaceSource,
): Promise<RgbImage[]> {
  const crops: RgbImage[] = [];
  for (const name of SAMPLES) {
    const { image, faces } = await facesOf(await readFile(path.join(facePackageFolder(), 'demo', name)));
    crops.push(...cutFaces(cuttingOf(passport), { image, found: faces }, STILL_FRAME).map(({ crop }) => crop));
  }
  return crops;
}

/**
 * Runs the test with a model already loaded in compute. Null for a network without a decoder, of
 * which it is only seen that it gives numbers.
 */
export async function testDecoder(compute: Compute, model: Model, facesOf: FaceSource): Promise<DecoderTest | null> {
  const crops = await sampleCrops(model.passport, facesOf);
  const views = (await scoreCrops(compute, model, crops)).flatMap((scored) => scored.views ?? []);
  if (!hasDecoder(model.passport)) return null;
  const differences = views.map(({ difference }) => meanOfMap(difference));
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const meanDifference = average(differences);
  const yardstick = average(crops.map(meanColourDifference));
  return {
    passed: crops.length > 0 && meanDifference < PASSING_FRACTION * yardstick,
    meanDifference,
    meanColourDifference: yardstick,
    faces: crops.length,
  };
}
