// kill -9 at random moments while a report is written: it is whole or not there, and what lay under its name before stays until it is
// whole.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sha256Of } from '../blobs/blob-store.ts';
import { createClient, createEngine } from '../index.ts';
import { scan } from '../testing/scanned.ts';
import { KILLS, KILLS_LIMIT_MS, momentsOf, runAndKill } from './testing/kills.ts';
import { copyPhotographs, problemsOnDisk } from './testing/scanned.ts';

vi.setConfig({ testTimeout: KILLS_LIMIT_MS });
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-killed-report-'));
const folder = path.join(root, 'case');
let whole: string;
let takesMs: number;

beforeAll(async () => {
  copyPhotographs(path.join(root, 'media'), [1, 2]);
  const engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  const client = createClient(engine);
  await client.case.create({ folder, title: 'R', reference: '' });
  expect(await scan(client, [path.join(root, 'media')])).toBe('done');
  whole = (await client.report.export({ options: {}, format: 'pdf', path: path.join(root, 'whole.pdf') })).sha256;
  await engine.close();
  const { workedMs } = await write(Infinity, path.join(root, 'again.pdf'));
  takesMs = workedMs;
  expect(sha256Of(readFileSync(path.join(root, 'again.pdf')))).toBe(whole);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const write = (afterMs: number, file: string) =>
  runAndKill(afterMs, 'report-until-killed.ts', folder, file, path.join(root, 'app'));

test(`a report killed ${KILLS} times while it is written is whole or as if it had never been begun`, async () => {
  const random = momentsOf('a report');
  for (let killed = 0, i = 0; killed < KILLS; i++) {
    const file = path.join(root, `killed-${i}.pdf`);
    const hadOne = i % 2 === 1;
    if (hadOne) writeFileSync(file, 'the report of last week');
    const { kind } = await write(random.uniform(1, 1.1 * takesMs), file);
    if (kind === 'killed') killed++;
    const found = existsSync(file) ? readFileSync(file) : undefined;
    const isWhole = found !== undefined && sha256Of(found) === whole;
    const isAsBefore = hadOne ? found?.toString() === 'the report of last week' : found === undefined;
    expect(isWhole || (kind === 'killed' && isAsBefore), `${file}, ${found?.length} bytes`).toBe(true);
    expect(problemsOnDisk(folder)).toEqual([]);
    rmSync(file, { force: true });
  }
});
