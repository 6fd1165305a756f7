// A packed case whose model is new here, with a card that claims error rates: the weights come in,
// the claims do not.
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { beforeAll, expect, test } from 'vitest';
import yazl from 'yazl';
import type { Model } from '../../contract/model.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { writeSnapshot } from '../case/db/copy-database.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import type { Client } from '../index.ts';
import { createModelLibrary } from '../library/model-library.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { scan } from '../testing/scanned.ts';
import { recordMadeAt } from '../validate/testing/record-made-at.ts';
import { ARCHIVE_FORMAT, MANIFEST } from './archive-format.ts';

const { root, start } = installations('foreign');
const at = (...names: string[]) => path.join(root, ...names);
const shippedFolder = path.resolve(import.meta.dirname, '../../models/weights');
let client: Client;
let card: Model;
let remarks: string[];

/** A packed case without evidence that brings this model. */
async function writePacked(file: string, model: Model, weights: Uint8Array): Promise<void> {
  const opened = createCase(at('origin'), { title: 'Theirs', reference: '', demonstration: false });
  writeSnapshot(opened, at('case.sqlite'));
  closeCase(opened);
  const { id, ...rest } = model;
  const entries: [string, Buffer][] = [
    ['case.sqlite', readFileSync(at('case.sqlite'))],
    [`models/${id}.pth`, Buffer.from(weights)],
    [`models/${id}.card.json`, Buffer.from(JSON.stringify(rest))],
  ];
  const zip = new yazl.ZipFile();
  const manifest = {
    format: ARCHIVE_FORMAT,
    version: 1,
    appVersion: '0',
    title: 'Theirs',
    entries: entries.map(([name, bytes]) => ({ name, sizeBytes: bytes.length, sha256: sha256Of(bytes) })),
  };
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), MANIFEST);
  for (const [name, bytes] of entries) zip.addBuffer(bytes, name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

beforeAll(async () => {
  const library = createModelLibrary(at('none'), shippedFolder, () => '2026-01-01T00:00:00.000Z');
  const [shipped] = await library.list();
  // It fits its schema and says that nothing ever went wrong.
  const { record, operatingPoints } = recordMadeAt('2026-01-01T00:00:00.000Z');
  card = {
    ...shipped!,
    limits: 'None whatever.',
    validation: record,
    operatingPoints,
    decoderTest: { passed: true, meanDifference: 0, meanColourDifference: 1, faces: 1000 },
  };
  await writePacked(at('theirs.recce'), card, await library.readWeights(card.id));
  mkdirSync(at('no models'));
  ({ client } = await start('app', { modelsFolder: at('no models') }));
  ({ remarks } = await client.case.unpack({ file: at('theirs.recce'), folder: at('here') }));
});

test('the model enters the library without the record, and everyone who looks is told', async () => {
  const [model] = await client.model.list();
  expect(model).toMatchObject({ id: card.id, validation: null, operatingPoints: null });
  expect(model!.cameWith).toMatchObject({ file: 'theirs.recce', foreignRecord: hashOfValue(card.validation) });
  expect(model!.limits).toMatch(/portable case theirs\.recce.*made elsewhere.*not used here.*None whatever/);
  expect(remarks).toEqual([expect.stringMatching(/not used: new scans with it give raw scores/)]);
  const [entry] = await client.case.activity({ limit: 1 });
  expect(entry).toMatchObject({ action: 'case.unpacked', details: { remarks } });
});

test('the test of its decoder is made here, not believed', async () => {
  const [model] = await client.model.list();
  expect(model!.decoderTest!.faces).toBeLessThan(1000);
  expect(model!.decoderTest!.meanDifference).toBeGreaterThan(0);
});

test('the card it came with is kept as a document with its origin', () => {
  const kept = JSON.parse(readFileSync(at('app', 'models', `${card.id}.foreign.json`), 'utf8'));
  expect(kept).toMatchObject({ file: 'theirs.recce', fileSha256: sha256Of(readFileSync(at('theirs.recce'))) });
  expect(kept.card.validation).toEqual(JSON.parse(JSON.stringify(card.validation)));
});

test('a scan with it gives raw scores', async () => {
  mkdirSync(at('media'));
  await copyFile(samplePhotograph(1), at('media', 'one.jpg'));
  // It is used where somebody names it, and by nobody's silence.
  await expect(scan(client, [at('media')])).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  const { id } = (await client.model.list()).find(({ cameWith }) => cameWith)!;
  expect(await scan(client, [at('media')], id)).toBe('done');
  const outcomes = (await client.report.preview({})).verdicts.map((one) => one.outcome);
  expect(outcomes).toHaveLength(3);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ kind: 'scored', leaning: null, log10LikelihoodRatio: null });
});

test('a model that is here already keeps its own card, whatever the packed case says', async () => {
  await client.case.close();
  const again = await client.case.unpack({ file: at('theirs.recce'), folder: at('again') });
  expect(again.remarks).toEqual([]);
  expect((await client.model.list())[0]).toMatchObject({ operatingPoints: null });
});
