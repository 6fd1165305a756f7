// Checkpoints as ordinary trainers write them, and files that are made to hold whoever reads them.
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../tensor/tensor.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { turnHeadRound } from './orient-head.ts';
import { readRecceCheckpoint } from './recce-checkpoint.ts';
import {
  ascii,
  bodyOf,
  instanceBody,
  joined,
  legacyTrainersFile,
  objectBody,
  pickleOf,
  smallStateDict,
  trainersFile,
  zeros,
} from './testing/trainers-file.ts';
import { writeZip } from './zip-writer.ts';

const refusal = (bytes: Uint8Array): CheckpointError => {
  try {
    readRecceCheckpoint(bytes);
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  throw new Error('It was read.');
};
const floats = (tensors: ReadonlyMap<string, Tensor>) =>
  new Map([...tensors].filter(([, { dtype }]) => dtype === 'float32'));
const network = floats(smallStateDict());
const names = (bytes: Uint8Array) => [...readRecceCheckpoint(bytes).tensors.keys()].sort();
const expected = [...network.keys()].sort();

describe('where trainers put their tensors', () => {
  test.each([
    [['net']],
    [['network']],
    [['model_state_dict']],
    [['ema_state_dict']],
    [['model', 'state_dict']],
    [['state_dict']],
    [['checkpoint', 'model', 'net']],
  ])('under %j (case 23)', (at) => {
    const read = readRecceCheckpoint(trainersFile({ at }));
    expect([...read.tensors.keys()].sort()).toEqual(expected);
    expect(read.tensors).toEqual(network);
    expect(read.remarks.join()).toContain(at.join('.'));
  });

  test.each(['_orig_mod.', 'module.', 'module._orig_mod.', '_orig_mod.module.', 'net.', 'model._orig_mod.'])(
    'with the prefix %s (case 23)',
    (prefix) => {
      expect(names(trainersFile({ prefix }))).toEqual(expected);
      expect(names(trainersFile({ prefix, at: ['state_dict'] }))).toEqual(expected);
    },
  );

  test('a running average alone is taken, and said; beside the weights in one dictionary it is ambiguous and refused (case 23)', () => {
    const file = (one: string) => trainersFile({ at: [one] });
    expect(readRecceCheckpoint(file('ema')).remarks.join()).toContain('under ema');
    const inner = trainersFile({
      tensors: new Map([...network, ...[...network].map(([name, tensor]) => [`ema.${name}`, tensor] as const)]),
    });
    const error = refusal(inner);
    expect([error.code, error.message]).toEqual(['mismatch', expect.stringContaining('2 times side by side')]);
    expect(error.message).toContain('ema.*');
  });

  test('without what BatchNorm counted, and with what a profiler counted (case 23)', () => {
    const read = readRecceCheckpoint(
      trainersFile({
        tensors: smallStateDict(1, false),
        more: { total_ops: zeros(1), 'encoder.conv1.total_params': zeros(1), 'encoder.conv1.total_ops': zeros(1) },
      }),
    );
    expect([...read.tensors.keys()].sort()).toEqual(expected);
    expect(read.dropped).toEqual([
      { prefix: 'total_ops', count: 2 },
      { prefix: 'total_params', count: 1 },
    ]);
  });

  test('a file without the network names what is in it (case 23)', () => {
    const { code, message } = refusal(
      trainersFile({
        tensors: new Map([['blocks.0.weight', zeros(3)]]),
        at: ['generator'],
        beside: { epoch: bodyOf(4) },
      }),
    );
    expect([code, message]).toEqual(['mismatch', expect.stringContaining('generator (with blocks.0.weight), epoch')]);
  });

  test('a whole pickled model says that its state dict is wanted', () => {
    const whole = writeZip(
      new Map([['a/data.pkl', pickleOf(instanceBody('models.recce', 'Recce', { training: true }))]]),
    );
    expect(refusal(whole).message).toMatch(/object of models\.recce\.Recce.*state_dict\(\)/);
  });
});

describe('what trainers keep beside their tensors', () => {
  const beside = {
    args: instanceBody('argparse', 'Namespace', { lr: { kind: 'float', value: 0.1 }, name: 'x' }),
    when: objectBody('datetime', 'datetime', [bodyOf('2024')]),
    where: objectBody('pathlib', 'PosixPath', [bodyOf('/data'), bodyOf('faces')]),
    counts: joined(
      objectBody('collections', 'defaultdict', [ascii('c__builtin__\nint\n')]),
      ascii('('),
      bodyOf('a'),
      bodyOf(1),
      ascii('u'),
    ),
    classes: joined(
      ascii('c__builtin__\nset\n('),
      joined(ascii('('), bodyOf('real'), bodyOf('fake'), ascii('l')),
      ascii('tR'),
    ),
    set4: joined(Uint8Array.of(0x8f), ascii('('), bodyOf('real'), Uint8Array.of(0x90)),
    frozen: joined(ascii('('), bodyOf('real'), Uint8Array.of(0x91)),
    best: objectBody('numpy.core.multiarray', 'scalar', [
      objectBody('numpy', 'dtype', [bodyOf('f8')]),
      bodyOf('12345678'),
    ]),
    history: objectBody(
      'numpy.core.multiarray',
      '_reconstruct',
      [ascii('cnumpy\nndarray\n'), bodyOf(0)],
      bodyOf([1, 2]),
    ),
    cfg: instanceBody('yacs.config', 'CfgNode', {}),
    tupleKeys: joined(ascii('}('), bodyOf({ kind: 'tuple', items: [1, 2] }), bodyOf(3), ascii('u')),
  };

  test('objects are passed over, named, and the tensors are whole (case 23)', () => {
    const read = readRecceCheckpoint(trainersFile({ at: ['model'], beside }));
    expect(read.tensors).toEqual(network);
    const remark = read.remarks.find((one) => one.includes('passed over'))!;
    for (const name of ['argparse.Namespace', 'datetime.datetime', 'pathlib.PosixPath', 'yacs.config.CfgNode'])
      expect(remark).toContain(name);
    expect(remark).toContain('nothing in them was run');
  });

  test('so they are in a legacy file', () => {
    const read = readRecceCheckpoint(legacyTrainersFile(beside));
    expect([read.container, read.tensors]).toEqual(['legacy', network]);
    expect(read.remarks.join()).toContain('argparse.Namespace');
  });

  test.each([
    ['os', 'system'],
    ['posix', 'popen'],
    ['subprocess', 'Popen'],
    ['builtins', 'eval'],
    ['__builtin__', 'getattr'],
    ['torch.hub', 'load'],
    ['webbrowser', 'open'],
    ['importlib._bootstrap', '_load'],
  ])('but a file that names %s.%s is refused by that name, wherever it stands', (module, name) => {
    const { code, message } = refusal(
      trainersFile({ at: ['model'], beside: { extra: objectBody(module, name, [bodyOf('x')]) } }),
    );
    expect([code, message]).toEqual(['refusedGlobal', expect.stringContaining(`${module}.${name}`)]);
  });

  test.each([
    [
      'among the arguments of an argparse.Namespace',
      { args: instanceBody('argparse', 'Namespace', { image_size: 256 }) },
      256,
    ],
    ['as two equal sides', { cfg: bodyOf(new Map([['data', new Map([['input_size', [224, 224]]])]])) }, 224],
    [
      'differently in two places',
      {
        args: bodyOf(
          new Map([
            ['image_size', 256],
            ['resolution', 299],
          ]),
        ),
      },
      null,
    ],
    ['nowhere', { epoch: bodyOf(3) }, null],
    ['as something that is no size', { args: bodyOf(new Map([['image_size', 1_000_000]])) }, null],
  ])('the input size is stated %s', (_, entries, inputPx) => {
    expect(readRecceCheckpoint(trainersFile({ at: ['model'], beside: entries })).inputPx).toBe(inputPx);
  });
});

describe('whose layout it is', () => {
  const backbone = {
    'backbone.conv1.weight': zeros(2),
    'backbone.bn1.weight': zeros(2),
    'backbone.bn1.bias': zeros(1),
  };

  test('DeepfakeBench is known by the backbone beside the model (case 24)', () => {
    expect(readRecceCheckpoint(trainersFile({ prefix: 'model.', more: backbone }))).toMatchObject({
      layout: 'deepfakebench',
      dropped: [{ prefix: 'backbone.', count: 3 }],
    });
  });

  test('a Lightning file is not DeepfakeBench’s, and what is not the network is named (case 24)', () => {
    const lightning = trainersFile({
      at: ['state_dict'],
      prefix: 'model.',
      more: { 'criterion.weight': zeros(2) },
      beside: {
        'pytorch-lightning_version': bodyOf('2.1.0'),
        hyper_parameters: bodyOf(new Map([['image_size', 320]])),
      },
    });
    expect(readRecceCheckpoint(lightning)).toMatchObject({
      layout: 'wrapped',
      inputPx: 320,
      dropped: [{ prefix: 'criterion.', count: 1 }],
    });
  });
});

describe('safetensors', () => {
  const TYPES: Record<string, string> = { float32: 'F32', int64: 'I64' };
  type Described = Record<string, unknown>;
  function safetensors(change: (header: Described) => void = () => {}, tail = new Uint8Array(0)): Uint8Array {
    const header: Described = { __metadata__: { format: 'pt', image_size: '256' } };
    let at = 0;
    const parts: Uint8Array[] = [];
    for (const [name, { dtype, shape, data }] of smallStateDict()) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      header[name] = { dtype: TYPES[dtype], shape, data_offsets: [at, at + bytes.length] };
      at += bytes.length;
      parts.push(bytes);
    }
    change(header);
    const json = ascii(JSON.stringify(header));
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
    return joined(length, json, ...parts, tail);
  }
  const set = (name: string, value: object) => (header: Described) => {
    header[name] = { ...(header[name] as object), ...value };
  };

  test('are read, with what is noted in them (case 23)', () => {
    const read = readRecceCheckpoint(safetensors());
    expect(read).toMatchObject({ container: 'safetensors', layout: 'bare', inputPx: 256 });
    expect(read.tensors).toEqual(network);
  });

  test.each<[string, Uint8Array, string]>([
    ['cut short', safetensors().subarray(0, -100), 'truncated'],
    ['with bytes behind', safetensors(undefined, new Uint8Array(4)), 'badStructure'],
    ['with an offset beyond', safetensors(set('fc.bias', { data_offsets: [2 ** 40, 2 ** 40 + 4] })), 'badStructure'],
    ['with a negative offset', safetensors(set('fc.bias', { data_offsets: [-4, 0] })), 'badStructure'],
    ['with tensors over each other', safetensors(set('fc.bias', { data_offsets: [0, 4] })), 'badStructure'],
    ['with a shape that is not its size', safetensors(set('fc.bias', { shape: [2 ** 30] })), 'badStructure'],
    ['with a type nobody knows', safetensors(set('fc.bias', { dtype: 'constructor' })), 'badStructure'],
    ['with a header longer than it', joined(ascii('\xff\xff\xff\x7f\0\0\0\0{'), new Uint8Array(40)), 'badStructure'],
    ['with a header that is no JSON', joined(ascii('\x08\0\0\0\0\0\0\0{"a":{{}'), new Uint8Array(4)), 'badStructure'],
    [
      'with a header nested beyond reason',
      joined(ascii('\x40\x0d\x03\0\0\0\0\0'), ascii(`{"a":${'['.repeat(199_995)}`)),
      'badStructure',
    ],
  ])('%s are refused', (_, bytes, code) => {
    expect(refusal(bytes).code).toBe(code);
  });
});

