// A network of one's own, from its file and its owner's passport to scan, validation, rerun and
// report; and what is refused of files that were made to do harm, with nothing left behind.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { NO_DECODER } from '../../contract/architecture.ts';
import type { Model } from '../../contract/model.ts';
import { type OnnxPassportInput, onnxPassportSchema } from '../../contract/onnx-passport.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import {
  BOOL,
  border,
  FLOAT,
  type Graph,
  INT64,
  meanDetector,
  type Node,
  onnxFile,
  pictures,
  SIDE,
  smuggledTensor,
  tensor,
} from '../../models/onnx/testing/hostile-onnx.ts';
import type { Client, Engine } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf } from '../testing/scanned.ts';

const { root, start } = installations('own-onnx');
const models = path.join(root, 'app', 'models');
let client: Client;
let engine: Engine;

const declared = (change: Partial<OnnxPassportInput> = {}): OnnxPassportInput => ({
  name: 'of our own',
  ...{ input: 'pictures', inputPx: SIDE, layout: 'NCHW', channelOrder: 'BGR', valueRange: [0, 255] },
  ...{ mean: [104, 117, 123], std: [58, 57, 57], cropRecipe: 'square-1.3', resize: 'area-bilinear' },
  ...{ output: 'answer', answer: 'logit', classMap: { genuine: 0, forged: 1 }, licence: 'ours', features: 'features' },
  ...change,
});

const fileOf = (name: string, graph: Graph, domains: readonly string[] = []): string => {
  const file = path.join(root, name);
  writeFileSync(file, onnxFile(graph, domains));
  return file;
};
const request = (file: string, change: Partial<OnnxPassportInput> = {}) => ({
  path: file,
  passport: onnxPassportSchema.parse(declared(change)),
});
const kept = (): string[] => (existsSync(models) ? readdirSync(models) : []);

beforeAll(async () => {
  ({ client, engine } = await start('app', { firstLook: { limitMs: 12_000, limitBytes: 0.7 * 2 ** 30 } }));
});

describe('a passport', () => {
  const yaml = (change: Record<string, unknown>, drop: readonly string[] = []): string => {
    const said = Object.entries({ ...declared(), ...change }).filter(([key]) => !drop.includes(key));
    const file = path.join(root, 'passport.yaml');
    writeFileSync(file, said.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join('\n'));
    return file;
  };

  test('is read from YAML, word by word', async () => {
    expect(await client.model.readOnnxPassport({ path: yaml({}) })).toEqual(onnxPassportSchema.parse(declared()));
  });

  test.each([
    ['a key that is unknown', { crop: 'square-1.3' }, [], /crop/],
    ['no size', {}, ['inputPx'], /inputPx/],
    ['no class map', {}, ['classMap'], /classMap/],
    ['both classes the same', { classMap: { genuine: 1, forged: 1 } }, [], /classMap/],
    ['an answer that is none', { answer: 'score' }, [], /answer/],
    ['a deviation of 0', { std: [1, 0, 1] }, [], /above 0/],
    ['a resizing rule that is not known', { resize: 'lanczos' }, [], /resize/],
  ])('with %s is refused, and the key is named', async (_, change, drop, named) => {
    await expect(client.model.readOnnxPassport({ path: yaml(change, drop) })).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      message: expect.stringMatching(named),
    });
  });
});

