// What importing asks for, what a correction makes, and what becomes of a model that is retired:
// the real reader in its process, the real library on the disk.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { areaWarning } from '../../contract/validation.ts';
import { bodyOf, trainersFile } from '../../models/checkpoint/testing/trainers-file.ts';
import { familyBytes } from '../../models/families/testing/family-file.ts';
import { familyCrop } from '../../models/families/testing/small-families.ts';
import { xceptionOfDeepfakeBench } from '../../models/families/xception.ts';
import { randomStream } from '../../models/tensor/random.ts';
import { createCompute } from '../compute/compute.ts';
import { scoreCrops } from '../examine/score-crops.ts';
import { createCheckpointReader } from './checkpoint-reader.ts';
import { remarkOn } from './foreign-model.ts';
import { createModelLibrary } from './model-library.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-import-'));
const own = path.join(root, 'own');
const checkpoints = createCheckpointReader();
const clock = () => '2026-01-01T00:00:00.000Z';
const library = createModelLibrary(own, path.join(root, 'shipped'), clock, checkpoints);
const notTested = async () => null as never;
afterAll(async () => {
  await checkpoints.close();
  rmSync(root, { recursive: true, force: true });
});

function fileOf(name: string, bytes: Uint8Array): string {
  const file = path.join(root, name);
  writeFileSync(file, bytes);
  return file;
}
const silent = fileOf('silent.pth', trainersFile({ at: ['net'] }));

test('a file that does not say its input size is refused until it is declared, and nothing is kept', async () => {
  const refused = library.import({ path: silent }, notTested);
  await expect(refused).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringContaining('299 px is usual'),
  });
  expect(await library.list()).toEqual([]);
  expect(await library.inspect(silent)).toMatchObject({
    inputPx: null,
    known: null,
    layout: 'trainer',
    usual: { inputPx: 299, cropRecipe: 'square-1.3' },
  });
});

test('who goes away before the weights are tested has imported and corrected nothing', async () => {
  const leaving = async () => {
    stop.abort();
    return null;
  };
  let stop = new AbortController();
  await expect(library.import({ path: silent, inputPx: 128 }, leaving, stop.signal)).rejects.toThrow(/abort/i);
  expect(await library.list()).toEqual([]);
  const other = createModelLibrary(path.join(root, 'left'), path.join(root, 'none'), clock, checkpoints);
  const { id } = await other.import({ path: silent, inputPx: 128 }, notTested);
  stop = new AbortController();
  await expect(other.correct(id, { inputPx: 256 }, leaving, stop.signal)).rejects.toThrow(/abort/i);
  expect((await other.list()).map((one) => one.id)).toEqual([id]);
});

test('a file that says its size is believed, and the passport says so', async () => {
  const bytes = trainersFile({ at: ['model'], beside: { args: bodyOf(new Map([['image_size', 128]])) } });
  const { passport } = await library.import({ path: fileOf('stated.pth', bytes) }, notTested);
  expect([passport.inputPx, passport.geometry]).toEqual([128, 'assumed']);
  expect(passport.remarks.join()).toContain('states an input of 128 px');
});

test('the same weights declared otherwise are not passed off as the entry there is: they are corrected', async () => {
  const first = await library.import({ path: silent, inputPx: 299, name: 'wrong' }, notTested);
  await expect(library.import({ path: silent, inputPx: 128 }, notTested)).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringContaining('in the library as wrong'),
  });
  await expect(library.correct(first.id, { inputPx: 299 }, notTested)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  await expect(library.correct(first.id, { cropRecipe: 'oval' }, notTested)).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
  });
  const right = await library.correct(first.id, { inputPx: 128, name: 'right' }, notTested);
  expect(right).toMatchObject({
    name: 'right',
    corrects: first.id,
    validation: null,
    passport: { inputPx: 128, geometry: 'declared' },
  });
  expect(right.id).not.toBe(first.id);
  expect(await library.get(right.id)).toEqual(right);
  expect(await library.get(first.id)).toMatchObject({ passport: { inputPx: 299 } });
  expect(Buffer.from(await library.readWeights(right.id))).toEqual(Buffer.from(await library.readWeights(first.id)));
  expect(await library.correct(first.id, { inputPx: 128, name: 'right' }, notTested)).toEqual(right);
});

