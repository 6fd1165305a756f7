// Checkpoints: files that PyTorch wrote (fixtures/README.md), and files made here byte by byte.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { ByteReader } from './byte-reader.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { readPickle, tensorRefFrom } from './pickle-reader.ts';
import { type PyValue, writePickle } from './pickle-writer.ts';
import { readPyTorchFile } from './pytorch-file.ts';
import { readRecceCheckpoint } from './recce-checkpoint.ts';
import { smallStateDict, trainersFile } from './testing/trainers-file.ts';
import { widenToFloat32 } from './widen.ts';

const folder = path.join(import.meta.dirname, 'fixtures');
const lite = readFileSync(path.resolve(import.meta.dirname, '../weights/recce-lite-0.25.pth'));

const read = (name: string) => readPyTorchFile(readFileSync(path.join(folder, name)));
const thrown = (run: () => unknown): CheckpointError => {
  try {
    run();
  } catch (error) {
    return error as CheckpointError;
  }
  throw new Error('nothing was thrown');
};

type Expected = Record<string, { dtype: string; shape: number[]; values: number[] }>;

function check(file: ReturnType<typeof readPyTorchFile>, prefix: string, under?: string): void {
  const expected: Expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')).stateDict;
  const root = file.root as Map<string, never>;
  const dict = under ? (root.get(under) as unknown as typeof root) : root;
  expect([...dict.keys()].sort()).toEqual(
    Object.keys(expected)
      .map((name) => prefix + name)
      .sort(),
  );
  for (const [name, { dtype, shape, values }] of Object.entries(expected)) {
    const tensor: Tensor = file.tensor(tensorRefFrom(dict.get(prefix + name))!);
    expect([tensor.dtype, tensor.shape], name).toEqual([dtype, shape]);
    const found = tensor.dtype === 'float64' ? [...(tensor.data as Float64Array)] : [...widenToFloat32(tensor).data];
    expect(found, name).toEqual(values);
  }
}

describe('files written by PyTorch 1.13', () => {
  test.each(['zip', 'legacy'])(
    'a bare state dict, %s: eight types, views, shared storages, an empty tensor',
    (format) => {
      check(read(`state-dict.${format}.pth`), '');
    },
  );
  test.each(['zip', 'legacy'])('a DDP state dict, %s', (format) => check(read(`ddp.${format}.pth`), 'module.'));
  test.each(['zip', 'legacy'])('the trainer’s dictionary, %s', (format) => {
    const file = read(`trainer.${format}.pth`);
    const root = file.root as Map<string, unknown>;
    const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')).trainer;
    expect(root.get('step')).toBe(expected.step);
    expect(root.get('best_step')).toBe(expected.best_step);
    expect(root.get('eval_metric')).toBe(expected.eval_metric);
    const metric = root.get('best_metric');
    const value =
      typeof metric === 'number' ? metric : widenToFloat32(file.tensor(tensorRefFrom(metric as never)!)).data[0];
    expect(value).toBeCloseTo(expected.best_metric, 6);
  });
  test.each(['zip', 'legacy'])('a hostile file, %s, is refused by the name it asks for', (format) => {
    const error = thrown(() => read(`hostile.${format}.pth`));
    expect([error.code, error.message.includes('posix.system')]).toEqual(['refusedGlobal', true]);
  });
  test('a file cut short says so', () => {
    expect(thrown(() => read('truncated.zip.pth')).code).toBe('truncated');
  });
  test('nine hundred damaged copies give a value or a CheckpointError, nothing else', () => {
    const random = randomStream(7);
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.pth'))) {
      const original = readFileSync(path.join(folder, name));
      for (let i = 0; i < 100; i++) {
        const bytes = new Uint8Array(original);
        for (let k = 0; k < 4; k++) bytes[random.integer(bytes.length)] = random.integer(256);
        try {
          const file = readPyTorchFile(
            bytes.subarray(0, random.uniform() < 0.2 ? random.integer(bytes.length) : bytes.length),
          );
          const root = file.root;
          if (root instanceof Map)
            for (const value of root.values()) if (tensorRefFrom(value)) file.tensor(tensorRefFrom(value)!);
        } catch (error) {
          if (!(error instanceof CheckpointError)) throw error;
        }
      }
    }
  });
});

