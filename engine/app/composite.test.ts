// A model made of models: fused on labelled faces, scanned in one pass with its parts, made again bit
// for bit, reported with the record of each part before the whole; and what it refuses.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import type { ModelId } from '../../contract/brand.ts';
import type { Model } from '../../contract/model.ts';
import { ALTERATIONS } from '../../contract/stability.ts';
import type { Verdict, VerdictOutcome } from '../../contract/verdict.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { importOwnNetwork } from '../testing/own-network.ts';
import { ended } from '../testing/scanned.ts';
import { makeTintedSet } from '../testing/tinted-set.ts';

const { root, start } = installations('composite');
const set = path.join(root, 'set');
const media = path.join(root, 'media');
const caseFolder = path.join(root, 'case');
const app = path.join(root, 'app', 'models');
let client: Client;
let recce: Model;
let own: Model;
let both: Model;

async function validate(modelId: ModelId, folder = set): Promise<NonNullable<Model['validation']>> {
  for await (const event of await client.model.validate({ modelId, folder }))
    if (event.kind === 'done') return event.record;
  throw new Error('No record came.');
}

async function fuse(parts: ModelId[], name = 'both'): Promise<Model> {
  for await (const event of await client.model.fuse({ parts, name, folder: set }))
    if (event.kind === 'done') return client.model.get({ id: event.modelId });
  throw new Error('No model came.');
}

/** A model's verdicts in the open case, in the order made. */
async function verdictsOf(modelId: ModelId): Promise<Verdict[]> {
  const sort = { by: 'added', direction: 'ascending' } as const;
  const { rows } = await client.finding.query({ sort, offset: 0, limit: 1000, filter: { modelId } });
  return Promise.all(rows.map(async ({ verdictId }) => (await client.finding.inspect({ verdictId })).verdict!));
}

const isScored = (one: VerdictOutcome): one is Extract<VerdictOutcome, { kind: 'scored' }> => one.kind === 'scored';

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  await makeTintedSet(set, [1, 2, 3, 4, 5, 6]);
  ({ client } = await start());
  [recce] = (await client.model.list()) as [Model];
  own = await importOwnNetwork(client, root);
});

test('is not made of a model that was never measured', async () => {
  await expect(fuse([recce.id, own.id])).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringMatching(/no validation record/),
  });
  await validate(recce.id);
  await validate(own.id);
});

test('its record shows each part by itself, the whole, and how far they err together', async () => {
  both = await fuse([recce.id, own.id]);
  const { composite } = both.passport;
  expect(composite).toMatchObject({ parts: [{ modelId: recce.id }, { modelId: own.id }] });
  const { parts, calibration, eer, genuine, forged, notScored } = both.validation!;
  expect(parts!.of.map(({ modelId }) => modelId)).toEqual([recce.id, own.id]);
  for (const one of parts!.of) expect(one.cllrMin).toBeLessThanOrEqual(one.cllr);
  expect(parts!.together).toHaveLength(1);
  const [pair] = parts!.together;
  const faces = genuine + forged;
  expect(faces + notScored.reduce((sum, { count }) => sum + count, 0)).toBe(12);
  expect(pair).toMatchObject({ wrongFirst: { of: faces }, wrongSecond: { of: faces }, wrongBoth: { of: faces } });
  expect(pair!.wrongBoth.count).toBeLessThanOrEqual(Math.min(pair!.wrongFirst.count, pair!.wrongSecond.count));
  expect(calibration.cllr).toBeGreaterThan(0);
  expect(eer).toBeGreaterThanOrEqual(0);
  expect(both.operatingPoints).not.toBeNull();
  expect(readdirSync(app)).toContain(`${both.passport.sha256}.composite.json`);
  // The same models on the same faces are the same model.
  expect((await fuse([recce.id, own.id])).id).toBe(both.id);
  const again = await validate(both.id);
  expect(again.parts!.of).toEqual(parts!.of);
  expect(again.remarks.join(' ')).toMatch(/fitted on these very faces/);
  await expect(fuse([both.id, own.id])).rejects.toThrow(/made of other models itself/);
});

