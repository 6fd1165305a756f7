// kill -9 at random moments while a report is written: it is whole or not there, and what lay under
// its name before stays until it is whole.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sha256Of } from '../blobs/blob-store.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { addFile } from '../case/testing/case-material.ts';
import { createClient, createEngine } from '../index.ts';
import { scan } from '../testing/scanned.ts';
import { KILLS, KILLS_LIMIT_MS, momentsOf, runAndKill } from './testing/kills.ts';
import { copyPhotographs, problemsOnDisk } from './testing/scanned.ts';

vi.setConfig({ testTimeout: KILLS_LIMIT_MS });
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-killed-report-'));

beforeAll(async () => {
  copyPhotographs(path.join(root, 'media'), [1, 2]);
  const engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  const client = createClient(engine);
  await client.case.create({ folder: path.join(root, 'scanned'), title: 'R', reference: '' });
  expect(await scan(client, [path.join(root, 'media')])).toBe('done');
  await engine.close();
  makeLongCase(path.join(root, 'long'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A case of which even text takes a while to write. */
function makeLongCase(folder: string): void {
  const opened = createCase(folder, { title: 'L', reference: '', demonstration: false });
  opened.db.transaction(() => {
    for (let i = 0; i < 200; i++) addFile(opened, `${i}.jpg`, Array(10).fill(0.4));
  });
  closeCase(opened);
}

const write = (afterMs: number, folder: string, file: string) =>
  runAndKill(afterMs, 'report-until-killed.ts', folder, file, path.join(root, 'app'));

test.each([
  ['pdf', 'scanned'],
  ['csv', 'long'],
  ['json', 'long'],
])(
  `a report as %s killed ${KILLS} times while it is written is whole or as if it had never been begun`,
  async (format, name) => {
    const folder = path.join(root, name);
    const out = path.join(root, format);
    // The first keeps what it finds in the files; the second is as long as those that are killed.
    await write(Infinity, folder, path.join(out, `first.${format}`));
    const { workedMs: takesMs } = await write(Infinity, folder, path.join(out, `whole.${format}`));
    const whole = sha256Of(readFileSync(path.join(out, `whole.${format}`)));
    const random = momentsOf(`a report as ${format}`);
    for (let killed = 0, i = 0; killed < KILLS; i++) {
      const file = path.join(out, `killed-${i}.${format}`);
      const hadOne = i % 2 === 1;
      if (hadOne) writeFileSync(file, 'the report of last week');
      const { kind } = await write(random.uniform(1, 1.1 * takesMs), folder, file);
      if (kind === 'killed') killed++;
      const found = existsSync(file) ? readFileSync(file) : undefined;
      const isWhole = found !== undefined && sha256Of(found) === whole;
      const isAsBefore = hadOne ? found?.toString() === 'the report of last week' : found === undefined;
      expect(isWhole || (kind === 'killed' && isAsBefore), `${file}, ${found?.length} bytes`).toBe(true);
      expect(problemsOnDisk(folder)).toEqual([]);
      rmSync(file, { force: true });
    }
    // What a killed one had begun lies there under no name that a report has.
    const left = readdirSync(out).filter((one) => !/^(first|whole)\./.test(one));
    expect(left.filter((one) => !one.endsWith('.tmp'))).toEqual([]);
  },
);
