// The embedding network against @vladmandic/face-api's own on TensorFlow.js
// (fixtures/face-api.json, by testing/face-api-reference.mjs), and the square of a picture that it
// is shown.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { readTfjsWeights } from '../face-finder/tfjs-weights.ts';
import { familyCrop } from '../families/testing/small-families.ts';
import { onnxFromGraph } from '../onnx/onnx-model.ts';
import { embeddingInput, embeddingSquare } from './embedding-input.ts';
import { EMBEDDING_INPUT_PX, EMBEDDING_LENGTH, embeddingGraph } from './embedding-network.ts';

const folder = path.dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
const model = path.join(folder, 'model/face_recognition_model');
const weights = readTfjsWeights(
  JSON.parse(readFileSync(`${model}-weights_manifest.json`, 'utf8')),
  readFileSync(`${model}.bin`),
);
const reference: number[][] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'fixtures/face-api.json'), 'utf8'),
);

/** Landmarks whose square is `side` pixels wide and begins in the corner, a little within its limits. */
function landmarksFilling(side: number): { x: number; y: number }[] {
  const eyes = { x: side / 2, y: (0.43 - 0.1501) * side + 0.01 };
  const mouth = { x: side / 2, y: (0.43 + 0.3002) * side + 0.01 };
  return Array.from({ length: 68 }, (_, i) => (i < 48 ? eyes : mouth));
}

test('the embeddings of eight pictures are those of face-api, and differ among pictures', async () => {
  const faces = reference.map((_, n) => ({
    image: {
      widthPx: EMBEDDING_INPUT_PX,
      heightPx: EMBEDDING_INPUT_PX,
      data: familyCrop(n, EMBEDDING_INPUT_PX),
    },
    landmarks: landmarksFilling(EMBEDDING_INPUT_PX),
  }));
  expect(embeddingSquare(faces[0]!.landmarks)).toEqual({ x: 0, y: 0, width: 150, height: 150 });
  const x = embeddingInput(faces);
  const session = await ort.InferenceSession.create(onnxFromGraph(embeddingGraph(weights)), { logSeverityLevel: 3 });
  const { embedding } = await session.run({ x: new ort.Tensor('float32', x.data, x.shape) });
  await session.release();
  expect(embedding!.dims).toEqual([reference.length, EMBEDDING_LENGTH]);
  const all = embedding!.data as Float32Array;
  const of = (n: number) => Array.from(all.subarray(n * EMBEDDING_LENGTH, (n + 1) * EMBEDDING_LENGTH));
  let largest = 0;
  reference.forEach((wanted, n) => {
    of(n).forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - wanted[i]!));
    });
  });
  expect(largest).toBeLessThan(2e-6);
  expect(Math.hypot(...of(0).map((value, i) => value - of(1)[i]!))).toBeGreaterThan(0.05);
});

test('the square lies about eyes and mouth, grows with them, and is the same wherever the face is', () => {
  const moved = landmarksFilling(300).map(({ x, y }) => ({ x: x - 40, y: y + 20 }));
  expect(embeddingSquare(moved)).toEqual({ x: -40, y: 20, width: 300, height: 300 });
});

test('what lies outside the picture is black to the network', () => {
  const image = { widthPx: 10, heightPx: 10, data: new Uint8Array(300).fill(200) };
  const { data } = embeddingInput([{ image, landmarks: landmarksFilling(150) }]);
  const last = data.length / 3 - 1;
  expect(data[0]).toBeCloseTo((200 - 122.782) / 255, 6);
  expect(data[last]).toBeCloseTo(-122.782 / 255, 6);
});
