// Labelled faces that are already cut, as training and validation read them: real pictures on the
// disk, through the engine's own door.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { ValidationEvent, ValidationRequest } from '../../contract/validation.ts';
import type { Client } from '../index.ts';
import { installations } from '../testing/installations.ts';
import { cropSource, frameCrop, listCrops, pairedCrops } from './crop-source.ts';

const { root, start } = installations('crops');
const set = path.join(root, 'set');
let client: Client;

/**
 * A smooth picture of its own colours, with a hard square in it when it is forged. No finder would
 * see a face in it.
 */
async function writeCrop(file: string, hue: number, forged: boolean): Promise<void> {
  const side = 96;
  const data = Buffer.alloc(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) {
        const inside = forged && Math.abs(x - 48) < 16 && Math.abs(y - 48) < 16;
        data[(y * side + x) * 3 + c] = inside ? 255 - hue : hue + 40 * Math.sin((x * (c + 1) + y * 2) / 30) + 40;
      }
  await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(file);
}

beforeAll(async () => {
  for (const part of ['real', 'fake']) mkdirSync(path.join(set, part), { recursive: true });
  for (let k = 0; k < 8; k++) {
    await writeCrop(path.join(set, 'real', `${k}.png`), 20 * k, false);
    if (k < 6) await writeCrop(path.join(set, 'fake', `${k}.png`), 20 * k, true);
  }
  ({ client } = await start());
});

test('a forgery follows its original under the same chance; faces without a partner are counted', async () => {
  const files = await listCrops(set, 'all');
  const { faces, group, alone } = pairedCrops(files);
  expect([faces.length, group, alone]).toEqual([12, 2, 2]);
  for (let i = 0; i < faces.length; i += 2)
    expect([faces[i]!.label, faces[i + 1]!.label, faces[i]!.source]).toEqual([0, 1, faces[i + 1]!.source]);
  const source = cropSource(files, { seed: 3, inputPx: 64, margin: 0.1 });
  expect(source.remarks.join()).toContain('2 faces');
  const [genuine, forged] = [await source.sample(1, 4), await source.sample(1, 5)];
  expect(await source.sample(1, 4)).toEqual(genuine);
  expect((await source.sample(2, 4)).pixels).not.toEqual(genuine.pixels);
  // The corners are far from what was forged: mirrored, moved and degraded alike, they are the same
  // but for compression.
  const corner = (pixels: Uint8Array) => pixels.subarray(0, 12);
  for (const [i, value] of corner(genuine.pixels).entries())
    expect(Math.abs(value - corner(forged.pixels)[i]!)).toBeLessThan(24);
});

test('a set without originals is read one by one', () => {
  const face = (label: 0 | 1, source: string) => ({
    ...{ path: source, relativePath: source, label, source, split: 'training' as const, strata: {} },
  });
  expect(pairedCrops([face(0, 'a'), face(1, 'b')])).toMatchObject({ group: 1, alone: 0, faces: [{}, {}] });
});

test('a margin shows what is inside smaller, mirrored at the border', async () => {
  const data = new Uint8Array(30 * 30 * 3).fill(100);
  data.fill(200, 0, 30 * 3);
  const image = { widthPx: 30, heightPx: 30, data };
  expect(frameCrop(image, 0, 30).data).toEqual(data);
  const wider = frameCrop(image, 1 / 3, 50);
  expect([wider.widthPx, wider.data[(10 * 50 + 25) * 3], wider.data[0]]).toEqual([50, 200, 100]);
});

async function validated(request: Partial<ValidationRequest>) {
  const asked = { folder: set, kind: 'crops' as const, keep: false, ...request };
  const events: ValidationEvent[] = [];
  for await (const event of await client.model.validate(asked)) events.push(event);
  const last = events.at(-1)!;
  if (last.kind !== 'done') throw new Error('no record came');
  return last.record;
}

test('a validation reads every cut face, where the finder would find none', async () => {
  const record = await validated({});
  expect([record.genuine, record.forged, record.notScored]).toEqual([8, 6, []]);
  expect(record.remarks.join()).toContain('already cut');
  const wider = await validated({ margin: 0.15 });
  expect(wider.datasetSha256).not.toBe(record.datasetSha256);
  await expect(validated({ kind: 'labelled' })).rejects.toThrow('Both genuine and forged');
});

test('rates of several sources are given for each, and persons of two sources never count as one', async () => {
  const record = await validated({ further: [{ folder: set, kind: 'crops', margin: 0.2 }] });
  expect([record.genuine, record.forged, record.sources]).toEqual([16, 12, 16]);
  const sources = record.strata.filter(({ by }) => by === 'source');
  expect(sources.map(({ name, genuine, forged }) => [name, genuine, forged])).toEqual([
    ['set', 8, 6],
    ['set with a margin of 0.2', 8, 6],
  ]);
});
