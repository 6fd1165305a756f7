// One published family at its published size, with generated weights: how long building takes, how
// much memory, pictures a second on one thread, and how far its logits are from PyTorch's. By hand:
//   /usr/bin/python3 models/families/testing/families_reference.py --whole ID 8 > logits.json
//   node build/with-node.mjs bench/published-family.ts ID logits.json
import { readFileSync } from 'node:fs';
import * as ort from '../engine/compute/onnxruntime.ts';
import { publishedFamily } from '../models/families/published-family.ts';
import { familyCrop, familyTensor, WHOLE_FAMILIES } from '../models/families/testing/small-families.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { inputFromPixels } from '../models/recce/input.ts';
import { type Float32Tensor, lazyTensor } from '../models/tensor/tensor.ts';

const [id, file] = process.argv.slice(2);
const facts = WHOLE_FAMILIES.find((one) => one.id === id);
if (!facts) throw new Error(`One of ${WHOLE_FAMILIES.map((one) => one.id).join(', ')}, please.`);
const expected = file ? (JSON.parse(readFileSync(file, 'utf8')) as { logits: number[] }).logits : [];

const started = performance.now();
const read = new Map(
  facts.keys.map((key): [string, Float32Tensor] => [key.name, lazyTensor(key.shape, () => familyTensor(key).data)]),
);
const tensors = facts.fold ? facts.fold(read) : read;
const { inputPx } = facts.geometry;
const weights = { numClasses: 2 as const, tensors, dropped: [], remarks: [] };
const graph = publishedFamily(facts).graph(weights, { inputPx, forged: facts.forged ?? 1 });
const onnx = onnxFromGraph(graph);
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const peak = (): string => megabytes(process.resourceUsage().maxRSS * 1024);
console.log(
  `${id}: ${megabytes(onnx.length)} of ONNX in ${Math.round(performance.now() - started)} ms, peak ${peak()}`,
);

const session = await ort.InferenceSession.create(onnx, { intraOpNumThreads: 1, logSeverityLevel: 3 });
let fastest = Number.POSITIVE_INFINITY;
let worst = 0;
for (let n = 0; n < Math.max(4, expected.length); n++) {
  const x = inputFromPixels([familyCrop(n, inputPx)], facts.geometry);
  const start = process.cpuUsage();
  const { logit } = await session.run({ x: new ort.Tensor('float32', x.data, x.shape) });
  const used = process.cpuUsage(start);
  fastest = Math.min(fastest, (used.user + used.system) / 1000);
  if (n < expected.length) {
    const value = (logit!.data as Float32Array)[0]!;
    worst = Math.max(worst, Math.abs(value - expected[n]!) / Math.max(1, Math.abs(expected[n]!)));
  }
}
console.log(`${Math.round(fastest)} ms of processor time a picture, running peak ${peak()}`);
if (expected.length > 0)
  console.log(`${expected.length} crops: largest difference from PyTorch ${worst.toExponential(1)} of max(1, |logit|)`);
