// A network from elsewhere that does no harm at its first look and does at work: it is bounded there
// as well, and the next picture is answered.
import { afterEach, expect, test } from 'vitest';
import {
  BOOL,
  border,
  type Graph,
  INT64,
  meanDetector,
  type Node,
  onnxFile,
  SIDE,
  tensor,
} from '../../models/onnx/testing/hostile-onnx.ts';
import { type Compute, createCompute } from './compute.ts';

let compute: Compute;
afterEach(() => compute.close());

/** The network does what it does where a picture is brighter than any of the first look. */
const bright: readonly Node[] = [
  { op: 'ReduceMean', in: ['pictures'], out: ['light'], ints: { keepdims: 0 } },
  { op: 'Greater', in: ['light', 'limit'], out: ['isBright'] },
];
const answering = (nodes: readonly Node[], tensors: Graph['tensors']): Uint8Array => {
  const detector = meanDetector([...bright, ...nodes]);
  const limit = tensor('limit', [], Float32Array.of(2));
  return onnxFile({ ...detector, tensors: [...detector.tensors!, limit, ...tensors!] });
};

const body = {
  nodes: [
    { op: 'Identity', in: ['go'], out: ['go2'] },
    { op: 'Identity', in: ['kept'], out: ['kept2'] },
  ],
  inputs: [border('i', [], INT64), border('go', [], BOOL), border('kept', ['batch', 1])],
  outputs: [border('go2', [], BOOL), border('kept2', ['batch', 1])],
};
const endless = answering(
  [{ op: 'Loop', in: ['most', 'isBright', 'logit'], out: ['answer'], body }],
  [tensor('most', [], BigInt64Array.of(2n ** 62n))],
);
const greedy = answering(
  [
    { op: 'Cast', in: ['isBright'], out: ['how'], ints: { to: INT64 } },
    { op: 'Mul', in: ['how', 'huge'], out: ['none'] },
    { op: 'Add', in: ['none', 'little'], out: ['shape'] },
    { op: 'Expand', in: ['light', 'shape'], out: ['all'] },
    { op: 'Exp', in: ['all'], out: ['more'] },
    { op: 'ReduceMean', in: ['more'], out: ['mean'], ints: { keepdims: 0 } },
    { op: 'Add', in: ['logit', 'mean'], out: ['answer'] },
  ],
  [tensor('huge', [2], BigInt64Array.of(30_000n, 30_000n)), tensor('little', [2], BigInt64Array.of(1n, 1n))],
);

const picture = (light: number) => ({
  pictures: {
    dtype: 'float32' as const,
    shape: [1, 3, SIDE, SIDE],
    data: new Float32Array(3 * SIDE * SIDE).fill(light),
  },
});

test.each([
  ['holds its answer for ever', endless, 20_000, /no answer within 20000 ms/],
  ['takes all memory', greedy, 200_000, /MB of memory, more than its limit/],
])('one that %s for a certain picture is ended, with the reason', async (_, onnx, timeoutMs, why) => {
  compute = createCompute({ provider: 'cpu', threads: 1, timeoutMs, limitBytes: 0.7 * 2 ** 30 });
  await compute.load('own', onnx);
  const before = await compute.run('own', picture(1));
  await expect(compute.run('own', picture(3))).rejects.toMatchObject({
    code: 'COMPUTE_FAILED',
    message: expect.stringMatching(why),
  });
  expect(await compute.run('own', picture(1))).toEqual(before);
});