describe('a file is refused with its reason, and nothing is left behind', () => {
  const answering = (nodes: readonly Node[], tensors: Graph['tensors'] = []): Graph => {
    const detector = meanDetector(nodes);
    return { ...detector, tensors: [...detector.tensors!, ...tensors] };
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
    [
      { op: 'Cast', in: ['one'], out: ['true'], ints: { to: BOOL } },
      { op: 'Loop', in: ['most', 'true', 'logit'], out: ['answer'], body },
    ],
    [tensor('most', [], BigInt64Array.of(2n ** 62n)), tensor('one', [], Float32Array.of(1))],
  );
  const greedy = answering(
    [
      { op: 'ReduceMean', in: ['logit'], out: ['level'], ints: { keepdims: 0 } },
      { op: 'Expand', in: ['level', 'huge'], out: ['all'] },
      { op: 'Exp', in: ['all'], out: ['more'] },
      { op: 'ReduceMean', in: ['more'], out: ['mean'], ints: { keepdims: 0 } },
      { op: 'Add', in: ['logit', 'mean'], out: ['answer'] },
    ],
    [tensor('huge', [2], BigInt64Array.of(30_000n, 30_000n))],
  );
  const notANumber = answering([
    { op: 'Sub', in: ['logit', 'logit'], out: ['nought'] },
    { op: 'Div', in: ['nought', 'nought'], out: ['answer'] },
  ]);
  const random = answering([
    { op: 'RandomNormalLike', in: ['logit'], out: ['noise'] },
    { op: 'Add', in: ['logit', 'noise'], out: ['answer'] },
  ]);
  const threeAnswers: Graph = {
    ...meanDetector([{ op: 'Identity', in: ['features'], out: ['answer'] }]),
    outputs: [border('answer', ['batch', 3]), border('features', ['batch', 3])],
  };
  const whole = answering([{ op: 'Cast', in: ['logit'], out: ['answer'], ints: { to: INT64 } }]);
  const integers: Graph = {
    ...whole,
    outputs: [border('answer', ['batch', 1], INT64), border('features', ['batch', 3])],
  };
  const outside: Graph = {
    ...meanDetector(),
    tensors: [tensor('weight', [3, 1], new Float32Array(3), '/etc/hostname')],
  };
  const smuggled: Graph = { ...meanDetector(), tensors: [smuggledTensor('weight', [3, 1], '/etc/hostname')] };
  const custom = answering([{ op: 'Call', in: ['logit'], out: ['answer'], domain: 'own.ops' }]);
  const second: Graph = { ...meanDetector(), inputs: [pictures, border('sex', ['batch', 1])] };

  test.each<[string, Graph, Partial<OnnxPassportInput>, RegExp]>([
    ['that never ends', endless, {}, /no answer within 12000 ms/],
    // Whichever comes first on a machine in use; that it is the memory: bounds.test.ts.
    ['that eats memory', greedy, {}, /MB of memory, more than its limit|no answer within 12000 ms/],
    ['that answers NaN', notANumber, {}, /the logit is NaN/],
    ['that answers at random', random, {}, /same way each time/],
    ['that answers with three numbers', threeAnswers, {}, /3 numbers a picture came out/],
    ['that answers with integers', integers, {}, /is not float32/],
    ['whose weights lie in another file', outside, {}, /weight lie in another file/],
    ['that hides where its weights lie', smuggled, {}, /a field has another type/],
    ['with an operator of its own', custom, {}, /own\.ops\.Call/],
    ['that wants more than a picture', second, {}, /wants sex beside pictures/],
    ['declared a sigmoid that is none', meanDetector(), { answer: 'sigmoid' }, /no probability|add up/],
    ['declared at another size', meanDetector(), { inputPx: 128 }, /\[free, 3, 64, 64\]; as declared/],
    ['declared in another layout', meanDetector(), { layout: 'NHWC' }, /as declared it would be \[n, 64, 64, 3\]/],
    ['declared with an output it has not', meanDetector(), { output: 'score' }, /no output "score"/],
    ['declared with a crop that is not known', meanDetector(), { cropRecipe: 'dlib-1.3' }, /no crop recipe/],
  ])('one %s', async (_, graph, change, why) => {
    const file = fileOf('hostile.onnx', graph, ['own.ops']);
    await expect(client.model.importOnnx(request(file, change))).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      message: expect.stringMatching(why),
    });
    expect(kept()).toEqual([]);
  });

  test('one that is cut short, and one that is something else', async () => {
    const bytes = onnxFile(meanDetector());
    for (const [name, content] of [
      ['short.onnx', bytes.slice(0, bytes.length - 40)],
      ['text.onnx', Buffer.from('<html>log in</html>')],
      ['empty.onnx', new Uint8Array()],
    ] as const) {
      const file = path.join(root, name);
      writeFileSync(file, content);
      await expect(client.model.importOnnx(request(file))).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    }
    expect(kept()).toEqual([]);
  });
});

