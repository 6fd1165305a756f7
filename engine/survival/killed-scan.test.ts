// kill -9 at random moments of a scan of photographs and a film, of the engine as a whole: nothing
// lost, nothing twice, and the rows of an undisturbed scan in the end.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isCaseFolder } from '../case/open-case.ts';
import { ended, rowsOf, scan } from '../testing/scanned.ts';
import { KILLS, KILLS_LIMIT_MS, momentsOf, runAndKill } from './testing/kills.ts';
import { problemsOnDisk, scanUndisturbed, type Undisturbed, verdictsOnDisk } from './testing/scanned.ts';

vi.setConfig({ testTimeout: KILLS_LIMIT_MS });
let undisturbed: Undisturbed;
beforeAll(async () => {
  undisturbed = await scanUndisturbed('killed-scan');
});
afterAll(() => undisturbed.close());

/**
 * Kills scans of one case until one comes to its end or `most` were killed; returns how many were.
 */
async function killScans(folder: string, moment: () => number, most: number): Promise<number> {
  const { media, root } = undisturbed;
  let before = new Map<number, string>();
  for (let killed = 0; killed < most; killed++) {
    const { kind } = await runAndKill(moment(), 'scan-until-killed.ts', folder, media, path.join(root, 'app2'));
    if (isCaseFolder(folder)) {
      expect(problemsOnDisk(folder)).toEqual([]);
      const now = verdictsOnDisk(folder);
      for (const [id, verdict] of before) expect(now.get(id)).toBe(verdict);
      before = now;
    }
    if (kind === 'ended') return killed;
  }
  return most;
}

test(`a scan killed ${KILLS} times at random moments loses nothing, doubles nothing, and ends with the rows of an undisturbed one`, async () => {
  const { client, media, root } = undisturbed;
  const random = momentsOf('a scan');
  // One in five is killed before it has even begun: while the case is made or opened.
  const moment = (): number => (random.uniform() < 0.2 ? -1 : 1) * random.uniform(1, undisturbed.takesMs);
  for (let killed = 0, round = 0; killed < KILLS; round++) {
    const folder = path.join(root, `killed-${round}`);
    killed += await killScans(folder, moment, KILLS - killed);
    if (!isCaseFolder(folder)) await client.case.create({ folder, title: 'D', reference: '' });
    else await client.case.open({ folder });
    for (const job of await client.job.list())
      if (['queued', 'running'].includes(job.state)) expect(await ended(client, job.id)).toBe('done');
    expect(await scan(client, [media])).toBe('done');
    expect(await rowsOf(client)).toEqual(undisturbed.rows);
    expect((await client.case.verify()).problems).toEqual([]);
    const files = readdirSync(folder, { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(existsSync(path.join(folder, 'case.sqlite.making'))).toBe(false);
    await client.case.close();
    rmSync(folder, { recursive: true });
  }
});