test('the shipped weights are recognised: width 0.25, one class, bare, zip', () => {
  const { width, numClasses, layout, container, dropped } = readRecceCheckpoint(lite);
  expect({ width, numClasses, layout, container, dropped }).toEqual({
    width: 0.25,
    numClasses: 1,
    layout: 'bare',
    container: 'zip',
    dropped: [],
  });
});

test('a checkpoint with a tensor missing is refused by name', () => {
  const tensors = new Map(
    [...smallStateDict()].map(([name, tensor]) => [name.replace('h.0.weight', 'h.0.weighT'), tensor]),
  );
  const error = thrown(() => readRecceCheckpoint(trainersFile({ tensors })));
  expect(error.code).toBe('mismatch');
  expect(error.message).toContain('missing (1): attention.h.0.weight');
  expect(error.message).toContain('unexpected (1): attention.h.0.weighT');
});

test('a tensor that PyTorch takes negated or conjugated is refused, not read as its stored numbers', () => {
  const stored = { kind: 'storedTensor', key: '0', dtype: 'float32', shape: [2], strides: [1], size: 2 } as const;
  const plain = writePickle(stored);
  // Behind the hooks, in front of the end of the arguments.
  const withBits = (bits: number[] | Uint8Array) =>
    Uint8Array.from([...plain.subarray(0, -3), ...bits, ...plain.subarray(-3)]);
  const pickled = (value: PyValue) => writePickle(value).subarray(2, -1);
  const tensor = tensorRefFrom(readPickle(new ByteReader(plain)));
  expect(tensor).toMatchObject({ shape: [2] });
  for (const none of [pickled(new Map()), pickled(null)])
    expect(tensorRefFrom(readPickle(new ByteReader(withBits(none))))).toEqual(tensor);
  for (const bits of [new Map([['neg', true]]), new Map([['conj', true]]), true]) {
    const error = thrown(() => readPickle(new ByteReader(withBits(pickled(bits)))));
    expect(error).toMatchObject({ code: 'badStructure', message: expect.stringMatching(/negated or conjugated/) });
  }
});

/** A protocol-2 pickle that calls `module.name('echo')`. */
const calling = (module: string, name: string) =>
  Buffer.concat([
    Buffer.from([0x80, 2]),
    Buffer.from(`c${module}\n${name}\n`),
    Buffer.from([0x58, 4, 0, 0, 0]),
    Buffer.from('echo'),
    Buffer.from([0x85, 0x52, 0x2e]),
  ]);

test.each([
  ['os', 'system'],
  ['builtins', 'eval'],
  ['torch', 'load'],
])('a pickle that asks for %s.%s is refused by name', (module, name) => {
  const error = thrown(() => readPyTorchFile(calling(module, name)));
  expect([error.code, error.message.includes(`${module}.${name}`)]).toEqual(['refusedGlobal', true]);
});

test.each([
  ['an empty file', Buffer.alloc(0), 'empty'],
  ['a web page', Buffer.from('<!DOCTYPE html><html>'), 'web page'],
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0'), 'Git LFS'],
  ['a text file', Buffer.from('hello'), 'not a PyTorch file'],
])('%s is refused for what it is', (_, bytes, words) => {
  const error = thrown(() => readPyTorchFile(bytes));
  expect([error.code, error.message.includes(words)]).toEqual(['notPyTorch', true]);
});

test('an endless pickle is given up', () => {
  const bytes = Buffer.alloc(6_000_000, 0x4e);
  bytes[0] = 0x80;
  expect(thrown(() => readPyTorchFile(bytes))).toBeInstanceOf(CheckpointError);
});