describe('a whole one', () => {
  const file = () => fileOf('detector.onnx', meanDetector());
  let model: Model;

  test('is shown back with the scores of three faces before anything is kept', async () => {
    const trial = await client.model.tryOnnx(request(file()));
    expect(trial.scores).toHaveLength(3);
    for (const { logit, score } of trial.scores) expect(score).toBeCloseTo(1 / (1 + Math.exp(-logit)), 12);
    expect(new Set(trial.scores.map(({ logit }) => logit)).size).toBe(3);
    expect(trial).toMatchObject({ known: null, remarks: [] });
    expect(kept()).toEqual([]);
  });

  test('answers the same whatever it answers with, and whichever class it calls forged', async () => {
    const logitsOf = async (graph: Graph, change: Partial<OnnxPassportInput>) =>
      (await client.model.tryOnnx(request(fileOf('variant.onnx', graph), change))).scores.map(({ logit }) => logit);
    const plain = await logitsOf(meanDetector(), {});
    const sigmoid = meanDetector([{ op: 'Sigmoid', in: ['logit'], out: ['answer'] }]);
    const negated: readonly Node[] = [
      { op: 'Neg', in: ['logit'], out: ['other'] },
      { op: 'Sigmoid', in: ['logit'], out: ['p'] },
      { op: 'Sigmoid', in: ['other'], out: ['q'] },
      { op: 'Concat', in: ['p', 'q'], out: ['answer'], ints: { axis: 1 } },
    ];
    const softmax: Graph = {
      ...meanDetector(negated),
      outputs: [border('answer', ['batch', 2], FLOAT), border('features', ['batch', 3])],
    };
    const close = (found: readonly number[]): void => {
      for (const [i, one] of found.entries()) expect(one).toBeCloseTo(plain[i]!, 4);
    };
    close(await logitsOf(sigmoid, { answer: 'sigmoid' }));
    close(await logitsOf(softmax, { answer: 'softmax', classMap: { genuine: 1, forged: 0 } }));
    close((await logitsOf(meanDetector(), { classMap: { genuine: 1, forged: 0 } })).map((one) => -one));
  });

  describe('held against the logits that its owner expects', () => {
    /** Four pictures of one colour each, larger than the network takes, and what comes of them. */
    const COLOURS = [
      [200, 40, 90],
      [10, 20, 30],
      [255, 255, 255],
      [90, 180, 60],
    ] as const;
    const logitOf = ([r, g, b]: readonly [number, number, number]): number =>
      (3 * (b - 104)) / 58 - (2 * (g - 117)) / 57 + (1.5 * (r - 123)) / 57;
    const expected = async (change: (n: number) => number = () => 0, tolerance = 1e-3): Promise<string> => {
      const folder = path.join(root, 'parity');
      mkdirSync(folder, { recursive: true });
      const pictures = COLOURS.map((colour, n) => ({ file: `${n}.png`, logit: logitOf(colour) + change(n) }));
      for (const [n, [r, g, b]] of COLOURS.entries())
        await sharp({ create: { width: 90, height: 90, channels: 3, background: { r, g, b } } })
          .png()
          .toFile(path.join(folder, `${n}.png`));
      const file = path.join(folder, 'parity.json');
      writeFileSync(file, JSON.stringify({ tolerance, pictures }));
      return file;
    };

    test.each(['area-bilinear', 'bicubic-antialias'] as const)(
      'it is kept where they come out (%s)',
      async (resize) => {
        const parity = await expected();
        const asked = { ...request(file(), { resize, name: `compared, ${resize}` }), parity };
        const trial = await client.model.tryOnnx(asked);
        expect(trial.parity).toMatchObject({ pictures: 4, tolerance: 1e-3 });
        expect(trial.parity!.largest).toBeLessThan(1e-4);
        const compared = await client.model.importOnnx(asked);
        expect(compared.passport).toMatchObject({ interpolation: resize, parity: trial.parity });
        expect((await client.model.tryOnnx(asked)).known).toBe(compared.id);
        // The same words without the comparison are another entry.
        const { parity: _, ...unsaid } = asked;
        expect((await client.model.tryOnnx(unsaid)).known).toBe(null);
        expect((await client.model.get({ id: compared.id })).passport.parity).toEqual(trial.parity);
      },
    );

    test('it is refused with the list where they do not, and nothing is kept', async () => {
      const before = kept();
      const twoWrong = await expected((n) => (n % 2 === 0 ? 0.01 : 0));
      await expect(client.model.importOnnx({ ...request(file()), parity: twoWrong })).rejects.toMatchObject({
        code: 'MODEL_REFUSED',
        message: expect.stringMatching(
          /of 4 expected logits 2 did not come out within 0\.001: 0\.png .* instead of .*; 2\.png/,
        ),
      });
      const parity = await expected();
      await expect(client.model.importOnnx({ ...request(file(), { channelOrder: 'RGB' }), parity })).rejects.toThrow(
        /fed as declared/,
      );
      expect(kept()).toEqual(before);
    });

    test.each<[string, (file: string) => object, RegExp]>([
      ['without a tolerance', () => ({ pictures: [{ file: '0.png', logit: 1 }] }), /tolerance/],
      ['without pictures', () => ({ tolerance: 1, pictures: [] }), /pictures/],
      [
        'with a picture elsewhere',
        () => ({ tolerance: 1, pictures: [{ file: '../1.png', logit: 1 }] }),
        /not in its folder/,
      ],
      ['with a picture that is not there', () => ({ tolerance: 1, pictures: [{ file: '9.png', logit: 1 }] }), /9\.png/],
      [
        'with a picture that is none',
        () => ({ tolerance: 1, pictures: [{ file: 'parity.json', logit: 1 }] }),
        /parity\.json/,
      ],
    ])('a file %s is refused', async (_, content, why) => {
      const parity = await expected();
      writeFileSync(parity, JSON.stringify(content(parity)));
      await expect(client.model.tryOnnx({ ...request(file()), parity })).rejects.toThrow(why);
    });
  });

  test('is kept under its owner’s words; other words are another entry of the same file', async () => {
    model = await client.model.importOnnx(request(file()));
    expect(model.passport).toMatchObject({
      architecture: 'onnx',
      decoder: false,
      container: 'onnx',
      geometry: 'declared',
    });
    expect(kept()).toEqual(expect.arrayContaining([`${model.id}.card.json`, `${model.passport.sha256}.onnx`]));
    expect((await client.model.importOnnx(request(file()))).id).toBe(model.id);
    const other = await client.model.importOnnx(request(file(), { channelOrder: 'RGB' }));
    expect(other.id).not.toBe(model.id);
    expect(other.passport.sha256).toBe(model.passport.sha256);
    await expect(client.model.correct({ id: model.id, inputPx: 128 })).rejects.toThrow(/another passport/);
  });

  const way = 'scans, gives no views that it has not, and is rerun bit for bit and reported';
  test(way, { tags: ['poppler'] }, async () => {
    const media = path.join(root, 'media');
    mkdirSync(media);
    for (const n of [1, 2]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
    await client.case.create({ folder: path.join(root, 'case'), title: 'Own' });
    const scanWith = async (modelId: Model['id']) =>
      ended(client, (await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40, modelId })).id);
    expect(await scanWith(model.id)).toBe('done');
    // In a process of its own, with the bounds of one that was not built here.
    expect(engine.pids().apart).toHaveLength(1);
    const rows = await findingsOf(client);
    const outcomes = await Promise.all(
      rows.map(async ({ verdictId }) => (await client.finding.inspect({ verdictId })).verdict!.outcome),
    );
    const scored = outcomes.filter((one): one is Extract<VerdictOutcome, { kind: 'scored' }> => one.kind === 'scored');
    expect(scored.length).toBeGreaterThan(1);
    for (const one of scored)
      expect(Object.keys(one).sort()).toEqual([
        'cropSha256',
        'kind',
        'leaning',
        'log10LikelihoodRatio',
        'logit',
        'score',
      ]);

    // The arithmetic of the owner's preprocessing, done again from the stored crop.
    const crop = readFileSync(
      path.join(root, 'case', 'blobs', scored[0]!.cropSha256.slice(0, 2), scored[0]!.cropSha256),
    );
    const { data } = await sharp(crop).raw().toBuffer({ resolveWithObject: true });
    const means = [2, 1, 0].map((c) => data.reduce((sum, v, i) => (i % 3 === c ? sum + v : sum), 0) / (SIDE * SIDE));
    const [b, g, r] = means.map((mean, c) => (mean - [104, 117, 123][c]!) / [58, 57, 57][c]!);
    expect(scored[0]!.logit).toBeCloseTo(3 * b! - 2 * g! + 1.5 * r!, 4);

    const { id } = await client.rerun.start({});
    expect(await ended(client, id)).toBe('done');
    const again = await client.rerun.read({ jobId: id });
    expect(again.rows.map(({ result }) => result)).toEqual(rows.map(() => 'identical'));
    expect(await client.case.verify()).toMatchObject({ problems: [] });

    const preview = await client.report.preview({});
    expect(preview.models.map(({ passport }) => passport.architecture)).toEqual(['onnx']);
    const pdf = path.join(root, 'report.pdf');
    await client.report.export({ options: {}, format: 'pdf', path: pdf });
    const text = execFileSync('pdftotext', ['-layout', pdf, '-']).toString().replace(/\s+/g, ' ');
    expect(text).toContain(NO_DECODER);
    expect(text).not.toMatch(/Mean difference|mean difference \d|Reconstruction/);
  });

  test('is validated as any model is, on what its classifier sees as well', async () => {
    const set = path.join(root, 'set');
    for (const [label, person, n] of [
      ['real', 'anna', 1],
      ['real', 'bert', 2],
      ['fake', 'anna', 2],
      ['fake', 'carl', 3],
    ] as const) {
      mkdirSync(path.join(set, label, person), { recursive: true });
      copyFileSync(samplePhotograph(n), path.join(set, label, person, 'one.jpg'));
    }
    let record: Model['validation'] = null;
    for await (const event of await client.model.validate({ modelId: model.id, folder: set, repeats: 1 }))
      if (event.kind === 'done') record = event.record;
    expect(record).toMatchObject({ genuine: 2, forged: 2, localisation: null });
    expect(record!.domain!.features!.genuine.mean).toHaveLength(3);
    expect((await client.model.get({ id: model.id })).validation).toEqual(record);
    expect(record!.learnedFrom).toBe(undefined);
    // The card had said that there was no record.
    expect([model.limits, (await client.model.get({ id: model.id })).limits]).toEqual([
      expect.stringContaining('Without a validation record'),
      '',
    ]);
  });

  test('measured on a folder that it learned from, its record says so', async () => {
    const set = path.join(root, 'set');
    const cardFile = path.join(models, `${model.id}.card.json`);
    writeFileSync(cardFile, JSON.stringify({ ...JSON.parse(readFileSync(cardFile, 'utf8')), trainedOn: [set] }));
    for await (const event of await client.model.validate({ modelId: model.id, folder: set, repeats: 1, keep: false }))
      if (event.kind === 'done') expect(event.record.learnedFrom).toEqual([set]);
  });

  test('begins no training, which is RECCE’s', async () => {
    await expect(
      client.train.start({
        name: 'x',
        base: { kind: 'model', modelId: model.id },
        data: { kind: 'portraits', folder: path.join(root, 'set') },
      }),
    ).rejects.toThrow(/only RECCE is trained/);
  });
});
