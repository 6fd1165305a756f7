// A case scanned by several models in one pass: files are read and searched once, and each model's
// rows are those of a scan by it alone.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { ModelId } from '../../contract/brand.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { keepModel } from '../case/rows/model.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { testModel, testParameters } from '../case/testing/case-material.ts';
import { createCompute } from '../compute/compute.ts';
import { createFaceFinder } from '../examine/face-finder.ts';
import { PIPELINE_VERSION } from '../examine/pipeline-version.ts';
import type { Client } from '../index.ts';
import { createDecoder } from '../media/decoder.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { makeTwoShots } from '../media/video/testing/make-media.ts';
import { createVideoDecoder } from '../media/video/video-decoder.ts';
import { installations } from '../testing/installations.ts';
import { importOwnNetwork } from '../testing/own-network.ts';
import { ended } from '../testing/scanned.ts';
import { scanEvidence } from './scan-evidence.ts';

const { root, start } = installations('several-models');
const media = path.join(root, 'media');
const films = path.join(root, 'films');
let client: Client;
let models: [ModelId, ModelId];

beforeAll(async () => {
  mkdirSync(media);
  mkdirSync(films);
  for (const n of [1, 2]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  writeFileSync(path.join(media, 'notes.txt'), 'no picture');
  ({ client } = await start());
  const [first] = await client.model.list();
  models = [first!.id, (await importOwnNetwork(client, root)).id];
});

const newCase = (name: string) => client.case.create({ folder: path.join(root, name), title: name, reference: '' });

async function scanBy(paths: string[], modelId: ModelId, ...furtherModelIds: ModelId[]): Promise<string> {
  const request = { paths, device: 'cpu', minimumFacePx: 40, modelId, furtherModelIds } as const;
  return ended(client, (await client.scan.start(request)).id);
}

/** All that a model says in the open case, and what it was made with; without ids and times. */
async function saidBy(modelId: ModelId) {
  const sort = { by: 'path', direction: 'ascending' } as const;
  const { rows } = await client.finding.query({ sort, offset: 0, limit: 1000, filter: { modelId } });
  return Promise.all(
    rows.map(async ({ verdictId, relativePath, faceIndex, timeMs }) => {
      const { verdict, parameters, face } = await client.finding.inspect({ verdictId });
      const { id: _i, evidenceId: _e, ...place } = face ?? { id: 0, evidenceId: 0 };
      return { relativePath, faceIndex, timeMs, outcome: verdict!.outcome, parameters, place };
    }),
  );
}

/** Scanned by one after the other in one case, and by both at once in another. */
async function expectSameRows(paths: string[], name: string): Promise<void> {
  await newCase(`${name} apart`);
  for (const one of models) expect(await scanBy(paths, one)).toBe('done');
  const apart = [await saidBy(models[0]), await saidBy(models[1])];
  await newCase(`${name} together`);
  expect(await scanBy(paths, ...models)).toBe('done');
  expect([await saidBy(models[0]), await saidBy(models[1])]).toEqual(apart);
  expect(new Set(apart.map((one) => JSON.stringify(one.map(({ outcome }) => outcome)))).size).toBe(2);
  expect((await client.case.verify()).problems).toEqual([]);
}

test('each model has its own rows, to the last digit those of scans one after another', async () => {
  await expectSameRows([media], 'photographs');
  const [job] = await client.job.list();
  expect(job!.progress).toMatchObject({ done: 3, total: 3, failed: 1, faces: 6 });
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  const { counts } = await client.rerun.read({ jobId: id });
  expect(counts).toMatchObject({ identical: 14, different: 0, notPossible: 0 });
});

test('so it is of the frames and tracks of a film', { tags: ['ffmpeg'] }, async () => {
  makeTwoShots(path.join(films, 'two shots.mp4'));
  await expectSameRows([films], 'film');
  const { rows } = await client.evidence.list({ offset: 0, limit: 10 });
  const timelines = await Promise.all(
    models.map((modelId) => client.video.timeline({ evidenceId: rows[0]!.id, modelId })),
  );
  const tracked = timelines.map(({ frames, tracks }) => [frames, tracks.map(({ points }) => points.length)]);
  expect(tracked[0]).toEqual(tracked[1]);
  expect(timelines[0]!.tracks.length).toBeGreaterThan(0);
});

test('what one of them has examined before is examined by the other alone', async () => {
  await newCase('before');
  expect(await scanBy([path.join(media, '1.jpg')], models[0])).toBe('done');
  const before = await saidBy(models[0]);
  expect(await scanBy([media], ...models)).toBe('done');
  expect((await saidBy(models[0])).slice(0, before.length)).toEqual(before);
  expect((await saidBy(models[1])).map(({ relativePath }) => relativePath)).toEqual(
    (await saidBy(models[0])).map(({ relativePath }) => relativePath),
  );
  const { verdicts } = (await client.case.current())!.counts;
  expect(await scanBy([media], models[1], models[0], models[1])).toBe('done');
  expect((await client.case.current())!.counts.verdicts).toBe(verdicts);
  expect((await client.case.verify()).problems).toEqual([]);
});

test('the log names every model, and a farm says that it takes one', async () => {
  const started = (await client.case.activity({ limit: 50 })).find(({ action }) => action === 'scan.started');
  expect(started!.details).toMatchObject({ modelId: models[1], furtherModelIds: [models[0]] });
  const queue = { address: 'redis://127.0.0.1:1' };
  await expect(
    client.farm.scan({ paths: [media], modelId: models[0], furtherModelIds: [models[1]], queue }),
  ).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringMatching(/one after the other/) });
});

test('a photograph is searched for faces once, however many models there are', async () => {
  const opened = createCase(path.join(root, 'counted'), { title: 'C', reference: '', demonstration: false });
  const compute = createCompute({ provider: 'cpu', threads: 2 });
  const [decoder, videoDecoder, finder] = [createDecoder(), createVideoDecoder(), createFaceFinder(compute)];
  let looks = 0;
  const other = 'd'.repeat(64) as ModelId;
  const scanned = [testModel, { ...testModel, id: other }].map((model) => ({
    ...{ model, compute },
    parameters: { ...testParameters, pipelineVersion: PIPELINE_VERSION, modelId: model.id },
  }));
  for (const { model } of scanned) keepModel(opened, model);
  const job = {
    signal: new AbortController().signal,
    pausePoint: async () => {},
    report: () => {},
    problem: () => {},
  };
  await scanEvidence(
    {
      ...{ opened, decoder, videoDecoder, models: scanned, minimumFacePx: 10_000 },
      sampling: { kind: 'everyFrame' },
      blobs: { put: async (bytes) => sha256Of(bytes) },
      findFaces: (picture) => {
        looks += 1;
        return finder.find(picture);
      },
    },
    job,
    [media],
  );
  expect(looks).toBe(2);
  const kinds = Map.groupBy(allVerdicts(opened), ({ modelId }) => modelId);
  expect([...kinds.keys()].sort()).toEqual([testModel.id, other].sort());
  for (const all of kinds.values())
    expect(all.filter(({ outcome }) => outcome.kind === 'faceTooSmall')).toHaveLength(6);
  closeCase(opened);
  await Promise.all([decoder.close(), videoDecoder.close(), compute.close()]);
});
