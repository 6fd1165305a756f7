// What is written here is read here as it was, and by PyTorch where it is installed; a damaged save
// is refused.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { PYTHON } from '../../build/test-needs.ts';
import { paperSetup } from '../recce/training-setup.ts';
import { initialWeights } from '../recce/training-state.ts';
import { randomStream } from '../tensor/random.ts';
import { float32Tensor, type Tensor } from '../tensor/tensor.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { crc32 } from './crc32.ts';
import { tensorRefFrom } from './pickle-reader.ts';
import { readPyTorchFile } from './pytorch-file.ts';
import { readRecceCheckpoint } from './recce-checkpoint.ts';
import { decodeSaveFile, encodeSaveFile } from './save-file.ts';
import { PyTorchFileWriter } from './write-pytorch-file.ts';
import { writeRecceWeights } from './write-recce-checkpoint.ts';

const tensors: Record<string, Tensor> = {
  matrix: float32Tensor([2, 3], Float32Array.of(1.5, -2, 3e-20, 4, 5, Number.NaN)),
  scalar: float32Tensor([], Float32Array.of(7)),
  empty: float32Tensor([0, 4], new Float32Array(0)),
  count: { dtype: 'int64', shape: [], data: BigInt64Array.of(-(2n ** 40n)) },
  bytes: { dtype: 'uint8', shape: [5], data: Uint8Array.of(0, 1, 2, 254, 255) },
};

function sampleFile(): Uint8Array {
  const file = new PyTorchFileWriter();
  return file.write(
    new Map<string, never>(
      Object.entries({
        ...Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, file.tensor(tensor)])),
        whole: -3,
        large: 2 ** 45,
        real: { kind: 'float', value: 2 },
        list: [1, 'two', null, true],
      }) as [string, never][],
    ),
  );
}

test('our reader reads what our writer writes', () => {
  const read = readPyTorchFile(sampleFile());
  const root = read.root as Map<string, never>;
  for (const [name, tensor] of Object.entries(tensors))
    expect(read.tensor(tensorRefFrom(root.get(name))!)).toEqual(tensor);
  expect(['whole', 'large', 'real', 'list'].map((name) => root.get(name))).toEqual([
    -3,
    2 ** 45,
    2,
    [1, 'two', null, true],
  ]);
});

test('torch.load reads it', { tags: ['torch'] }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-writer-'));
  try {
    writeFileSync(path.join(folder, 'a.pth'), sampleFile());
    const program = `
import torch, json, sys
d = torch.load(sys.argv[1])
print(json.dumps([d['matrix'].shape[1], d['matrix'][1, 1].item(), d['scalar'].item(), list(d['empty'].shape), d['count'].item(),
  d['bytes'].tolist(), str(d['bytes'].dtype), d['whole'], d['large'], str(d['real']), d['list']]))`;
    const run = spawnSync(PYTHON, ['-c', program, path.join(folder, 'a.pth')], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const bytes = [0, 1, 2, 254, 255];
    const expected = [3, 5, 7, [0, 4], -(2 ** 40), bytes, 'torch.uint8', -3, 2 ** 45, '2.0', [1, 'two', null, true]];
    expect(JSON.parse(run.stdout)).toEqual(expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a network written as a weights file is the same network; tensors begin at multiples of 64', () => {
  const setup = paperSetup({ width: 0.0625, numClasses: 1, inputPx: 64 });
  const weights = initialWeights(setup);
  const bytes = writeRecceWeights({ config: setup.network, tensors: weights, batchesTracked: 5 });
  const read = readRecceCheckpoint(bytes);
  expect({ width: read.width, layout: read.layout, dropped: read.dropped }).toEqual({
    width: 0.0625,
    layout: 'bare',
    dropped: [],
  });
  for (const [name, { data }] of weights) expect(read.tensors.get(name)!.data, name).toEqual(data);
  const first = Buffer.from(bytes).indexOf('archive/data/0');
  expect((first + 'archive/data/0'.length + bytes[first - 2]! + 256 * bytes[first - 1]!) % 64).toBe(0);
});

test('CRC-32 is that of zlib', () => {
  const random = randomStream(3);
  const bytes = Uint8Array.from({ length: 1021 }, () => random.integer(256));
  for (const size of [0, 1, 3, 4, 5, 1021])
    expect(crc32(bytes.subarray(0, size))).toBe(zlib.crc32(bytes.subarray(0, size)));
  expect(crc32(bytes.subarray(7), crc32(bytes.subarray(0, 7)))).toBe(zlib.crc32(bytes));
});

test('a save file comes back as it was; cut short or with one bit changed it is refused', () => {
  const save = {
    meta: { step: 3, name: 'Übung' },
    tensors: new Map([
      ['a', float32Tensor([3], Float32Array.of(1, 2, 3))],
      ['b', float32Tensor([], Float32Array.of(-0))],
    ]),
  };
  const bytes = encodeSaveFile(save);
  expect(decodeSaveFile(bytes)).toEqual(save);
  const random = randomStream(5);
  for (let i = 0; i < 200; i++) {
    const damaged = new Uint8Array(bytes);
    const at = random.integer(bytes.length);
    damaged[at]! ^= 1 << random.integer(8);
    expect(() => decodeSaveFile(damaged), `bit at ${at}`).toThrow(CheckpointError);
    expect(() => decodeSaveFile(bytes.subarray(0, at))).toThrow(CheckpointError);
  }
});
