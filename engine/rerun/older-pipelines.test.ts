// Verdicts of pipelines 2 and 3 made again by their own rules, to the last digit, on a photograph
// that they held on its head: the box network is surer of faces so than upright, and nothing else
// was asked. The engine is told which pipeline it is; all it does then is real.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { beforeAll, expect, test, vi } from 'vitest';
import { tamperWith } from '../case/testing/tamper.ts';
import type { Client } from '../index.ts';
import { readFinderModel, samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, scan } from '../testing/scanned.ts';

const now = vi.hoisted(() => ({ pipeline: 4 }));
vi.mock('../examine/pipeline-version.ts', async (original) => ({
  ...(await original<object>()),
  get PIPELINE_VERSION() {
    return now.pipeline;
  },
}));

const { root, start } = installations('older-pipelines');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
let client: Client;

/** Faces that this pipeline found: how they stood, and their boxes. */
function facesOf(pipeline: number): { rotation: number; box: string }[] {
  const db = new Database(path.join(folder, 'case.sqlite'), { readonly: true });
  const rows = db
    .prepare('SELECT found_at_rotation AS rotation, box FROM face WHERE pipeline_version = ? ORDER BY id')
    .all(pipeline);
  db.close();
  return rows as { rotation: number; box: string }[];
}

/** As pipeline 2 wrote it: its finder had two networks, and its name is a hash over those. */
async function nameFinderOfTwo(): Promise<void> {
  await client.case.close();
  const db = new Database(path.join(folder, 'case.sqlite'));
  const { sha256OfTwo } = readFinderModel();
  tamperWith(
    db,
    `UPDATE parameters SET json = json_set(json, '$.finderSha256', '${sha256OfTwo}') WHERE json_extract(json, '$.pipelineVersion') = 2;
    UPDATE face SET finder_sha256 = '${sha256OfTwo}' WHERE pipeline_version = 2`,
  );
  db.close();
  await client.case.open({ folder });
}

beforeAll(async () => {
  mkdirSync(media);
  const small = sharp(samplePhotograph(1)).resize(720);
  const { info } = await small.toBuffer({ resolveWithObject: true });
  const part = { left: 40, top: (info.height - 420) >> 1, width: 560, height: 420 };
  await sharp(await small.png().toBuffer())
    .extract(part)
    .toFile(path.join(media, 'upright.png'));
  ({ client } = await start());
  await client.case.create({ folder, title: 'R', reference: '' });
  for (const pipeline of [2, 3, 4]) {
    now.pipeline = pipeline;
    expect(await scan(client, [media])).toBe('done');
  }
  await nameFinderOfTwo();
});

test('a photograph that older pipelines held on its head is held upright, and all of its faces are found', () => {
  for (const pipeline of [2, 3]) expect(facesOf(pipeline).map(({ rotation }) => rotation)).toEqual([180, 180]);
  expect(facesOf(4).map(({ rotation }) => rotation)).toEqual([0, 0, 0, 0]);
});

test('each verdict is made again by the rules of its pipeline, bit-identical', async () => {
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  const { rows, counts } = await client.rerun.read({ jobId: id });
  expect(counts, JSON.stringify(rows)).toEqual({ identical: 8, withinTolerance: 0, different: 0, notPossible: 0 });
  expect(rows.every(({ basis, environment }) => basis === 'evidence' && environment.length === 0)).toBe(true);
});
