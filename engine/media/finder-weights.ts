// The face finder's weights, read from the npm packages that ship them, and the one hash that names
// them in every verdict.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { fullRangeGraph } from '../../models/face-finder/full-range.ts';
import { landmarkGraph } from '../../models/face-finder/landmarks.ts';
import { priorsFrom, ssdMobilenetGraph } from '../../models/face-finder/ssd-mobilenet.ts';
import { readTfjsWeights } from '../../models/face-finder/tfjs-weights.ts';
import { readTflite } from '../../models/face-finder/tflite-file.ts';
import { onnxFromGraph } from '../../models/onnx/onnx-model.ts';
import { FIRST_LOOK_SIZES, type FirstLookSize } from './likely-places.ts';

const require = createRequire(import.meta.url);

/** Folder of the package, wherever it is installed. */
export const facePackageFolder = (): string => path.dirname(require.resolve('@vladmandic/face-api/package.json'));

/**
 * One of the package's sample photographs, 1 to 6: people whose faces a scan finds, for the sample
 * case, checks and tests.
 */
export const samplePhotograph = (n: number): string => path.join(facePackageFolder(), 'demo', `sample${n}.jpg`);

/** What the face finder needs to run. */
export type FinderModel = {
  /** SHA-256 over the weights files, in the order boxes, landmarks, first look. */
  sha256: Sha256;
  /** As it was named up to pipeline 2, which had no first look. */
  sha256OfTwo: Sha256;
  boxes: Uint8Array;
  landmarks: Uint8Array;
  priors: Float32Array;
  /** The network of the first look, for pictures of that size. */
  firstLook(size: FirstLookSize): Uint8Array;
};

const firstLookFile = (): string =>
  path.join(
    path.dirname(require.resolve('@mediapipe/face_detection/package.json')),
    'face_detection_full_range.tflite',
  );

/** Reads the networks and lowers those of every picture. Throws when a package is incomplete. */
export function readFinderModel(): FinderModel {
  const folder = path.join(facePackageFolder(), 'model');
  const read = (name: string) => {
    const bytes = readFileSync(path.join(folder, `${name}.bin`));
    const manifest = JSON.parse(readFileSync(path.join(folder, `${name}-weights_manifest.json`), 'utf8'));
    return { bytes, weights: readTfjsWeights(manifest, bytes) };
  };
  const boxes = read('ssd_mobilenetv1_model');
  const landmarks = read('face_landmark_68_model');
  const firstLook = readFileSync(firstLookFile());
  const two = createHash('sha256').update(boxes.bytes).update(landmarks.bytes);
  return {
    sha256OfTwo: two.copy().digest('hex') as Sha256,
    sha256: two.update(firstLook).digest('hex') as Sha256,
    boxes: onnxFromGraph(ssdMobilenetGraph(boxes.weights)),
    landmarks: onnxFromGraph(landmarkGraph(landmarks.weights)),
    priors: priorsFrom(boxes.weights),
    firstLook(size) {
      const { width, height } = FIRST_LOOK_SIZES[size];
      return onnxFromGraph(fullRangeGraph(readTflite(firstLook), width, height));
    },
  };
}
