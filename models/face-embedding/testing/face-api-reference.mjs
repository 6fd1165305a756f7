// The numbers that ../embedding.test.ts holds our network against: by @vladmandic/face-api itself, on
// its own TensorFlow.js (CPU). Shares no line with models/.
//
//   node models/face-embedding/testing/face-api-reference.mjs > models/face-embedding/fixtures/face-api.json
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = path.dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
// Its build for browsers takes Node for a version of TensorFlow.js that is not installed.
Object.defineProperty(process, 'versions', { value: {} });
const { tf, env, FaceRecognitionNet } = await import(path.join(folder, 'dist/face-api.esm.js'));
tf.env().setPlatform('reference', {
  now: () => performance.now(),
  fetch,
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder().decode(bytes),
  isTypedArray: (one) => ArrayBuffer.isView(one),
  setTimeoutCustom: setTimeout,
});
// It is given tensors alone, no canvas.
class None {}
env.setEnv({ Canvas: None, Image: None, ImageData: None, Video: None });
await tf.setBackend('cpu');
await tf.ready();

const SIDE = 150;
const CROPS = 8;

/** mulberry32 of the FNV-1a of a text: the words of models/tensor/random.ts. */
function words(text) {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  state >>>= 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** 8 x 8 fields of colour with noise over them, R G B interleaved. */
function crop(n) {
  const next = words(`crop ${n}`);
  const fields = Array.from({ length: 8 * 8 * 3 }, () => next() >>> 24);
  return Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const [y, x] = [Math.floor(i / 3 / SIDE), Math.floor(i / 3) % SIDE].map((one) => Math.floor((one * 8) / SIDE));
    return ((fields[(y * 8 + x) * 3 + (i % 3)] * 7) >> 3) + (next() >>> 27);
  });
}

const name = path.join(folder, 'model/face_recognition_model');
const bytes = readFileSync(`${name}.bin`);
const [{ weights }] = JSON.parse(readFileSync(`${name}-weights_manifest.json`, 'utf8'));
const net = new FaceRecognitionNet();
net.loadFromWeightMap(
  tf.io.decodeWeights(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), weights),
);
const said = [];
for (let n = 0; n < CROPS; n++) {
  const pixels = tf.tensor4d(crop(n), [1, SIDE, SIDE, 3]);
  const embedding = await net.computeFaceDescriptor(pixels);
  said.push(Array.from(embedding, (value) => Number(value.toPrecision(9))));
}
console.log(JSON.stringify(said));