test('a retired model begins nothing and is there for what was made with it; it can be taken back', async () => {
  const model = (await library.list()).find(({ name }) => name === 'wrong')!;
  const retired = await library.retire(model.id, 'wrong size');
  expect(retired.retired).toEqual({ at: clock(), reason: 'wrong size' });
  await expect(library.choose(model.id)).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringContaining('wrong size'),
  });
  expect((await library.get(model.id)).id).toBe(model.id);
  for (const { id } of await library.list()) await library.retire(id, '');
  await expect(library.choose(undefined)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  for (const { id } of await library.list()) await library.reinstate(id);
  expect((await library.choose(model.id)).retired).toBeUndefined();
  expect(readdirSync(own).filter((name) => name.includes('retired'))).toEqual([]);
});

test('weights trained with real = 1 give the opposite logit of the same weights read as forged = 1 (case 25)', async () => {
  const file = fileOf('real-is-one.pth', trainersFile({ at: ['state_dict'], beside: { epoch: bodyOf(1) } }));
  const plain = await library.import({ path: file, inputPx: 128, name: 'plain' }, notTested);
  const turned = await library.correct(plain.id, { classMap: { genuine: 1, forged: 0 } }, notTested);
  const compute = createCompute({ provider: 'cpu', threads: 1 });
  try {
    const random = randomStream(3);
    const data = Uint8Array.from({ length: 128 * 128 * 3 }, () => random.integer(256));
    const logits: number[] = [];
    for (const model of [plain, turned]) {
      const weights = await library.readWeights(model.id);
      await compute.load(model.id, await checkpoints.network(weights, model.passport, model.name));
      const [scored] = await scoreCrops(compute, model, [{ widthPx: 128, heightPx: 128, data }]);
      logits.push(scored!.logit);
    }
    expect(Math.abs(logits[0]!)).toBeGreaterThan(1e-4);
    expect(logits[1]).toBeCloseTo(-logits[0]!, 5);
  } finally {
    await compute.close();
  }
});

test('an AUC that lies below a half, or cannot be told from it, is warned of (case 25)', () => {
  expect(areaWarning({ auc: 0.12, aucInterval: [0.05, 0.2] })).toContain('real = 1');
  expect(areaWarning({ auc: 0.57, aucInterval: [0.41, 0.7] })).toContain('chance');
  expect(areaWarning({ auc: 0.83, aucInterval: [0.78, 0.88] })).toBeUndefined();
});

test('a file that holds the reader is given up after its time, the engine is not held meanwhile, and the next one is read', async () => {
  const slow = createCheckpointReader({ timeoutMs: 1 });
  await expect(slow.describe(trainersFile({}), 'slow.pth')).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringContaining('slow.pth'),
  });
  await slow.close();
  const ended = checkpoints.pid()!;
  expect(ended).not.toBe(process.pid);
  process.kill(ended, 'SIGKILL');
  expect((await checkpoints.describe(trainersFile({}), 'next.pth')).width).toBe(1 / 32);
  expect(checkpoints.pid()).not.toBe(ended);
});

test('a corrected entry that comes with a packed case is the same entry there; one whose card was changed is refused', async () => {
  const wrong = (await library.list()).find(({ name }) => name === 'plain')!;
  const corrected = await library.correct(wrong.id, { inputPx: 192, name: 'corrected' }, notTested);
  const weights = await library.readWeights(corrected.id);
  const from = { file: 'packed.recce', fileSha256: 'f'.repeat(64) as Sha256 };
  const there = createModelLibrary(path.join(root, 'there'), path.join(root, 'shipped'), clock, checkpoints);
  const forged = { ...corrected, passport: { ...corrected.passport, inputPx: 224 } };
  await expect(there.adoptForeign(weights, forged, from, notTested)).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  const taken = await there.adoptForeign(weights, corrected, from, notTested);
  expect(taken).toMatchObject({ id: corrected.id, corrects: wrong.id, passport: { inputPx: 192 } });
  expect((await there.list()).map(({ id }) => id)).toEqual([corrected.id]);
  expect(Buffer.from(await there.readWeights(corrected.id))).toEqual(Buffer.from(weights));
});