describe('damage', () => {
  test('one wrong bit in a tensor, which would score, is found by its CRC-32 (case 26)', () => {
    const bytes = trainersFile({});
    const found = Buffer.from(bytes).indexOf(Buffer.from(network.get('fc.weight')!.data.buffer as ArrayBuffer));
    bytes[found + 1]! ^= 4;
    expect(refusal(bytes)).toMatchObject({ code: 'damaged', message: expect.stringContaining('CRC-32') });
  });

  test('a file that was saved without checksums is read', () => {
    const bytes = trainersFile({});
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 46 < bytes.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 16, 0, true);
    }
    expect(names(bytes)).toEqual(expected);
  });
});

describe('files that are made to hold whoever reads them', () => {
  /** `text`, memoised, doubled as lists. */
  const doubledList = (times: number): Uint8Array =>
    joined(
      ascii(']'),
      Uint8Array.of(0x71, 0),
      ascii('('),
      bodyOf('ha'),
      bodyOf('ha'),
      ascii('e'),
      ...Array.from({ length: times }, (_, n) =>
        joined(ascii(']'), Uint8Array.of(0x71, n + 1), ascii('('), Uint8Array.of(0x68, n, 0x68, n), ascii('e')),
      ),
    );
  const pth = (...parts: Uint8Array[]): Uint8Array => writeZip(new Map([['a/data.pkl', pickleOf(...parts)]]));

  test('a list doubled sixty times is no name of a class, and the message about it is short', () => {
    const error = refusal(pth(doubledList(60), bodyOf('x'), Uint8Array.of(0x93)));
    expect(error.code).toBe('badStructure');
    expect(error.message.length).toBeLessThan(2000);
  });

  test('nor a legacy file’s version or storage', () => {
    const magic = joined(
      Uint8Array.of(0x80, 2, 0x8a, 10),
      Uint8Array.of(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
      ascii('.'),
    );
    expect(refusal(joined(magic, pickleOf(doubledList(60)))).message.length).toBeLessThan(2000);
    const keys = joined(
      magic,
      pickleOf(bodyOf(1001)),
      pickleOf(ascii('}')),
      pickleOf(ascii('}')),
      pickleOf(ascii('('), doubledList(60), ascii('l')),
    );
    expect(refusal(keys).code).toBe('badStructure');
  });

  test('a text that is encoded again and again is given up, not multiplied', () => {
    const encode = joined(Uint8Array.of(0x68, 0, 0x68, 1, 0x85, 0x52, 0x30));
    const error = refusal(
      pth(
        ascii('c_codecs\nencode\n'),
        Uint8Array.of(0x71, 0, 0x30),
        bodyOf('x'.repeat(1_000_000)),
        Uint8Array.of(0x71, 1, 0x30),
        ...Array.from({ length: 6000 }, () => encode),
        ascii('N'),
      ),
    );
    expect(error).toMatchObject({ code: 'badStructure', message: expect.stringContaining('far more') });
  });

  test('a name of a megabyte is cut in what is said of it', () => {
    const file = trainersFile({ tensors: new Map([['n'.repeat(1_000_000), zeros(1)]]), at: ['model'] });
    expect(refusal(file).message.length).toBeLessThan(2000);
  });

  test('a tensor that claims more than the network’s shape is refused before it is made', () => {
    const tensors = smallStateDict();
    tensors.set('fc.bias', { dtype: 'float32', shape: [2 ** 28], data: new Float32Array(4) });
    expect(refusal(trainersFile({ tensors })).code).toBe('mismatch');
  });

  test('an integer of a hundred kilobytes is refused', () => {
    const size = Uint8Array.of(0xa0, 0x86, 1, 0);
    expect(refusal(pth(Uint8Array.of(0x8b), size, new Uint8Array(100_000).fill(1))).code).toBe('badStructure');
  });
});

describe('weights that were trained with real = 1', () => {
  test.each([1, 2] as const)('turned round, a classifier of %i rows speaks for forged (case 25)', (numClasses) => {
    const { tensors } = readRecceCheckpoint(trainersFile({ tensors: smallStateDict(numClasses) }));
    const turned = turnHeadRound(tensors);
    const [before, after] = [tensors.get('fc.weight')!, turned.get('fc.weight')!];
    const size = before.shape[1]!;
    const logit = (data: Float32Array, i: number) => (numClasses === 1 ? data[i]! : data[size + i]! - data[i]!);
    for (let i = 0; i < size; i++) expect(logit(after.data, i)).toBe(-logit(before.data, i));
    expect(turned.get('encoder.conv1.weight')).toBe(tensors.get('encoder.conv1.weight'));
  });
});
