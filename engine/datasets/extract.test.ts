// Faces cut out of labelled files and of a case's opinions, through the engine's own door, on the
// real photographs that come with the finder; then a validation on them, and what it changes in the
// next scan.
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { ExtractEvent } from '../../contract/faces.ts';
import type { ValidationEvent } from '../../contract/validation.ts';
import { unscoredWords } from '../../contract/wording.ts';
import type { Client } from '../index.ts';
import { facePackageFolder } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, scan } from '../testing/scanned.ts';
import { readFaceFolder } from './face-folder.ts';
import { sampleBatches, samplesInProcess } from './samples-in-process.ts';

const { root, start } = installations('extract');
const set = path.join(root, 'set');
const cut = path.join(root, 'cut');
let client: Client;

const sample = (n: number) => path.join(facePackageFolder(), 'demo', `sample${n}.jpg`);

beforeAll(async () => {
  for (const [n, at] of [
    [1, 'real/anna'],
    [2, 'real/bert'],
    [3, 'fake/anna'],
    [6, 'fake/carl'],
  ] as const) {
    mkdirSync(path.join(set, at), { recursive: true });
    await sharp(sample(n))
      .resize(640)
      .jpeg({ quality: 70 })
      .toFile(path.join(set, at, 'one.jpg'));
  }
  writeFileSync(path.join(set, 'real', 'anna', 'cut.jpg'), readFileSync(sample(1)).subarray(0, 30_000));
  await sharp({ create: { width: 300, height: 300, channels: 3, background: '#678' } })
    .png()
    .toFile(path.join(set, 'fake', 'carl', 'empty.png'));
  ({ client } = await start());
});

async function extract(to = cut): Promise<Extract<ExtractEvent, { kind: 'done' }>> {
  const request = { from: { kind: 'labelled' as const, folder: set }, to, sidePx: 128 };
  for await (const event of await client.faces.extract(request)) if (event.kind === 'done') return event;
  throw new Error('the stream ended');
}

test('every labelled file gives its largest face, or the reason why not', async () => {
  const { faces, without } = await extract();
  expect(faces).toBe(4);
  expect(without).toEqual([
    { from: 'fake/carl/empty.png', reason: 'no face found' },
    { from: 'real/anna/cut.jpg', reason: 'unreadable (truncated)' },
  ]);
  const { head, lines } = await readFaceFolder(cut);
  expect(head).toMatchObject({ cropRecipe: 'square-1.3', sidePx: 128, from: 'plain' });
  const found = lines.filter((line) => line.kind === 'face');
  expect(found.map(({ from, label, source }) => [from, label, source])).toEqual([
    ['fake/anna/one.jpg', 1, 'anna'],
    ['fake/carl/one.jpg', 1, 'carl'],
    ['real/anna/one.jpg', 0, 'anna'],
    ['real/bert/one.jpg', 0, 'bert'],
  ]);
  expect(new Set(found.filter((one) => one.source === 'anna').map((one) => one.split)).size).toBe(1);
  expect(found[0]!.strata['JPEG quality']).toBe('70');
  expect(await sharp(path.join(cut, found[0]!.file)).metadata()).toMatchObject({ width: 128, height: 128 });
});

test('an extraction cut off in the middle of a line goes on and ends the same', async () => {
  const lines = path.join(cut, 'faces.jsonl');
  const whole = readFileSync(lines, 'utf8');
  truncateSync(lines, Math.floor(whole.length * 0.6));
  await extract();
  expect(readFileSync(lines, 'utf8')).toBe(whole);
  expect((await extract()).faces).toBe(0);
  expect(readFileSync(lines, 'utf8')).toBe(whole);
});

test('a folder of faces cut in another way is not mixed with these', async () => {
  const request = { from: { kind: 'labelled' as const, folder: set }, to: cut, sidePx: 256 };
  await expect(async () => {
    for await (const _ of await client.faces.extract(request));
  }).rejects.toThrow(/sidePx 128, not 256/);
});

test('extracted faces are samples: the same for the same seed, epoch and index, and refused at another size', async () => {
  const samples = { kind: 'faces' as const, folder: cut, split: 'all' as const, seed: 3, inputPx: 128 };
  const source = await samplesInProcess(samples);
  try {
    expect(source.count).toBe(4);
    const labels: number[] = [];
    for await (const batch of sampleBatches(source, 0, [0, 1, 2, 3], { size: 3 }))
      labels.push(...batch.map((s) => s.label));
    expect(labels).toEqual([1, 1, 0, 0]);
    const once = await source.sample(1, 2);
    expect(once.pixels).toHaveLength(128 * 128 * 3);
    expect(await source.sample(1, 2)).toEqual(once);
    expect((await source.sample(2, 2)).pixels).not.toEqual(once.pixels);
  } finally {
    await source.close();
  }
  await expect(samplesInProcess({ ...samples, inputPx: 299 })).rejects.toThrow(/Extract them again/);
});

