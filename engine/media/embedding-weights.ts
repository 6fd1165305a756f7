// The embedding network of faces, read from the npm package that ships it, and the hash that names it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { embeddingGraph } from '../../models/face-embedding/embedding-network.ts';
import { readTfjsWeights } from '../../models/face-finder/tfjs-weights.ts';
import { onnxFromGraph } from '../../models/onnx/onnx-model.ts';
import { facePackageFolder } from './finder-weights.ts';

/** Name of its files in the package's model folder. */
const NAME = 'face_recognition_model';

const fileOf = (ending: string): string => path.join(facePackageFolder(), 'model', `${NAME}${ending}`);

/** SHA-256 of its weights file. Throws when the package is incomplete. */
export const embeddingNetworkSha256 = (): Sha256 =>
  createHash('sha256')
    .update(readFileSync(fileOf('.bin')))
    .digest('hex') as Sha256;

/** The network as ONNX. Throws when the package is incomplete. */
export function readEmbeddingNetwork(): Uint8Array {
  const manifest = JSON.parse(readFileSync(fileOf('-weights_manifest.json'), 'utf8'));
  return onnxFromGraph(embeddingGraph(readTfjsWeights(manifest, readFileSync(fileOf('.bin')))));
}
