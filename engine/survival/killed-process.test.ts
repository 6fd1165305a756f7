// kill -9 of one process of the engine at random moments of a scan: the scan goes on and ends with
// the rows of an undisturbed one. No file is blamed for a process that was killed once.
// @module-tag ps
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rowsOf, scan } from '../testing/scanned.ts';
import { KILLS, KILLS_LIMIT_MS, killChild, momentsOf } from './testing/kills.ts';
import { problemsOnDisk, scanUndisturbed, type Undisturbed } from './testing/scanned.ts';

vi.setConfig({ testTimeout: KILLS_LIMIT_MS });
let undisturbed: Undisturbed;
beforeAll(async () => {
  // The first one starts the processes; what is killed later runs in warm ones.
  undisturbed = await scanUndisturbed('killed-process', 2);
});
afterAll(() => undisturbed.close());

/**
 * Scans into a new case and kills the process once; false when it did not live at any time after
 * the moment.
 */
async function scanKilling(name: string, afterMs: number, folder: string): Promise<boolean> {
  const { client, media } = undisturbed;
  await client.case.create({ folder, title: 'K', reference: '' });
  let over = false;
  const killing = killChild(name, afterMs, () => over);
  expect(await scan(client, [media])).toBe('done');
  over = true;
  const killed = await killing;
  expect(await rowsOf(client)).toEqual(undisturbed.rows);
  expect((await client.case.verify()).problems).toEqual([]);
  await client.case.close();
  expect(problemsOnDisk(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
  return killed;
}

/** The film among the media, in whose process one is killed, is made by ffmpeg. */
describe.each([
  ['compute', []],
  ['decode', []],
  ['video', ['ffmpeg']],
])('%s', (name, tags) => {
  test(`a scan whose process of that name is killed at ${KILLS} random moments ends with the rows of an undisturbed one`, {
    tags,
  }, async () => {
    const random = momentsOf(`the ${name} process`);
    for (let killed = 0, tries = 0; killed < KILLS; tries++) {
      expect(tries, 'scans without a moment to kill in').toBeLessThan(10 * KILLS);
      const folder = path.join(undisturbed.root, `${name}-${tries}`);
      if (await scanKilling(name, random.uniform(0, undisturbed.takesMs), folder)) killed++;
    }
  });
});
