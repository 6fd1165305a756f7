// A case whose folder is moved away, or removed, while it is open: what is said of it from then on
// would go where nobody looks.
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-moved-'));
const folder = path.join(root, 'case');
const elsewhere = path.join(root, 'elsewhere');
let engine: Engine;
let client: Client;

beforeAll(async () => {
  engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  client = createClient(engine);
  await client.case.create({ folder, title: 'Moved', reference: '', examiner: 'A. Reader' });
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

const view = { name: 'Forged', filter: {}, sort: { by: 'score', direction: 'descending' } } as const;
const changes = () => [
  client.session.set({ examiner: 'B. Second' }),
  client.finding.saveView(view),
  client.scan.start({ paths: [samplePhotograph(1)], device: 'cpu' }),
  client.report.export({ format: 'csv', options: {} }),
];

test('nothing is recorded in a case whose folder is away, and that is said; put back, it goes on', async () => {
  renameSync(folder, elsewhere);
  for (const change of changes())
    await expect(change).rejects.toMatchObject({ code: 'CASE_MOVED', data: { subject: folder } });
  expect(existsSync(folder)).toBe(false);
  renameSync(elsewhere, folder);
  expect(await client.finding.views()).toEqual([]);
  await client.session.set({ examiner: 'B. Second' });
  expect((await client.session.examiners()).map((one) => one.name)).toEqual(['A. Reader', 'B. Second']);
  expect((await client.case.verify()).problems).toEqual([]);
});

test('a copy in its place is not the case that is open', async () => {
  renameSync(folder, elsewhere);
  cpSync(elsewhere, folder, { recursive: true });
  for (const change of changes()) await expect(change).rejects.toMatchObject({ code: 'CASE_MOVED' });
  await client.case.close();
  expect(await client.case.open({ folder: elsewhere })).toMatchObject({ title: 'Moved', writable: true });
  await client.finding.saveView(view);
});
