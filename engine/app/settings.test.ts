// What an installation remembers, changed from two windows at once.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { changeSettings, listRecentCases, readSettings, rememberCase } from './settings.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('changes that come at once all succeed, and none is lost to another', async () => {
  const sizes = Array.from({ length: 50 }, (_, n) => 100 + n);
  const changed = await Promise.all([
    ...sizes.map((tilePx) => changeSettings(folder, { tilePx })),
    changeSettings(folder, { theme: 'dark' }),
  ]);
  expect(changed.slice(0, -1).map(({ tilePx }) => tilePx)).toEqual(sizes);
  expect(await readSettings(folder)).toMatchObject({ tilePx: 149, theme: 'dark' });
  const cases = Array.from({ length: 10 }, (_, n) => ({
    folder: `/case-${n}`,
    title: `${n}`,
    openedAt: '2026-01-01T00:00:00.000Z',
  }));
  await Promise.all(cases.map((one) => rememberCase(folder, one)));
  expect((await listRecentCases(folder)).map(({ title }) => title)).toEqual(cases.map(({ title }) => title).reverse());
  expect(readdirSync(folder).sort()).toEqual(['recent-cases.json', 'settings.json']);
});
