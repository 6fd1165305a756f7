// A model named by its weights file: the entry in use with these weights, imported where the file
// says how it is fed, else asked for.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient, createEngine, type Engine } from '../engine/index.ts';
import { bodyOf, trainersFile } from '../models/checkpoint/testing/trainers-file.ts';
import { findModel } from './find-model.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-find-'));
const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(path.join(root, name), bytes);
  return path.join(root, name);
};
const silent = file('silent.pth', trainersFile({ at: ['net'] }));
let engine: Engine;
let client: Client;
beforeAll(async () => {
  engine = await createEngine({ appDataFolder: path.join(root, 'home') });
  client = createClient(engine);
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

test('a file that is new and says its size comes in; one that does not is asked for, and nothing of it is kept', async () => {
  const args = bodyOf(new Map([['image_size', 96]]));
  const stated = await findModel(client, file('stated.pth', trainersFile({ at: ['model'], beside: { args } })));
  expect(stated.passport.inputPx).toBe(96);
  await expect(findModel(client, silent)).rejects.toThrow('--input-px');
  expect((await client.model.list()).map(({ name }) => name)).not.toContain('silent');
});

test('of entries with the same weights the newest in use is meant, and a retired one is not the default either', async () => {
  const wrong = await client.model.import({ path: silent, inputPx: 128 });
  const right = await client.model.correct({ id: wrong.id, inputPx: 96, name: 'right' });
  await client.model.retire({ id: wrong.id, reason: 'wrong size' });
  expect((await findModel(client, silent)).id).toBe(right.id);
  const shipped = await findModel(client, undefined);
  await client.model.retire({ id: shipped.id });
  // Which of those that are left is meant is not for their names to say.
  await expect(findModel(client, undefined)).rejects.toThrow(/right.*each could be meant/);
  const others = (await client.model.list()).filter(({ id, retired }) => !retired && id !== right.id);
  for (const { id } of others) await client.model.retire({ id });
  expect((await findModel(client, undefined)).id).toBe(right.id);
  for (const { id } of others) await client.model.reinstate({ id });
  await client.model.reinstate({ id: shipped.id });
  expect((await findModel(client, undefined)).id).toBe(shipped.id);
});

test('no scan begins with a retired model', async () => {
  const model = (await client.model.list()).find(({ retired }) => retired)!;
  await client.case.create({ folder: path.join(root, 'case'), title: 'T', reference: '' });
  await expect(client.scan.start({ paths: [root], modelId: model.id })).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    data: { detail: expect.stringContaining('wrong size') },
  });
  expect(await client.job.list()).toEqual([]);
});

test('weights that came with a packed case are not taken by their file: their card says what its sender has them fed with', async () => {
  const weights = file('theirs.pth', trainersFile({ at: ['net'], beside: { epoch: bodyOf(3) } }));
  const own = await client.model.import({ path: weights, inputPx: 128, name: 'theirs' });
  const card = path.join(root, 'home', 'models', `${own.id}.card.json`);
  const cameWith = { file: 'packed.recce', fileSha256: 'a'.repeat(64), foreignRecord: null };
  writeFileSync(card, JSON.stringify({ ...JSON.parse(readFileSync(card, 'utf8')), cameWith }));
  // Nobody here chose it: with nothing else in use it is still not what is meant.
  const used = (await client.model.list()).filter(({ id, retired }) => !retired && id !== own.id);
  for (const { id } of used) await client.model.retire({ id });
  await expect(findModel(client, undefined)).rejects.toThrow('none of its own to use');
  expect((await client.model.list()).at(-1)!.id).toBe(own.id);
  for (const { id } of used) await client.model.reinstate({ id });
  await expect(findModel(client, weights)).rejects.toThrow(
    /only as theirs, which came with packed\.recce .*recce model import FILE/,
  );
  await expect(findModel(client, 'theirs')).rejects.toThrow(`Name it by its id: ${own.id.slice(0, 12)}`);
  expect((await findModel(client, own.id.slice(0, 12))).id).toBe(own.id);
  const mine = await client.model.import({ path: weights, inputPx: 128, name: 'mine' });
  expect([mine.id, mine.cameWith]).toEqual([own.id, undefined]);
  expect((await findModel(client, weights)).name).toBe('mine');
});

test('a file that is named is that file, whatever a model is called', async () => {
  const weights = file('lab.pth', trainersFile({ at: ['net'], beside: { epoch: bodyOf(4) } }));
  const lab = await client.model.import({ path: weights, inputPx: 128, name: 'lab' });
  const other = await client.model.import({
    path: file('sent.pth', trainersFile({ at: ['net'], beside: { epoch: bodyOf(5) } })),
    ...{ inputPx: 128, name: weights },
  });
  // A sender's entry of that name is none that could be meant.
  const card = path.join(root, 'home', 'models', `${other.id}.card.json`);
  const came = { file: 'packed.recce', fileSha256: 'a'.repeat(64), foreignRecord: null };
  writeFileSync(card, JSON.stringify({ ...JSON.parse(readFileSync(card, 'utf8')), cameWith: came }));
  expect((await findModel(client, weights)).id).toBe(lab.id);
  // One of this library is, and which of them nobody knows.
  const mine = await client.model.correct({ id: lab.id, inputPx: 96, name: weights });
  await expect(findModel(client, weights)).rejects.toThrow(`that model's id, ${mine.id.slice(0, 12)}`);
});