test('is scanned with its parts in one pass, made of their logits, and made again bit for bit', async () => {
  await client.case.create({ folder: caseFolder, title: 'Fused' });
  const { id } = await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40, modelId: both.id });
  expect(await ended(client, id)).toBe('done');
  const [fused, first, second] = [await verdictsOf(both.id), await verdictsOf(recce.id), await verdictsOf(own.id)];
  expect(fused).toHaveLength(first.length);
  const { intercept, parts } = both.passport.composite!;
  let scored = 0;
  for (const { faceId, outcome } of fused) {
    const said = [first, second].map((all) => all.find((one) => one.faceId === faceId)!.outcome);
    expect(isScored(outcome)).toBe(said.every(isScored));
    if (!isScored(outcome)) continue;
    scored += 1;
    const logits = said.map((one) => (one as typeof outcome).logit);
    expect(outcome.parts!.map(({ logit }) => logit)).toEqual(logits);
    expect(outcome.logit).toBe(parts.reduce((sum, { weight }, i) => sum + weight * logits[i]!, intercept));
    expect(outcome.log10LikelihoodRatio).not.toBeNull();
  }
  expect(scored).toBeGreaterThan(0);
  const { parameters } = await client.finding.inspect({ verdictId: fused[0]!.id });
  expect(parameters!.parts!.map(({ modelId }) => modelId)).toEqual([recce.id, own.id]);

  const rerun = await client.rerun.start({});
  expect(await ended(client, rerun.id)).toBe('done');
  const { rows, counts } = await client.rerun.read({ jobId: rerun.id });
  expect(counts).toEqual({ identical: 3 * fused.length, withinTolerance: 0, different: 0, notPossible: 0 });
  expect(rows.flatMap(({ environment }) => environment)).toEqual([]);
  expect((await client.case.verify()).problems).toEqual([]);
});

test('how firm it is comes of what its parts say of each altered picture', async () => {
  const one = (await verdictsOf(both.id)).find(({ outcome }) => isScored(outcome))!;
  const { id } = await client.stability.start({ faceIds: [one.faceId!] });
  expect(await ended(client, id)).toBe('done');
  const { rows } = await client.stability.read({ jobId: id });
  const rowOf = (modelId: ModelId) => rows.find((row) => row.modelId === modelId)!;
  const { intercept, parts } = both.passport.composite!;
  const [fused, ...said] = [both, recce, own].map((model) => rowOf(model.id));
  for (const row of rows) expect(row).toMatchObject({ result: 'made', environment: [] });
  expect(fused!.asFound!.logit).toBe((one.outcome as { logit: number }).logit);
  expect(fused!.altered.map(({ alteration }) => alteration)).toEqual(ALTERATIONS);
  for (const [i, { logit }] of fused!.altered.entries())
    expect(logit).toBe(parts.reduce((sum, { weight }, n) => sum + weight * said[n]!.altered[i]!.logit, intercept));
  // Whose limits an altered picture is beyond is said where not all parts say it.
  for (const [i, { outside }] of fused!.altered.entries())
    for (const reason of outside)
      if (typeof reason === 'object' && reason.kind === 'ofPart')
        expect(said[reason.modelId === recce.id ? 0 : 1]!.altered[i]!.outside).toContainEqual(reason.reason);
  expect(new Set(fused!.altered.map(({ logit }) => logit)).size).toBeGreaterThan(8);

  const ofAll = await client.stability.start({ filter: {} });
  expect(await ended(client, ofAll.id)).toBe('done');
  const all = await client.stability.read({ jobId: ofAll.id });
  const scored = (await Promise.all([both, recce, own].map(({ id }) => verdictsOf(id)))).flat();
  expect(all.rows).toHaveLength(scored.filter(({ outcome }) => isScored(outcome)).length);
  expect(all.rows.filter(({ before }) => before !== null).map(({ before }) => before!.result)).toEqual(
    rows.map(() => 'identical'),
  );
  expect((await client.case.verify()).problems).toEqual([]);
});