test('a model that came with a packed case does not decide what the import of the same weights means here', async () => {
  const bytes = trainersFile({ at: ['state_dict'], beside: { epoch: bodyOf(2) } });
  const file = fileOf('genuine.pth', bytes);
  const sender = createModelLibrary(path.join(root, 'sender'), path.join(root, 'shipped'), clock, checkpoints);
  const honest = await sender.import({ path: file, inputPx: 128 }, notTested);
  const from = { file: 'theirs.recce', fileSha256: 'e'.repeat(64) as Sha256 };
  const turned = {
    ...honest,
    name: 'Published detector',
    passport: {
      ...honest.passport,
      classMap: { genuine: 1 as const, forged: 0 as const },
      geometry: 'declared' as const,
      remarks: ['The file states an input of 128 px.'],
    },
  };
  const unpacked = (name: string) =>
    createModelLibrary(path.join(root, name), path.join(root, 'shipped'), clock, checkpoints);

  const here = unpacked('turned');
  const whitened = { ...turned, passport: { ...turned.passport, mean: 0.9 } };
  await expect(here.adoptForeign(bytes, whitened, from, notTested)).rejects.toThrow(/fed with mean 0.9/);
  const taken = await here.adoptForeign(bytes, turned, from, notTested);
  expect(remarkOn(taken!)).toMatch(/theirs\.recce declared.* forged = 0\. Usual for this file.* forged = 1\./);
  expect(taken!.passport.remarks.join()).not.toContain('The file states an input');

  const own = await here.import({ path: file, inputPx: 128, name: 'My own import' }, notTested);
  expect(own).toMatchObject({ name: 'My own import', passport: { classMap: { genuine: 0, forged: 1 } } });
  expect(own.cameWith).toBeUndefined();
  expect(own.description).toMatch(/came with the portable case theirs\.recce as Published detector .* forged = 0;/);
  expect(await here.get(own.id)).toEqual(own);
  expect(await here.import({ path: file, inputPx: 128, name: 'My own import' }, notTested)).toEqual(own);
  // The sender's entry stays for the verdicts that were made with it.
  expect(await here.get(honest.id)).toMatchObject({ name: 'Published detector', cameWith: { file: 'theirs.recce' } });
  expect(Buffer.from(await here.readWeights(own.id))).toEqual(Buffer.from(bytes));

  // Fed alike, the laboratory's own words take the place of the sender's.
  const alike = unpacked('alike');
  await alike.adoptForeign(bytes, { ...honest, name: 'Theirs' }, from, notTested);
  const mine = await alike.import({ path: file, inputPx: 128, name: 'Mine' }, notTested);
  expect(mine.id).toBe(honest.id);
  expect((await alike.list()).map(({ name, cameWith }) => [name, cameWith])).toEqual([['Mine', undefined]]);
  // And they hold: another name is a correction, not passed over.
  await expect(alike.import({ path: file, inputPx: 128, name: 'Other' }, notTested)).rejects.toThrow(
    /in the library as Mine.*recce model correct/,
  );
});

test('a published detector is known by its tensors, fed as its authors feed it, and gives the logit of PyTorch', async () => {
  const facts = xceptionOfDeepfakeBench();
  const file = fileOf('xception_best.pth', familyBytes(facts, { prefix: 'module.' }));
  const model = await library.import({ path: file }, notTested);
  expect(model.passport).toMatchObject({
    architecture: 'deepfakebench-xception',
    decoder: false,
    ...{ inputPx: 256, cropRecipe: 'aligned-1.3', mean: 0.5, std: 0.5 },
    classMap: { genuine: 0, forged: 1 },
  });
  const compute = createCompute({ provider: 'cpu', threads: 1 });
  try {
    const weights = await library.readWeights(model.id);
    await compute.load(model.id, await checkpoints.network(weights, model.passport, model.name));
    const crops = [0, 2].map((n) => ({ widthPx: 256, heightPx: 256, data: familyCrop(n, 256) }));
    const scored = await scoreCrops(compute, model, crops);
    // families_reference.py --whole deepfakebench-xception
    [28.5441315, 26.8279033].forEach((expected, i) => {
      expect(scored[i]!.views).toBeNull();
      expect(Math.abs(scored[i]!.logit - expected)).toBeLessThan(1e-3);
    });
  } finally {
    await compute.close();
  }
});

test('a file that is nearly a published detector is refused with the names, and nothing is kept', async () => {
  const facts = xceptionOfDeepfakeBench();
  const name = 'backbone.conv4.pointwise.weight';
  const file = fileOf('nearly.pth', familyBytes(facts, { without: [name] }));
  const before = (await library.list()).length;
  await expect(library.import({ path: file }, notTested)).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringContaining(`missing (1): ${name}`),
  });
  expect((await library.list()).length).toBe(before);
});