test('a validation on labelled files is kept, and the next scan has leanings, ratios and a domain', async () => {
  const events: ValidationEvent[] = [];
  for await (const event of await client.model.validate({ folder: set, repeats: 1 })) events.push(event);
  const done = events.at(-1)!;
  if (done.kind !== 'done') throw new Error('no record came');
  expect(done.record).toMatchObject({ genuine: 2, forged: 2, sources: 3 });
  expect(done.record.notScored).toEqual([
    { reason: 'no face found', count: 1 },
    { reason: 'unreadable (truncated)', count: 1 },
  ]);
  const [model] = await client.model.list();
  expect(model!.validation).toEqual(done.record);
  expect(model!.operatingPoints).toEqual(done.operatingPoints);

  const photographs = path.join(root, 'photographs');
  mkdirSync(photographs);
  for (const n of [1, 2, 3]) copyFileSync(sample(n), path.join(photographs, `${n}.jpg`));
  copyFileSync(path.join(set, 'real', 'bert', 'one.jpg'), path.join(photographs, 'validated.jpg'));
  await client.case.create({ folder: path.join(root, 'case'), title: 'A', reference: '' });
  await client.session.set({ examiner: 'E. One' });
  expect(await scan(client, [photographs])).toBe('done');
  const { rows } = await client.finding.query({ limit: 100 });
  const scored = rows.filter((row) => row.kind === 'scored');
  const outside = rows.filter((row) => row.kind === 'outOfDomain');
  expect(scored.length).toBeGreaterThan(0);
  expect(scored.every((row) => row.leaning !== null)).toBe(true);
  expect(outside.length).toBeGreaterThan(0);
  expect(outside.every((row) => row.score === null && unscoredWords(row.unscored!).includes('validated'))).toBe(true);
  const { verdict, parameters } = await client.finding.inspect({ verdictId: scored[0]!.verdictId });
  const [low, high] = done.record.calibration.bounds;
  expect(verdict!.outcome.kind === 'scored' && verdict!.outcome.log10LikelihoodRatio).toBeGreaterThanOrEqual(low);
  expect(verdict!.outcome.kind === 'scored' && verdict!.outcome.log10LikelihoodRatio).toBeLessThanOrEqual(high);
  expect(parameters!.validationSha256).toMatch(/^[0-9a-f]{64}$/);
});

test('verdicts under a record are made again under it, domain and ratio included', async () => {
  const { rows } = await client.finding.query({ limit: 100 });
  const verdictIds = rows.filter((row) => row.faceId !== null).map((row) => row.verdictId);
  const job = await client.rerun.start({ verdictIds });
  expect(await ended(client, job.id)).toBe('done');
  const { rows: again } = await client.rerun.read({ jobId: job.id });
  expect(again).toHaveLength(verdictIds.length);
  expect(again.map((row) => row.result)).toEqual(verdictIds.map(() => 'identical'));
  expect(again.some((row) => row.quantities.some((q) => q.name === 'log10 likelihood ratio' && q.same))).toBe(true);
});

test('faces that examiners concluded on become training faces; those they did not are counted', async () => {
  const { rows } = await client.finding.query({ limit: 100 });
  const faces = rows.filter((row) => row.faceId !== null);
  const conclude = (i: number, conclusion: 'genuine' | 'forged' | 'inconclusive') =>
    client.opinion.give({ evidenceId: faces[i]!.evidenceId, faceId: faces[i]!.faceId, conclusion });
  // What the machine leans to is nothing to this test.
  await client.case.configure({ reasonRule: 'never' });
  await conclude(0, 'genuine');
  await conclude(1, 'forged');
  await conclude(2, 'inconclusive');
  const to = path.join(root, 'concluded');
  // Kept crops have the size of the model that was shown them.
  const sidePx = (await client.model.list())[0]!.passport.inputPx;
  let done: ExtractEvent | undefined;
  for await (const event of await client.faces.extract({ from: { kind: 'opinions' }, to, sidePx })) done = event;
  expect(done).toMatchObject({
    kind: 'done',
    faces: 2,
    without: [{ reason: 'examiners disagree or do not conclude' }],
  });
  const { lines } = await readFaceFolder(to);
  expect(
    lines
      .filter((line) => line.kind === 'face')
      .map((line) => line.label)
      .sort(),
  ).toEqual([0, 1]);
});

test('material that cannot validate is refused with what was found', async () => {
  const bare = path.join(root, 'bare');
  mkdirSync(path.join(bare, 'real'), { recursive: true });
  copyFileSync(sample(1), path.join(bare, 'real', 'a.jpg'));
  const run = async (folder: string) => {
    for await (const _ of await client.model.validate({ folder }));
  };
  await expect(run(bare)).rejects.toThrow(/1 genuine and 0 forged/);
  const empty = path.join(root, 'empty');
  mkdirSync(empty);
  await expect(run(empty)).rejects.toThrow(/real\/ and a folder fake\//);
  await expect(run(path.join(root, 'nothing'))).rejects.toThrow(/no such file or folder/);
});
