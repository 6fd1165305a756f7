// A second look by policy: the costly model is asked about files that the first leaves undecided, and
// about a sample that is the same every time; its rows say so.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Model } from '../../contract/model.ts';
import type { SecondLook } from '../../contract/second-look.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { importOwnNetwork } from '../testing/own-network.ts';
import { ended } from '../testing/scanned.ts';
import { drawOf } from './second-look.ts';

const { root, start } = installations('second-look');
const media = path.join(root, 'media');
let client: Client;
let first: Model;
let costly: Model;

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2, 3, 6]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  ({ client } = await start());
  [first] = (await client.model.list()) as [Model];
  costly = await importOwnNetwork(client, root);
});

async function scan(secondLook: Partial<SecondLook>): Promise<string> {
  const by = { modelId: first.id, furtherModelIds: [costly.id], secondLook };
  return ended(client, (await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40, ...by })).id);
}

async function rowsBy({ id }: Model): Promise<Finding[]> {
  const sort = { by: 'path', direction: 'ascending' } as const;
  return (await client.finding.query({ sort, offset: 0, limit: 1000, filter: { modelId: id } })).rows;
}
const filesOf = (rows: readonly Finding[]): string[] => [...new Set(rows.map(({ relativePath }) => relativePath))];
const isUndecided = ({ kind, leaning }: Finding): boolean => kind === 'outOfDomain' || leaning === 'cannotTell';

test('the costly model is asked about what the first cannot tell, and nothing else', async () => {
  await client.case.create({ folder: path.join(root, 'undecided'), title: 'U' });
  expect(await scan({})).toBe('done');
  const all = await rowsBy(first);
  expect(filesOf(all)).toHaveLength(4);
  const again = await rowsBy(costly);
  expect(filesOf(again)).toEqual(filesOf(all.filter(isUndecided)));
  expect(again.length).toBeGreaterThan(0);
  const { parameters } = await client.finding.inspect({ verdictId: again[0]!.verdictId });
  expect(parameters!.secondLook).toEqual({
    first: first.id,
    because: 'cannotTell',
    ...{ cannotTell: true, sampleShare: 0, seed: 1 },
  });
  const { verdicts } = (await client.case.current())!.counts;
  expect(await scan({})).toBe('done');
  expect((await client.case.current())!.counts.verdicts).toBe(verdicts);
  expect((await client.case.verify()).problems).toEqual([]);
  // Which files it was not asked about tells of which the first is sure: blind review has no list of it.
  const offered = async () => (await client.finding.facets({ filter: {} })).byModel.map(({ modelId }) => modelId);
  expect(await offered()).toContain(costly.id);
  // Nor do the ends of scans say how many results there are.
  const counted = async () =>
    (await client.case.activity({ limit: 100, about: ['scan'] })).filter(
      ({ details }) => details.sealed !== undefined || details.before !== undefined || details.videos !== undefined,
    ).length;
  expect(await counted()).toBe(4);
  await client.session.set({ examiner: 'Cy Roth', blind: true });
  expect(await counted()).toBe(0);
  expect(await offered()).toEqual([first.id]);
  expect(filesOf(await rowsBy(costly))).toEqual(filesOf(await rowsBy(first)));
});

test('a sample for control is drawn by the files themselves', async () => {
  await client.case.create({ folder: path.join(root, 'control'), title: 'C' });
  const { rows } = await client.evidence.list({ offset: 0, limit: 10 }).catch(() => ({ rows: [] }));
  expect(rows).toEqual([]);
  expect(await scan({ cannotTell: false, sampleShare: 0 })).toBe('done');
  expect(await rowsBy(costly)).toEqual([]);
  const files = (await client.evidence.list({ offset: 0, limit: 10 })).rows;
  const draws = files.map(({ relativePath, sha256 }) => ({ relativePath, draw: drawOf(sha256 as Sha256, 7) }));
  const [lowest, next] = draws.toSorted((a, b) => a.draw - b.draw);
  const sampleShare = (lowest!.draw + next!.draw) / 2;
  expect(await scan({ cannotTell: false, sampleShare, seed: 7 })).toBe('done');
  const drawn = await rowsBy(costly);
  expect(filesOf(drawn)).toEqual([lowest!.relativePath]);
  const { parameters } = await client.finding.inspect({ verdictId: drawn[0]!.verdictId });
  expect(parameters!.secondLook).toMatchObject({ because: 'sample', seed: 7 });
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  expect((await client.rerun.read({ jobId: id })).counts).toMatchObject({ different: 0, notPossible: 0 });
  expect((await client.case.verify()).problems).toEqual([]);
});

test('there is no policy without a second model, or by a first that leans nowhere', async () => {
  const start = (modelId: Model['id'], furtherModelIds: Model['id'][]) =>
    client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40, modelId, furtherModelIds, secondLook: {} });
  await expect(start(first.id, [])).rejects.toThrow(/needs a second model/);
  await expect(start(costly.id, [first.id])).rejects.toThrow(/operating points/);
});