test('a part that has been there is asked again for it, and its rows stay as they are', async () => {
  await client.case.create({ folder: path.join(root, 'later'), title: 'Later' });
  const scan = async (modelId: ModelId) =>
    ended(client, (await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40, modelId })).id);
  expect(await scan(own.id)).toBe('done');
  const before = await verdictsOf(own.id);
  expect(await scan(both.id)).toBe('done');
  expect(await verdictsOf(own.id)).toEqual(before);
  expect(await verdictsOf(both.id)).toHaveLength(before.length);
  expect((await client.case.verify()).problems).toEqual([]);
});

test('evidence that is gone is made again from the crops of every part', async () => {
  await client.case.open({ folder: path.join(root, 'later') });
  for (const name of readdirSync(media)) rmSync(path.join(media, name));
  const fused = await verdictsOf(both.id);
  const verdictIds = fused.filter(({ outcome }) => isScored(outcome)).map(({ id }) => id);
  const { id } = await client.rerun.start({ verdictIds });
  expect(await ended(client, id)).toBe('done');
  const { rows } = await client.rerun.read({ jobId: id });
  expect(rows.map(({ result, basis }) => [result, basis])).toEqual(verdictIds.map(() => ['identical', 'crop']));
  for (const n of [1, 2]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
});

test('the report has the record of each part, then of the whole', { tags: ['poppler'] }, async () => {
  await client.case.open({ folder: caseFolder });
  const preview = await client.report.preview({});
  expect(preview.models.at(-1)!.id).toBe(both.id);
  const pdf = path.join(root, 'report.pdf');
  await client.report.export({ options: {}, format: 'pdf', path: pdf });
  const text = execFileSync('pdftotext', ['-layout', pdf, '-']).toString().replace(/\s+/g, ' ');
  const at = (words: string): number => text.indexOf(words);
  expect(at(`Validation of ${own.name}`)).toBeGreaterThan(0);
  expect(at('Validation of both')).toBeGreaterThan(at(`Validation of ${own.name}`));
  expect(at('Validation of both')).toBeGreaterThan(at(`Validation of ${recce.name}`));
  expect(text).toContain('On the same faces');
  expect(text).toMatch(/correlation of their likelihood ratios/);
  expect(text).toMatch(/both is made of .* and of our own\. Each of them judges a face by itself/);
});

test('a weight of the fusion that is changed in the case is named by verify', async () => {
  await client.case.close();
  const db = new Database(path.join(caseFolder, 'case.sqlite'));
  const json = db.prepare('SELECT json FROM model WHERE id = ?').pluck().get(both.id) as string;
  db.prepare('UPDATE model SET json = ? WHERE id = ?').run(json.replace('"weight":', '"weight":1'), both.id);
  db.close();
  await client.case.open({ folder: caseFolder });
  expect((await client.case.verify()).problems).toMatchObject([{ kind: 'modelChanged' }]);
});

test('gives no score once a part is retired, or its own card says other weights than its file', async () => {
  await client.case.open({ folder: path.join(root, 'later') });
  const scan = () => client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40, modelId: both.id });
  await client.model.retire({ id: own.id, reason: 'outdated' });
  await expect(scan()).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringMatching(/outdated/) });
  await client.model.reinstate({ id: own.id });
  await expect(
    client.farm.scan({ paths: [media], modelId: both.id, queue: { address: 'redis://127.0.0.1:1' } }),
  ).rejects.toThrow(/by one network/);
  const file = path.join(app, `${both.passport.sha256}.composite.json`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"weight":', '"weight":1'));
  await expect(ended(client, (await scan()).id)).resolves.toMatch(/no longer the one recorded/);
});
